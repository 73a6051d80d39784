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
                                 Column{"out_of_band", Field::flag, true},
                                 Column{"title", Field::text, true},
                                 Column{"nt_versions", Field::text, true},
                                 Column{"arches", Field::arches},
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

// The words of `reads`, `open_when` and the defaults: catalog/exposure.hpp.
constexpr std::array kExposureSettings = {Column{"id", Field::text, true},
                                          Column{"nt_versions", Field::text, true},
                                          Column{"reads", Field::text, true},
                                          Column{"hive", Field::text},
                                          Column{"key", Field::text},
                                          Column{"value", Field::text},
                                          Column{"policy_key", Field::text},
                                          Column{"policy_value", Field::text},
                                          Column{"default_server", Field::text},
                                          Column{"default_client", Field::text},
                                          Column{"default_domain_controller", Field::text},
                                          Column{"open_when", Field::text, true},
                                          Column{"service", Field::text},
                                          Column{"needs", Field::text},
                                          Column{"open_says", Field::text, true},
                                          Column{"closed_says", Field::text, true},
                                          kSource,
                                          kRetrieved,
                                          kConfidence,
                                          kNote};

constexpr std::array kExposureCves = {Column{"exposure", Field::text, true},
                                      Column{"cve", Field::cve, true},
                                      Column{"why", Field::text, true},
                                      kSource,
                                      kRetrieved,
                                      kConfidence,
                                      kNote};

constexpr std::array kProducts = {Column{"id", Field::text, true},
                                  Column{"name", Field::text, true},
                                  Column{"nt_version", Field::text, true},
                                  Column{"build", Field::number},
                                  Column{"service_pack", Field::text},
                                  Column{"arch", Field::product_arch, true},
                                  Column{"product_class", Field::product_class, true},
                                  Column{"core", Field::flag, true},
                                  Column{"component", Field::component, true},
                                  Column{"component_name", Field::text},
                                  Column{"component_version", Field::text},
                                  Column{"base", Field::text, true},
                                  kSource,
                                  kRetrieved,
                                  kConfidence,
                                  kNote};

constexpr std::array kCves = {Column{"cve", Field::cve, true},
                              Column{"title", Field::text},
                              Column{"severity", Field::rating, true},
                              Column{"impact", Field::text},
                              Column{"first_date", Field::date},
                              Column{"exploited", Field::date},
                              Column{"ransomware", Field::flag, true},
                              kSource,
                              kRetrieved,
                              kConfidence,
                              kNote};

// One line of CSV stands for several fixes: the same update repairs the same CVEs in several products.
constexpr std::array kFixes = {Column{"kb", Field::kb, true},
                               Column{"products", Field::names, true},
                               Column{"fixed_build", Field::version},
                               Column{"cves", Field::cves},
                               kSource,
                               kRetrieved,
                               kConfidence,
                               kNote};
constexpr std::array kStoredFixes = {Column{"update", Field::update_row, true}, Column{"product", Field::product_row, true},
                                     Column{"fixed_build", Field::version}, Column{"set", Field::cves, true},
                                     Column{"provenance", Field::provenance, true}};

constexpr std::array kChildren = {Column{"parent", Field::kb, true},
                                  Column{"child", Field::kb, true},
                                  Column{"framework", Field::text, true},
                                  Column{"arches", Field::arches},
                                  kSource,
                                  kRetrieved,
                                  kConfidence,
                                  kNote};

constexpr std::array kCorrections = {Column{"kind", Field::correction, true},
                                     Column{"kb", Field::kb, true},
                                     Column{"other", Field::kb},
                                     Column{"value", Field::text},
                                     Column{"why", Field::text, true},
                                     kSource,
                                     kRetrieved,
                                     kConfidence,
                                     kNote};

constexpr std::array kFiles = {Column{"kb", Field::kb, true},
                               Column{"file", Field::text, true},
                               Column{"arch", Field::product_arch, true},
                               Column{"branch", Field::file_branch, true},
                               Column{"version", Field::version, true},
                               kSource,
                               kRetrieved,
                               kConfidence,
                               kNote};

constexpr std::array kComponents = {Column{"text", Field::text, true},
                                    Column{"component", Field::component, true},
                                    Column{"name", Field::text, true},
                                    Column{"version", Field::text},
                                    Column{"id", Field::text, true},
                                    kSource,
                                    kRetrieved,
                                    kConfidence,
                                    kNote};

constexpr std::array kFamilies = {Column{"name", Field::text, true},
                                  Column{"service_pack", Field::text},
                                  Column{"id", Field::text, true},
                                  Column{"nt_version", Field::text, true},
                                  Column{"build", Field::number},
                                  Column{"product_class", Field::product_class, true},
                                  Column{"arch", Field::product_arch, true},
                                  kSource,
                                  kRetrieved,
                                  kConfidence,
                                  kNote};

