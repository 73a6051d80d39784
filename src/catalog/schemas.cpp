#include "catalog/format.hpp"

namespace tq::catalog {
namespace {

constexpr Column kSource{"source", Field::text, false};
constexpr Column kRetrieved{"retrieved", Field::text, false};
constexpr Column kConfidence{"confidence", Field::confidence, true};
constexpr Column kNote{"note", Field::text, false};

constexpr std::array kMeta = {
    Column{"key", Field::text, true}, Column{"value", Field::text, true}, kSource, kRetrieved, kConfidence, kNote};

constexpr std::array kUpdates = {Column{"kb", Field::kb, true},
                                 Column{"release_date", Field::date, true},
                                 Column{"kind", Field::kind, true},
                                 Column{"title", Field::text, true},
                                 Column{"arches", Field::arches, true},
                                 Column{"version", Field::version},
                                 Column{"version_basis", Field::basis, true},
                                 Column{"version_file", Field::text},
                                 Column{"fixed_build", Field::version},
                                 Column{"supersedes", Field::kbs},
                                 Column{"supersedes_inferred", Field::kbs},
                                 Column{"requires", Field::kb_groups},
                                 Column{"recommends", Field::kbs},
                                 Column{"esu_required", Field::flag, true},
                                 Column{"esu_year", Field::number},
                                 Column{"n_cves", Field::number},
                                 Column{"order_exception", Field::text},
                                 kSource,
                                 kRetrieved,
                                 kConfidence,
                                 kNote};

constexpr std::array kBuilds = {Column{"nt_version", Field::text, true},
                                Column{"build", Field::number, true},
                                Column{"service_pack", Field::text},
                                Column{"client_product", Field::text},
                                Column{"server_product", Field::text},
                                Column{"released", Field::date, true},
                                Column{"end_mainstream", Field::text},
                                Column{"end_extended", Field::text},
                                Column{"end_esu", Field::text},
                                kSource,
                                kRetrieved,
                                kConfidence,
                                kNote};

constexpr std::array kLifecycle = {Column{"nt_version", Field::text, true},
                                   Column{"build", Field::number, true},
                                   Column{"product_class", Field::product_class, true},
                                   Column{"product", Field::text, true},
                                   Column{"mainstream_end", Field::date},
                                   Column{"extended_end", Field::date, true},
                                   Column{"esu_end", Field::date},
                                   Column{"esu_azure_end", Field::date},
                                   Column{"premium_assurance_end", Field::date},
                                   Column{"last_patch", Field::date},
                                   Column{"patch_source", Field::text, true},
                                   kSource,
                                   kRetrieved,
                                   kConfidence,
                                   kNote};

constexpr std::array kFeatures = {Column{"feature", Field::text, true},
                                  Column{"phrases", Field::text, true},
                                  Column{"first_server_version", Field::text, true},
                                  Column{"first_build", Field::number},
                                  Column{"state_2008_sp2", Field::text, true},
                                  kSource,
                                  kRetrieved,
                                  kConfidence,
                                  kNote};

constexpr std::array kUpgradePaths = {Column{"from", Field::text, true},
                                      Column{"to", Field::text, true},
                                      Column{"supported", Field::upgrade_answer, true},
                                      Column{"condition", Field::text},
                                      kSource,
                                      kRetrieved,
                                      kConfidence,
                                      kNote};

constexpr std::array kBeliefs = {Column{"id", Field::text, true},
                                 Column{"phrases", Field::text, true},
                                 Column{"claim", Field::text, true},
                                 Column{"verdict", Field::verdict, true},
                                 Column{"truth", Field::text, true},
                                 Column{"evidence", Field::text, true},
                                 kSource,
                                 kRetrieved,
                                 kConfidence,
                                 kNote};

constexpr std::array kGoals = {Column{"id", Field::text, true},
                               Column{"nt_version", Field::text, true},
                               Column{"kb", Field::kb, true},
                               Column{"version", Field::version, true},
                               Column{"date", Field::date, true},
                               Column{"meaning", Field::text, true},
                               kSource,
                               kRetrieved,
                               kConfidence,
                               kNote};

constexpr std::array kEsuIds = {Column{"activation_id", Field::text, true},
                                Column{"scope", Field::text, true},
                                Column{"years", Field::text, true},
                                Column{"licence", Field::text, true},
                                Column{"valid_window", Field::text},
                                kSource,
                                kRetrieved,
                                kConfidence,
                                kNote};

constexpr std::array kEsuYears = {Column{"year", Field::number, true},
                                  Column{"who", Field::text, true},
                                  Column{"first_date", Field::date, true},
                                  Column{"last_date", Field::date, true},
                                  Column{"first_kb", Field::kb, true},
                                  Column{"last_kb", Field::kb, true},
                                  Column{"cves", Field::number, true},
                                  kSource,
                                  kRetrieved,
                                  kConfidence,
                                  kNote};

constexpr std::array kBypass = {Column{"id", Field::text, true},
                                Column{"type", Field::text, true},
                                Column{"subject", Field::text, true},
                                Column{"meaning", Field::text, true},
                                Column{"observed_on", Field::text, true},
                                kSource,
                                kRetrieved,
                                kConfidence,
                                kNote};

constexpr std::array kRanges = {Column{"nt_version", Field::text, true},
                                Column{"build", Field::number, true},
                                Column{"branch", Field::branch, true},
                                Column{"first", Field::number, true},
                                Column{"last", Field::number, true},
                                kSource,
                                kRetrieved,
                                kConfidence,
                                kNote};

constexpr std::array kExceptions = {Column{"version", Field::version, true},
                                    Column{"treatment", Field::treatment, true},
                                    Column{"kb", Field::kb},
                                    Column{"meaning", Field::text, true},
                                    kSource,
                                    kRetrieved,
                                    kConfidence,
                                    kNote};

constexpr std::array kExposure = {
    Column{"setting", Field::text, true}, Column{"default_when_absent", Field::text, true}, kSource, kRetrieved, kConfidence, kNote};

constexpr std::array kAll = {
    Schema{TableId::meta, "meta", kMeta, 1},
    Schema{TableId::updates, "updates", kUpdates, 1},
    Schema{TableId::builds, "builds", kBuilds, 3},
    Schema{TableId::lifecycle, "lifecycle", kLifecycle, 3},
    Schema{TableId::features, "features", kFeatures, 1},
    Schema{TableId::upgrade_paths, "upgrade_paths", kUpgradePaths, 2},
    Schema{TableId::beliefs, "beliefs", kBeliefs, 1},
    Schema{TableId::goals, "goals", kGoals, 2},
    Schema{TableId::esu_ids, "esu_ids", kEsuIds, 2},
    Schema{TableId::esu_years, "esu_years", kEsuYears, 1},
    Schema{TableId::bypass_indicators, "bypass_indicators", kBypass, 1},
    Schema{TableId::revision_ranges, "revision_ranges", kRanges, 3},
    Schema{TableId::kernel_exceptions, "kernel_exceptions", kExceptions, 1},
    Schema{TableId::exposure_defaults, "exposure_defaults", kExposure, 1},
};

}  // namespace

std::span<const Schema> schemas() { return kAll; }

const Schema* find_schema(std::string_view stem) {
  for (const Schema& s : kAll)
    if (s.stem == stem) return &s;
  return nullptr;
}

const Schema* find_schema(TableId id) {
  for (const Schema& s : kAll)
    if (s.id == id) return &s;
  return nullptr;
}

std::uint32_t row_words(const Schema& s) {
  std::uint32_t n = 0;
  for (const Column& c : s.columns) n += words_of(c.field);
  return n;
}

}  // namespace tq::catalog
