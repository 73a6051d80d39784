// How whole the hives are: said for each, before anything that was read from them is believed.
#include <fmt/format.h>

#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

using model::CoverageStatus;

std::string detail_of(const target::HiveSlot& slot) {
  std::string d = slot.note;
  const auto add = [&d](const std::string& s) { d += (d.empty() ? "" : "; ") + s; };
  if (!slot.hive) return d;
  const auto& log = slot.hive->log();
  if (slot.hive->dirty()) {
    add(log.state == format::regf::LogState::replayed
            ? fmt::format("dirty, {} log {} replayed ({})", log.entries, log.entries == 1 ? "entry" : "entries", log.format)
            : fmt::format("dirty, log {}", format::regf::to_string(log.state)));
    if (!log.detail.empty()) add(log.detail);
  }
  if (!slot.hive->root()) add(fmt::format("the root key is lost: {} key trees were found by scanning", slot.hive->orphan_roots().size()));
  return d;
}

void collect_hives(const target::Source& source, model::Facts& facts) {
  for (const auto& slot : source.hives) {
    const std::string name = (slot.older ? "registry.RegBack." : "registry.") + slot.name;
    if (slot.error) {
      cover(facts, name, CoverageStatus::failed, slot.error->text());
    } else if (slot.where.empty()) {
      cover(facts, name, CoverageStatus::absent, "no such file in Windows/System32/config");
    } else {
      cover(facts, name, CoverageStatus::read, detail_of(slot));
    }
  }
  if (!source.expects_hives || source.tree) return;
  for (const char* name : {"SOFTWARE", "SYSTEM", "COMPONENTS"})
    if (source.slot(name) == nullptr)
      cover(facts, std::string("registry.") + name, CoverageStatus::absent, "not among the hives of this folder");
}

}  // namespace

extern const Collector hives;
const Collector hives{"hives", collect_hives};

}  // namespace tq::evidence
