#include <fmt/format.h>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

using model::Severity;

constexpr std::size_t kNamedPackages = 5;  // how many packages a sentence names
constexpr std::int64_t kSlackDays = 2;     // time zones, and clocks that are a little off
constexpr std::string_view kFrom = "6.0";  // later Windows no longer stamp the hive at each write

std::optional<Date> day(const std::string& iso) { return iso.size() >= 10 ? Date::parse(iso.substr(0, 10)) : std::nullopt; }

bool well_before(const Date& a, const Date& b) { return days_from_civil(a) + kSlackDays < days_from_civil(b); }

std::string reading(const Context& c, std::string_view name) {
  for (const auto& r : c.facts.readings)
    if (r.name == name) return r.value;
  return {};
}

/// "a, b and 3 more: what".
struct List {
  std::string names;
  std::size_t count = 0;
  std::vector<std::string> evidence;
  void add(const model::Package& p, const std::string& what) {
    if (++count > kNamedPackages) return;
    names += (names.empty() ? "" : ", ") + what;
    evidence.push_back(p.where);
  }
  [[nodiscard]] std::string text() const {
    return count > kNamedPackages ? fmt::format("{} and {} more", names, count - kNamedPackages) : names;
  }
};

/// An update cannot be installed before it was made.
List before_release(const Context& c) {
  List out;
  for (const auto& p : c.facts.packages) {
    const auto installed = day(p.installed_at);
    const auto update = installed && p.kb != 0 ? c.catalog.find_kb(p.kb) : std::nullopt;
    if (update && update->released.known() && well_before(*installed, update->released))
      out.add(p, fmt::format("{} on {}, released {}", kb_text(p.kb), installed->text(), update->released.text()));
  }
  return out;
}

List after_last_write(const Context& c, const std::optional<Date>& last) {
  List out;
  for (const auto& p : c.facts.packages)
    if (const auto installed = day(p.installed_at); last && installed && well_before(*last, *installed))
      out.add(p, fmt::format("{} on {}", p.kb != 0 ? kb_text(p.kb) : p.identity, installed->text()));
  return out;
}

void find_tq1013(const Context& c, std::vector<Said>& out) {
  const auto early = before_release(c);
  const auto last = c.facts.identity.nt_version == kFrom ? day(reading(c, "SOFTWARE.last_written")) : std::nullopt;
  const auto late = after_last_write(c, last);
  const auto installed = day(c.facts.identity.install_date);
  const bool install_late = last && installed && well_before(*last, *installed);
  const int signs = (early.count != 0 ? 1 : 0) + (late.count != 0 ? 1 : 0) + (install_late ? 1 : 0);
  const auto severity = signs > 1 ? Severity::low : Severity::info;
  if (early.count != 0) out.push_back({"installed before they were released: " + early.text(), early.evidence, severity});
  if (late.count != 0)
    out.push_back({fmt::format("installed after the hive was last written ({}): {}", last->text(), late.text()), late.evidence, severity});
  if (install_late)
    out.push_back(
        {fmt::format("Windows was installed on {}, and the hive was last written on {}", installed->text(), last->text()), {}, severity});
}

}  // namespace

extern const Rule tq1013_times;
const Rule tq1013_times{
    "TQ1013",
    model::Severity::info,
    "Times are out of order",
    "What was installed before it was made, or after the hive it stands in was last written, did not happen when it says. A clock that was "
    "wrong is the usual cause: machines without a network, a dead battery, a virtual machine restored. Values written by hand look "
    "the same. Packages older than the installation mean nothing: images bring them along.",
    "Install times of packages against the days of release in the catalog and the time in the head of the hive (NT 6.0).",
    "Compare with the event log and the dates of the files. Several signs together deserve a look at who could write to this machine.",
    "docs/formats/regf.md; data/catalog updates",
    find_tq1013,
};

}  // namespace tq::rules
