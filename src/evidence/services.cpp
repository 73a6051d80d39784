// The services key of the control set that is in use: services and drivers, how they start and what they run.
#include <array>

#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

constexpr std::string_view kServicesKey = "CurrentControlSet\\Services";
constexpr std::size_t kMostServices = 20000;  // honest machines have a few hundred

enum ServiceColumn : std::size_t { kType, kStart, kImage, kDll, kOldDll, kDisplay, kAccount, kDelayed };
constexpr std::array<std::string_view, 8> kServiceValues = {"Type",       "Start",       "ImagePath",  "Parameters\\ServiceDll",
                                                            "ServiceDll", "DisplayName", "ObjectName", "DelayedAutostart"};

std::optional<std::uint32_t> number_of(const target::RegistryRow& row, ServiceColumn c) {
  return row.values[c] ? row.values[c]->dword() : std::nullopt;
}

model::Service service(const target::RegistryRow& row) {
  model::Service s;
  s.name = row.name;
  s.display = row.text(kDisplay);
  s.image = row.text(kDll);
  if (s.image.empty()) s.image = row.text(kOldDll);
  if (s.image.empty()) s.image = row.text(kImage);
  s.account = row.text(kAccount);
  s.type = number_of(row, kType);
  s.start = number_of(row, kStart);
  s.delayed = number_of(row, kDelayed).value_or(0) != 0;
  return s;
}

/// Some keys there hold settings or counters only, and nothing starts because of them.
bool starts_something(const target::RegistryRow& row) { return row.values[kType] || row.values[kStart] || row.values[kImage]; }

void collect_services(const target::Source& source, model::Facts& facts) {
  const auto* reg = source.registry("SYSTEM");
  if (reg == nullptr) return;
  const target::Certainty sure(*reg);
  const auto rows = reg->rows(kServicesKey, kServiceValues);
  if (!rows) return cover(facts, "services", model::CoverageStatus::absent, "no services key in the control set in use");
  auto& c = facts.configuration;
  bool cut = false;
  for (const auto& row : *rows) {
    if (!starts_something(row)) continue;
    if (c.services.size() == kMostServices) {
      cut = true;
      break;
    }
    c.services.push_back(service(row));
    c.services.back().where = reg->cite(std::string(kServicesKey) + "\\" + row.name, "");
  }
  // A list that was cut, or a text of what somebody chose to export, cannot say what is not there.
  c.services_read = sure.whole(kServicesKey) && !cut ? model::Tri::yes : model::Tri::unknown;
  cover(facts, "services", model::CoverageStatus::read,
        std::to_string(c.services.size()) + " services and drivers" + (cut ? "; the rest was not read" : ""));
}

}  // namespace

extern const Collector services;
const Collector services{"services", collect_services};

}  // namespace tq::evidence