constexpr std::array kReleases = {Column{"id", Field::text, true},
                                  Column{"name", Field::text, true},
                                  Column{"nt_version", Field::text, true},
                                  Column{"build", Field::number, true},
                                  Column{"product_class", Field::product_class, true},
                                  Column{"arches", Field::arches, true},
                                  Column{"offered", Field::flag, true},
                                  Column{"ends", Field::date},
                                  Column{"needs", Field::text},
                                  kSource,
                                  kRetrieved,
                                  kConfidence,
                                  kNote};

constexpr std::array kEditions = {Column{"product_class", Field::product_class, true},
                                  Column{"edition", Field::text, true},
                                  Column{"edition_ids", Field::text, true},
                                  Column{"phrases", Field::text},
                                  kSource,
                                  kRetrieved,
                                  kConfidence,
                                  kNote};

constexpr std::array kUpgradeHops = {Column{"from", Field::text, true},
                                     Column{"to", Field::text, true},
                                     Column{"from_editions", Field::text, true},
                                     Column{"to_editions", Field::text, true},
                                     Column{"arches", Field::arches, true},
                                     Column{"options", Field::text, true},
                                     Column{"conditions", Field::text},
                                     kSource,
                                     kRetrieved,
                                     kConfidence,
                                     kNote};

constexpr std::array kUpgradeBars = {Column{"id", Field::text, true},
                                     Column{"from", Field::text, true},
                                     Column{"to", Field::text, true},
                                     Column{"applies", Field::text, true},
                                     Column{"why", Field::text, true},
                                     kSource,
                                     kRetrieved,
                                     kConfidence,
                                     kNote};

constexpr std::array kRehosts = {Column{"id", Field::text, true},
                                 Column{"to", Field::text, true},
                                 Column{"guests", Field::text, true},
                                 Column{"arches", Field::arches, true},
                                 Column{"ends", Field::date},
                                 Column{"conditions", Field::text},
                                 kSource,
                                 kRetrieved,
                                 kConfidence,
                                 kNote};

constexpr std::array kMigrationNotes = {Column{"id", Field::text, true},
                                        Column{"kind", Field::text, true},
                                        Column{"applies", Field::text, true},
                                        Column{"product_class", Field::text, true},
                                        Column{"since_build", Field::number},
                                        Column{"paths", Field::text, true},
                                        Column{"what", Field::text, true},
                                        kSource,
                                        kRetrieved,
                                        kConfidence,
                                        kNote};

constexpr std::array kEsuTerms = {Column{"nt_version", Field::text, true},
                                  Column{"product_class", Field::product_class, true},
                                  Column{"year", Field::number, true},
                                  Column{"who", Field::text, true},
                                  Column{"editions", Field::text, true},
                                  Column{"arches", Field::arches, true},
                                  Column{"starts", Field::date, true},
                                  Column{"ends", Field::date, true},
                                  kSource,
                                  kRetrieved,
                                  kConfidence,
                                  kNote};

constexpr std::array kSoftwareLifecycle = {Column{"id", Field::text, true},
                                           Column{"version", Field::text, true},
                                           Column{"on", Field::text, true},
                                           Column{"name", Field::text, true},
                                           Column{"mainstream_end", Field::date},
                                           Column{"extended_end", Field::date},
                                           Column{"esu_end", Field::date},
                                           Column{"follows_windows", Field::flag, true},
                                           kSource,
                                           kRetrieved,
                                           kConfidence,
                                           kNote};

/// What is stored of a table by default: the columns, with the four of the provenance as one word.
template <std::size_t N>
constexpr std::array<Column, N - 3> stored(const std::array<Column, N>& columns) {
  std::array<Column, N - 3> out;
  for (std::size_t i = 0; i + 4 < N; ++i) out[i] = columns[i];
  out[N - 4] = Column{"provenance", Field::provenance, true};
  return out;
}

