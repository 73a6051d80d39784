// The servicing stack: its version is never the version of Windows (a 6002 machine carries a 6.0.6003 stack).
#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/listing.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

void from_folder(const target::Source& source, model::Facts& facts) {
  const std::string folder = source.windows + "/servicing/Version";
  const Listing listing = list_folder(source, folder);
  for (const auto& e : listing.entries)
    if (const auto v = FileVersion::parse(e.name))
      facts.stacks.push_back({*v, "servicing_folder", source.tree->cite(folder + "/" + e.name)});
  cover(facts, "servicing.version_folder", listing.status(), listing.detail());
}

/// "amd64_microsoft-windows-servicingstack_31bf3856ad364e35_6.0.6003.20484_none_..."
void from_store(const target::Source& source, model::Facts& facts) {
  const std::string folder = source.windows + "/WinSxS";
  const Listing listing = list_folder(source, folder);
  constexpr std::string_view kName = "_microsoft-windows-servicingstack_";
  for (const auto& e : listing.entries) {
    const auto at = ifind(e.name, kName);
    if (at == std::string_view::npos) continue;
    const auto key = e.name.find('_', at + kName.size());
    if (key == std::string::npos) continue;
    if (const auto v = FileVersion::parse(std::string_view(e.name).substr(key + 1)))
      facts.stacks.push_back({*v, "component_store", source.tree->cite(folder + "/" + e.name)});
  }
  cover(facts, "component_store.folder", listing.status(), listing.detail());
}

void stack_from_registry(const target::Registry& reg, model::Facts& facts) {
  const std::string key = std::string(kCbs) + "\\Version";
  const auto names = reg.value_names(key);
  if (!names) return;
  for (const auto& n : *names)
    if (const auto v = FileVersion::parse(n)) facts.stacks.push_back({*v, "registry", reg.cite(key, n)});
}

void collect_servicing_stack(const target::Source& source, model::Facts& facts) {
  if (source.tree) {
    from_folder(source, facts);
    from_store(source, facts);
  }
  if (const auto* reg = source.registry("SOFTWARE")) stack_from_registry(*reg, facts);
}

}  // namespace

extern const Collector servicing_stack;
const Collector servicing_stack{"servicing_stack", collect_servicing_stack};

}  // namespace tq::evidence
