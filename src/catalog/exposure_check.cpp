// What must hold of the exposure tables: the judge takes it for granted.
#include "catalog/exposure_check.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>

#include "catalog/exposure.hpp"

namespace tq::catalog {
namespace {

using Told = std::function<void(TableId, std::uint32_t, std::string)>;

/// Where a row reads: rows of one id must not differ in it, since the machine is read once for all of them.
std::string place_of(const ExposureSetting& e) {
  return fmt::format("{}|{}|{}|{}|{}|{}", e.reads, e.hive, e.key, e.value, e.policy_key, e.policy_value);
}

void check_words(const ExposureSetting& e, const std::function<void(std::string)>& tell) {
  const auto reads = parse_reads(e.reads);
  if (!reads) return tell(fmt::format("reads: \"{}\" is no kind of reading", e.reads));
  if (!parse_open_when(e.open_when)) tell(fmt::format("open_when: \"{}\" is no condition", e.open_when));
  for (const auto cell : {e.default_server, e.default_client, e.default_domain_controller})
    if (!cell.empty() && !parse_default(cell)) tell(fmt::format("default: \"{}\" is neither a number nor absent", cell));
  if (from_registry(*reads) != !e.hive.empty()) tell("hive: readings of the registry need one, others none");
  if (!e.hive.empty() && e.hive != "SYSTEM" && e.hive != "SOFTWARE") tell(fmt::format("hive: \"{}\" is not read", e.hive));
  if (from_registry(*reads) && e.key.empty()) tell("key: must not be empty");
  if (*reads == Reads::service && e.value != "Start") tell("value: that of a service is Start");
}

}  // namespace

void check_exposure(const Catalog& catalog, const Told& problem) {
  std::map<std::string, std::string, std::less<>> places;
  std::uint32_t row = 0;
  for (const auto& e : catalog.exposure_settings()) {
    const auto tell = [&](std::string what) { problem(TableId::exposure_settings, row, std::move(what)); };
    check_words(e, tell);
    const auto [known, fresh] = places.try_emplace(std::string(e.id), place_of(e));
    if (!fresh && known->second != place_of(e)) tell(fmt::format("{}: another row of this id reads another place", e.id));
    // Needs point upwards, so that one pass in the order of the rows decides them all.
    if (!e.needs.empty() && (e.needs == e.id || !places.contains(e.needs))) tell(fmt::format("needs: no row above has the id {}", e.needs));
    ++row;
  }
  row = 0;
  for (const auto& j : catalog.exposure_cves()) {
    const auto tell = [&](std::string what) { problem(TableId::exposure_cves, row, std::move(what)); };
    if (!places.contains(j.exposure)) tell(fmt::format("exposure: exposure_settings has no {}", j.exposure));
    if (!catalog.find_cve(j.cve)) tell(fmt::format("cve: cves has no {}", cve_text(j.cve)));
    ++row;
  }
}

}  // namespace tq::catalog
