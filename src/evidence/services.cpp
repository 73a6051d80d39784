// The services key of the control set that is in use: services and drivers, how they start and what they run.
#include <array>

#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

constexpr std::string_view kKey = "CurrentControlSet\\Services";
constexpr std::size_t kMost = 20000;  // honest machines have a few hundred

enum Column : std::size_t { type, start, image, dll, dll_old, display, account, delayed };
constexpr std::array<std::string_view, 8> kNames = {"Type",       "Start",       "ImagePath",  "Parameters\\ServiceDll",
                                                    "ServiceDll", "DisplayName", "ObjectName", "DelayedAutostart"};

std::string text_of(const target::RegistryRow& row, Column c) { return row.values[c] ? row.values[c]->text().value_or("") : std::string{}; }
std::optional<std::uint32_t> number_of(const target::RegistryRow& row, Column c) {
  return row.values[c] ? row.values[c]->dword() : std::nullopt;
}

model::Service service(const target::RegistryRow& row) {
  model::Service s;
  s.name = row.name;
  s.display = text_of(row, display);
  s.image = text_of(row, dll);
  if (s.image.empty()) s.image = text_of(row, dll_old);
  if (s.image.empty()) s.image = text_of(row, image);
  s.account = text_of(row, account);
  s.type = number_of(row, type);
  s.start = number_of(row, start);
  s.delayed = number_of(row, delayed).value_or(0) != 0;
  return s;
}

/// Some keys there hold settings or counters only, and nothing starts because of them.
bool starts_something(const target::RegistryRow& row) { return row.values[type] || row.values[start] || row.values[image]; }

void collect(const target::Source& source, model::Facts& facts) {
  const auto* reg = source.registry("SYSTEM");
  if (reg == nullptr) return;
  const auto rows = reg->rows(kKey, kNames);
  if (!rows) return cover(facts, "services", model::CoverageStatus::absent, "no services key in the control set in use");
  auto& c = facts.configuration;
  for (const auto& row : *rows) {
    if (!starts_something(row)) continue;
    if (c.services.size() == kMost) break;
    c.services.push_back(service(row));
    c.services.back().where = reg->cite(std::string(kKey) + "\\" + row.name, "");
  }
  // A list that was cut, or a text of what somebody chose to export, cannot say what is not there.
  const bool cut = c.services.size() == kMost;
  c.services_read = reg->whole(kKey) && !cut ? model::Tri::yes : model::Tri::unknown;
  cover(facts, "services", model::CoverageStatus::read,
        std::to_string(c.services.size()) + " services and drivers" + (cut ? "; the rest was not read" : ""));
}

}  // namespace

extern const Collector services;
const Collector services{"services", collect};

}  // namespace tq::evidence
