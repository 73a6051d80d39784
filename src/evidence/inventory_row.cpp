// A row of an inventory: the word of the last booted kernel, as someone's tool noted it down.
#include <fmt/format.h>

#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

/// Whether this is a release revision that came from a language file is for the judge to say: that needs the catalog.
void kernel(const target::Source& source, const FileVersion& v, model::Facts& facts) {
  model::BuildWitness w;
  w.source = "inventory.kernel";
  w.group = model::WitnessGroup::kernel_file;
  w.says = v.text();
  w.where = source.label;
  w.build = v.build;
  w.revision = v.revision;
  facts.build_witnesses.push_back(std::move(w));
}

void collect_inventory_row(const target::Source& source, model::Facts& facts) {
  if (!source.inventory) return;
  const auto& r = *source.inventory;
  auto& id = facts.identity;
  id.name = r.name;
  id.product = r.product;
  id.arch = r.arch;
  id.service_pack = r.service_pack;
  if (r.major && r.minor) id.nt_version = fmt::format("{}.{}", *r.major, *r.minor);
  if (r.build) {
    model::BuildWitness w;
    w.source = "inventory.version";
    w.says = r.version_text;
    w.where = source.label;
    w.build = r.build;
    w.revision = r.revision;
    facts.build_witnesses.push_back(std::move(w));
  }
  if (r.builds_disagree) facts.conflicts.push_back("the row gives two build numbers: " + r.version_text + " (" + source.label + ")");
  if (r.kernel) kernel(source, *r.kernel, facts);
  if (r.updates_given) {
    const auto n = static_cast<std::uint32_t>(r.kbs.size());
    facts.hotfix_lists.push_back({"inventory", !r.updates_cut, n, n, source.label});
    for (const auto kb : r.kbs) facts.hotfixes.push_back({kb, "inventory", {}, true, source.label});
  }
  if (!r.site.empty()) facts.labels.push_back({"site", r.site, source.label});
  for (const auto& [name, value] : r.labels) facts.labels.push_back({name, value, source.label});
  for (const auto& e : r.conflicts) cover(facts, "inventory", model::CoverageStatus::failed, e.text());
  cover(facts, "inventory", model::CoverageStatus::read, source.text_note);
}

}  // namespace

extern const Collector inventory_row;
const Collector inventory_row{"inventory_row", collect_inventory_row};

}  // namespace tq::evidence
