// Drivers that came from packages of their own: devices whose class entry names an oemN.inf. Windows' own have other names.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

const std::string kClasses = "CurrentControlSet\\Control\\Class";
constexpr std::size_t kMostClasses = 1024, kMostPackages = 2048;
enum PackageColumn : std::size_t { kInf, kProvider, kDriverName, kDriverVersion };
constexpr std::array<std::string_view, 4> kPackageValues = {"InfPath", "ProviderName", "DriverDesc", "DriverVersion"};

/// False: there are too many, and some are left out.
bool read_class(const target::Registry& reg, const std::string& key, model::Facts& facts) {
  auto& found = facts.configuration.driver_packages;
  const auto rows = reg.rows(key, kPackageValues);
  if (!rows) return true;
  for (const auto& row : *rows) {
    model::DriverPackage d{row.text(kDriverName), row.text(kProvider), row.text(kDriverVersion), row.text(kInf), {}};
    if (!istarts_with(d.inf, "oem")) continue;
    // Several devices of one kind share a driver: it is named once.
    if (std::any_of(found.begin(), found.end(), [&](const auto& x) { return x.inf == d.inf && x.name == d.name; })) continue;
    if (found.size() == kMostPackages) return false;
    d.where = reg.cite(key + "\\" + row.name, "InfPath");
    found.push_back(std::move(d));
  }
  return true;
}

void collect_driver_packages(const target::Source& source, model::Facts& facts) {
  const auto* reg = source.registry("SYSTEM");
  if (reg == nullptr) return;
  const target::Certainty sure(*reg);
  const auto classes = reg->subkeys(kClasses);
  if (!classes) return;
  auto& c = facts.configuration;
  bool cut = classes->size() > kMostClasses;
  for (std::size_t i = 0; i < std::min(classes->size(), kMostClasses); ++i)
    if (!read_class(*reg, kClasses + "\\" + (*classes)[i], facts)) cut = true;
  if (sure.whole(kClasses) && !cut) c.driver_packages_read = model::Tri::yes;
  cover(facts, "driver_packages", model::CoverageStatus::read,
        fmt::format("{} drivers from packages of their own{}", c.driver_packages.size(), cut ? "; the rest was not read" : ""));
}

}  // namespace

extern const Collector driver_packages;
const Collector driver_packages{"driver_packages", collect_driver_packages};

}  // namespace tq::evidence