constexpr auto kStoredMeta = stored(kMeta);
constexpr auto kStoredUpdates = stored(kUpdates);
constexpr auto kStoredBuilds = stored(kBuilds);
constexpr auto kStoredLifecycle = stored(kLifecycle);
constexpr auto kStoredFeatures = stored(kFeatures);
constexpr auto kStoredBeliefs = stored(kBeliefs);
constexpr auto kStoredGoals = stored(kGoals);
constexpr auto kStoredEsuIds = stored(kEsuIds);
constexpr auto kStoredEsuYears = stored(kEsuYears);
constexpr auto kStoredBypass = stored(kBypass);
constexpr auto kStoredRanges = stored(kRanges);
constexpr auto kStoredExceptions = stored(kExceptions);
constexpr auto kStoredExposureSettings = stored(kExposureSettings);
constexpr auto kStoredExposureCves = stored(kExposureCves);
constexpr auto kStoredProducts = stored(kProducts);
constexpr auto kStoredCves = stored(kCves);
constexpr auto kStoredChildren = stored(kChildren);
constexpr auto kStoredCorrections = stored(kCorrections);
constexpr auto kStoredFiles = stored(kFiles);
constexpr auto kStoredComponents = stored(kComponents);
constexpr auto kStoredFamilies = stored(kFamilies);
constexpr auto kStoredReleases = stored(kReleases);
constexpr auto kStoredEditions = stored(kEditions);
constexpr auto kStoredUpgradeHops = stored(kUpgradeHops);
constexpr auto kStoredUpgradeBars = stored(kUpgradeBars);
constexpr auto kStoredRehosts = stored(kRehosts);
constexpr auto kStoredMigrationNotes = stored(kMigrationNotes);
constexpr auto kStoredEsuTerms = stored(kEsuTerms);
constexpr auto kStoredSoftwareLifecycle = stored(kSoftwareLifecycle);

constexpr std::array kAll = {
    Schema{TableId::meta, "meta", kMeta, kStoredMeta, 1},
    Schema{TableId::updates, "updates", kUpdates, kStoredUpdates, 1},
    Schema{TableId::builds, "builds", kBuilds, kStoredBuilds, 3},
    Schema{TableId::lifecycle, "lifecycle", kLifecycle, kStoredLifecycle, 3},
    Schema{TableId::features, "features", kFeatures, kStoredFeatures, 1},
    Schema{TableId::beliefs, "beliefs", kBeliefs, kStoredBeliefs, 1},
    Schema{TableId::goals, "goals", kGoals, kStoredGoals, 2},
    Schema{TableId::esu_ids, "esu_ids", kEsuIds, kStoredEsuIds, 2},
    Schema{TableId::esu_years, "esu_years", kEsuYears, kStoredEsuYears, 1},
    Schema{TableId::bypass_indicators, "bypass_indicators", kBypass, kStoredBypass, 1},
    Schema{TableId::revision_ranges, "revision_ranges", kRanges, kStoredRanges, 3},
    Schema{TableId::kernel_exceptions, "kernel_exceptions", kExceptions, kStoredExceptions, 1},
    Schema{TableId::products, "products", kProducts, kStoredProducts, 1},
    Schema{TableId::cves, "cves", kCves, kStoredCves, 1},
    Schema{TableId::fixes, "fixes", kFixes, kStoredFixes, 2},
    Schema{TableId::children, "children", kChildren, kStoredChildren, 3},
    Schema{TableId::corrections, "corrections", kCorrections, kStoredCorrections, 4},
    Schema{TableId::files, "files", kFiles, kStoredFiles, 5},
    Schema{TableId::components, "components", kComponents, kStoredComponents, 1},
    Schema{TableId::families, "families", kFamilies, kStoredFamilies, 2},
    Schema{TableId::exposure_settings, "exposure_settings", kExposureSettings, kStoredExposureSettings, 2},
    Schema{TableId::exposure_cves, "exposure_cves", kExposureCves, kStoredExposureCves, 2},
    Schema{TableId::releases, "releases", kReleases, kStoredReleases, 1},
    Schema{TableId::editions, "editions", kEditions, kStoredEditions, 2},
    Schema{TableId::upgrade_hops, "upgrade_hops", kUpgradeHops, kStoredUpgradeHops, 3},
    Schema{TableId::upgrade_bars, "upgrade_bars", kUpgradeBars, kStoredUpgradeBars, 1},
    Schema{TableId::rehosts, "rehosts", kRehosts, kStoredRehosts, 1},
    Schema{TableId::migration_notes, "migration_notes", kMigrationNotes, kStoredMigrationNotes, 1},
    Schema{TableId::esu_terms, "esu_terms", kEsuTerms, kStoredEsuTerms, 3},
    Schema{TableId::software_lifecycle, "software_lifecycle", kSoftwareLifecycle, kStoredSoftwareLifecycle, 3},
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
  for (const Column& c : s.stored) n += words_of(c.field);
  return n;
}

std::uint32_t word_of(TableId id, std::string_view column) {
  std::uint32_t at = 0;
  for (const Column& c : find_schema(id)->stored) {
    if (c.name == column) return at;
    at += words_of(c.field);
  }
  return at;
}

}  // namespace tq::catalog
