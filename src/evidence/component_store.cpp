// The component store itself: which version of the kernel's component, and of ESU's, is in use, known, and on the disk.
// A store holds some 15,000 components; only those are kept that tell a build or an owner.
#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"
#include "format/servicing_names.hpp"

namespace tq::evidence {
namespace {

using format::ComponentName;

/// Parts of component names. The second is how the store shortens "...ExtendedSecurityUpdatesAI" (19 characters at each end).
constexpr std::string_view kKept[] = {"microsoft-windows-os-kernel", "edsecurityupdatesai", "extendedsecurityupdatesai"};
constexpr std::size_t kMostComponents = 2000;  // honest stores have a few dozen of these

bool kept(std::string_view name) {
  for (const auto part : kKept)
    if (ifind(name, part) != std::string_view::npos) return true;
  return false;
}

/// False: there are too many, and this one is left out.
bool keep(model::Facts& facts, const ComponentName& c, const char* source, model::Tri owned, std::string where) {
  if (facts.components.size() == kMostComponents) return false;
  facts.components.push_back({c.name, arch_word(c.architecture), c.version, source, owned, std::move(where)});
  return true;
}

/// Winners\<architecture>_<name>_<token>_<language>_<hash>\<major.minor>: the default value is the version in use.
void winners(const target::Registry& reg, model::Facts& facts) {
  const std::string root = "Microsoft\\Windows\\CurrentVersion\\SideBySide\\Winners";
  const auto names = reg.subkeys(root);
  if (!names) return;
  for (const auto& name : *names) {
    if (!kept(name)) continue;
    const std::string key = root + "\\" + name;
    for (const auto& line : reg.subkeys(key).value_or(std::vector<std::string>{})) {
      const auto v = FileVersion::parse(reg.text(key + "\\" + line, "").value_or(""));
      if (!v) continue;
      // The key lacks the version that stands in the name of the folder: put in, the name parses like any other.
      const auto hash = name.rfind('_'), language = hash == std::string::npos || hash == 0 ? hash : name.rfind('_', hash - 1);
      if (language == std::string::npos) continue;
      const auto c = format::parse_component_name(name.substr(0, language) + "_" + v->text() + name.substr(language));
      if (c) keep(facts, *c, "winners", model::Tri::unknown, reg.cite(key + "\\" + line, ""));
    }
  }
  cover(facts, "component_store.winners", model::CoverageStatus::read, std::to_string(names->size()) + " components");
}

/// DerivedData\Components\<folder name>: a value "c!<deployment>" for each deployment that brought it.
void components(const target::Registry& reg, model::Facts& facts) {
  const std::string root = "DerivedData\\Components";
  const target::Certainty sure(reg);
  const auto names = reg.subkeys(root);
  if (!names) return;
  bool cut = false;
  for (const auto& name : *names) {
    const auto c = kept(name) ? format::parse_component_name(name) : std::nullopt;
    if (!c) continue;
    const target::Certainty all_values(reg);
    const auto values = reg.value_names(root + "\\" + name);
    auto owned = values && all_values.whole(root + "\\" + name) ? model::Tri::no : model::Tri::unknown;
    for (const auto& v : values.value_or(std::vector<std::string>{}))
      if (istarts_with(v, "c!")) owned = model::Tri::yes;
    if (!keep(facts, *c, "components", owned, reg.cite(root + "\\" + name, ""))) cut = true;
  }
  if (sure.whole(root) && !cut) facts.components_read = model::Tri::yes;
  cover(facts, "component_store.components", model::CoverageStatus::read,
        std::to_string(names->size()) + " components" + (cut ? "; the rest was not read" : ""));
}

void folders(const target::Source& source, model::Facts& facts) {
  const std::string folder = source.windows + "/WinSxS";
  const auto entries = source.tree->list(folder);
  if (!entries) return;  // the servicing stack's collector says so
  for (const auto& e : *entries) {
    const auto c = e.kind == io::EntryKind::folder && kept(e.name) ? format::parse_component_name(e.name) : std::nullopt;
    if (c) keep(facts, *c, "folder", model::Tri::unknown, source.tree->cite(folder + "/" + e.name));
  }
}

void collect_component_store(const target::Source& source, model::Facts& facts) {
  if (const auto* reg = source.registry("SOFTWARE")) winners(*reg, facts);
  if (const auto* reg = source.registry("COMPONENTS")) components(*reg, facts);
  if (source.tree) folders(source, facts);
}

}  // namespace

extern const Collector component_store;
const Collector component_store{"component_store", collect_component_store};

}  // namespace tq::evidence
