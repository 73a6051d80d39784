#include <fmt/format.h>

#include <algorithm>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

using model::StoreComponent;
using model::Tri;

constexpr const char* kKernel = "microsoft-windows-os-kernel";

const StoreComponent* same(const Context& c, const StoreComponent& w, std::string_view source) {
  for (const auto& k : c.facts.components)
    if (k.source == source && k.name == w.name && k.arch == w.arch && k.version == w.version) return &k;
  return nullptr;
}

/// In use, and the list of components does not know it, or knows that nothing brought it.
void unowned(const Context& c, const StoreComponent& w, std::vector<Said>& out) {
  const auto* known = same(c, w, "components");
  if (known == nullptr ? c.facts.components_read != Tri::yes : known->owned != Tri::no) return;
  out.push_back({fmt::format("{} {} is in use and {}", w.name, w.version.text(),
                             known == nullptr ? "the component store does not know it" : "no package owns it"),
                 {w.where, known == nullptr ? "" : known->where}});
}

/// Servicing puts the winner's file into System32. While a restart is waited for the two may differ.
void other_file(const Context& c, const StoreComponent& w, std::vector<Said>& out) {
  if (c.facts.servicing.pending_operations == Tri::yes || c.facts.servicing.reboot_pending == Tri::yes) return;
  if (w.arch != c.facts.identity.arch) return;
  for (const auto& f : c.facts.files)
    if (f.path == "system32/ntoskrnl.exe" && f.version != w.version)
      out.push_back(
          {fmt::format("the store has kernel {} in use, System32 holds {}", w.version.text(), f.version.text()), {w.where, f.where}, {}});
}

void find_tq1012(const Context& c, std::vector<Said>& out) {
  for (const auto& w : c.facts.components) {
    if (w.source != "winners" || w.name != kKernel) continue;
    unowned(c, w, out);
    other_file(c, w, out);
  }
  for (auto& s : out) std::erase(s.evidence, "");
}

}  // namespace

extern const Rule tq1012_component_winners;
const Rule tq1012_component_winners{
    "TQ1012",
    model::Severity::medium,
    "The component store and the kernel do not belong together",
    "Servicing writes down which version of a component is in use, what brought it, and puts that file into place. A version that nothing "
    "brought was written by hand, and a kernel of another version was put there past servicing. A restore of System32 or of one hive "
    "from a backup looks the same, and so does an update that was interrupted.",
    "SideBySide\\Winners against the COMPONENTS hive and the version of ntoskrnl.exe.",
    "Run sfc and the system update readiness tool on a copy or with the vendor's consent; find out which backup the parts are of.",
    "docs/evidence.md",
    find_tq1012,
};

}  // namespace tq::rules
