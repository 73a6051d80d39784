// Things that a stock Windows does not have and that tools which go around the ESU check leave behind. Named here, judged later.
#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/file_version.hpp"
#include "evidence/support/listing.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

/// "sle*.dll" against "sle7.dll": one star at most, in the file's name.
bool matches(std::string_view pattern, std::string_view name) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == name;
  const auto head = pattern.substr(0, star), tail = pattern.substr(star + 1);
  return name.size() >= head.size() + tail.size() && name.starts_with(head) && name.ends_with(tail);
}

void paths(const target::Source& source, const model::Wanted& wanted, model::Facts& facts) {
  for (const auto& wanted_path : wanted.odd_paths) {
    const auto slash = wanted_path.rfind('/');
    const std::string folder = slash == std::string::npos ? std::string{} : wanted_path.substr(0, slash);
    const std::string name = slash == std::string::npos ? wanted_path : wanted_path.substr(slash + 1);
    const std::string path = folder.empty() ? source.windows : tree_path(source, folder);
    if (name.find('*') == std::string::npos) {
      const auto real = source.tree->real_path(path + "/" + name);
      if (real) add_oddity(facts, "file", wanted_path, source.tree->cite(*real));
      if (!real && real.error().code != ErrorCode::not_found)
        cover(facts, "oddities." + wanted_path, model::CoverageStatus::failed, real.error().text());
      continue;
    }
    const Listing listing = list_folder(source, path);
    cover_gap(facts, "oddities." + wanted_path, listing);
    for (const auto& e : listing.entries)
      if (matches(name, lower_ascii(e.name))) add_oddity(facts, "file", wanted_path, source.tree->cite(path + "/" + e.name));
  }
}

/// Tools that spoof an edition keep the true one beside it.
void edition(const target::Registry& reg, model::Facts& facts) {
  if (const auto t = reg.text(kCurrentVersion, "EditionID_bak"))
    add_oddity(facts, "edition_backup", *t, reg.cite(kCurrentVersion, "EditionID_bak"));
}

/// The update agent as a service: any other library than Windows' own is a changed agent.
void agent(const target::Registry& reg, model::Facts& facts) {
  const std::string key = "CurrentControlSet\\Services\\wuauserv\\Parameters";
  const auto dll = reg.text(key, "ServiceDll");
  if (!dll || dll->empty()) return;
  const std::string l = lower_ascii(*dll);
  const auto slash = l.rfind('\\');
  const std::string_view name = std::string_view(l).substr(slash == std::string::npos ? 0 : slash + 1);
  const bool own_folder = l.find("\\system32\\") != std::string::npos || slash == std::string::npos;
  // XP and Server 2003, which lack the firewall's service of later ones, load it through a library of the service's own name.
  const bool before_vista = !reg.has_key("CurrentControlSet\\Services\\MpsSvc");
  const bool own_name = name == "wuaueng.dll" || (before_vista && name == "wuauserv.dll");
  if (!own_name || !own_folder) add_oddity(facts, "service_dll", *dll, reg.cite(key, "ServiceDll"));
}

void tasks(const target::Source& source, model::Facts& facts) {
  const std::string folder = tree_path(source, "system32/tasks");
  const Listing listing = list_folder(source, folder);
  cover_gap(facts, "oddities.tasks", listing);
  for (const auto& e : listing.entries)
    if (ifind(e.name, "ESU") != std::string_view::npos) add_oddity(facts, "task", e.name, source.tree->cite(folder + "/" + e.name));
}

void collect_oddities(const target::Source& source, const model::Wanted& wanted, model::Facts& facts) {
  if (const auto* reg = source.registry("SOFTWARE")) edition(*reg, facts);
  if (const auto* reg = source.registry("SYSTEM")) agent(*reg, facts);
  if (!source.tree) return;
  paths(source, wanted, facts);
  tasks(source, facts);
}

}  // namespace

extern const Collector oddities;
const Collector oddities{"oddities", nullptr, collect_oddities};

}  // namespace tq::evidence
