// Traces of tools that go around the ESU check, held against the catalog's indicators. The generic rules come first: they do
// not depend on the names a tool chose.
#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "judge/states.hpp"

namespace tq::judge {
namespace {

using model::Tri;

std::string unified(std::string_view s) {
  std::string out = lower_ascii(s);
  std::replace(out.begin(), out.end(), '\\', '/');
  return out;
}

/// The paths in the prose of an indicator: "System32\a.dll; System32\b*.dll and SysWOW64\c.dll" below the Windows folder.
std::vector<std::string> paths_in(std::string_view subject) {
  std::vector<std::string> out;
  const std::string text = unified(subject);
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find_first_of(" ;,()", at), text.size());
    std::string word = text.substr(at, end - at);
    at = end + 1;
    if (word.starts_with("%systemroot%/")) word.erase(0, 13);
    while (!word.empty() && word.back() == '/') word.pop_back();
    const bool path = word.find('/') != std::string::npos || word == "wuesu";
    if (path && word.find_first_of("<>:%\"?|") == std::string::npos && std::count(word.begin(), word.end(), '*') <= 1)
      out.push_back(std::move(word));
  }
  return out;
}

/// Which kind of finding of the machine an indicator of the catalog speaks of; its id is the row's.
std::string id_of(const Case& c, const model::Reading& odd) {
  const std::string task = lower_ascii(odd.value), hook = "image file execution options/" + odd.value.substr(0, odd.value.find(' '));
  const auto speaks = [&](const Indicator& i) {
    const auto names = [&](std::string_view what) { return i.subject.find(what) != std::string::npos; };
    if (odd.name == "file") return i.type == "file" && std::find(i.paths.begin(), i.paths.end(), odd.value) != i.paths.end();
    if (odd.name == "task") return i.type == "task" && names(task);
    if (odd.name == "edition_backup") return names("editionid_bak");
    if (odd.name == "service_dll") return names("servicedll");
    return odd.name == "image_hook" && names(hook);
  };
  const auto all = c.knowledge.indicators();
  const auto it = std::find_if(all.begin(), all.end(), speaks);
  return it != all.end() ? it->id : std::string();
}

/// The rows whose subject is a rule are known by what they speak of.
std::string rule_id(const Case& c, std::string_view speaks_of) {
  for (const auto& i : c.knowledge.catalog().bypass_indicators())
    if (i.type == "rule" && ifind(i.subject, speaks_of) != std::string_view::npos) return std::string(i.id);
  return "rule";
}

bool is_esu_component(const model::StoreComponent& s) { return s.name.find("securityupdatesai") != std::string::npos; }

/// The store's winner of the ESU component has no owner: it was put there by hand.
void unowned_winner(const Case& c, model::EsuVerdict& e) {
  const auto& all = c.facts.components;
  for (const auto& w : all) {
    if (w.source != "winners" || !is_esu_component(w)) continue;
    Tri owned = Tri::unknown;
    bool listed = false;
    for (const auto& k : all) {
      if (k.source != "components" || k.name != w.name || k.arch != w.arch || k.version != w.version) continue;
      listed = true;
      owned = k.owned == Tri::yes || owned == Tri::yes ? Tri::yes : k.owned;
    }
    if (owned == Tri::no || (c.facts.components_read == Tri::yes && !listed))
      e.bypass.push_back({rule_id(c, "in Winners that no installed"),
                          fmt::format("{} {} is in use and no package owns it", w.name, w.version.text()), w.where, false});
  }
}

/// Children fed to servicing one by one, without the parent that names the ESU check.
void children_without_parent(const Case& c, model::EsuVerdict& e) {
  std::uint32_t last = 0;
  for (const auto row : c.seen.children()) {
    const auto& p = c.facts.packages[row];
    if (p.kb == last) continue;
    const Seen* parent = c.seen.find(p.kb);
    if (parent != nullptr && parent->state != model::PackageState::absent) continue;
    if (!istarts_with(p.identity, "Package_") || ifind(p.identity, "_for_KB") == std::string_view::npos) continue;
    last = p.kb;
    e.bypass.push_back({rule_id(c, "without its parent"),
                        fmt::format("children of {} are installed and their parent is not", kb_text(p.kb)), p.where, false});
  }
}

/// An update that needs a licence, and nothing that would have let it in. Azure, an image serviced offline and a cleaned
/// package list look the same, so it only says that the right to it is unproven.
void unexplained(const Case& c, model::EsuVerdict& e) {
  if (!c.packages || e.preparation != Tri::no || c.facts.licence.azure == Tri::yes || !c.facts.licence.ids.empty()) return;
  std::uint32_t first = kNone;  // as the machine lists them
  for (std::uint32_t i = 0; i < c.view->entries.size(); ++i)
    if (const Seen* s = c.seen.at(i); s != nullptr && s->package_present() && c.view->entries[i].update.esu_required)
      first = std::min(first, s->first_package);
  if (first == kNone) return;
  const auto& p = c.facts.packages[first];
  e.bypass.push_back({rule_id(c, "no ESU preparation package"),
                      fmt::format("{} is in place without a licensing preparation package, a key or Azure", kb_text(p.kb)), p.where, true});
}

}  // namespace

std::vector<Indicator> indicators_of(const catalog::Catalog& catalog) {
  std::vector<Indicator> out;
  for (const auto& i : catalog.bypass_indicators())
    out.push_back(
        {std::string(i.id), std::string(i.type), unified(i.subject), i.type == "file" ? paths_in(i.subject) : std::vector<std::string>()});
  return out;
}

void judge_bypass(const Case& c, model::Verdict& verdict) {
  auto& e = verdict.esu;
  unowned_winner(c, e);
  if (c.view != nullptr) {
    children_without_parent(c, e);
    unexplained(c, e);
  }
  for (const auto& odd : c.facts.oddities)
    if (auto id = id_of(c, odd); !id.empty()) e.bypass.push_back({std::move(id), odd.name + ": " + odd.value, odd.where, false});
}

model::Wanted wanted(const catalog::Catalog& catalog) {
  model::Wanted w;
  for (const auto& f : catalog.files()) w.files.push_back(unified(f.file));
  std::sort(w.files.begin(), w.files.end());
  w.files.erase(std::unique(w.files.begin(), w.files.end()), w.files.end());
  for (const auto& i : catalog.bypass_indicators())
    if (i.type == "file")
      for (auto& p : paths_in(i.subject)) w.odd_paths.push_back(std::move(p));
  std::sort(w.odd_paths.begin(), w.odd_paths.end());
  w.odd_paths.erase(std::unique(w.odd_paths.begin(), w.odd_paths.end()), w.odd_paths.end());
  w.settings = wanted_settings(ExposureTable(catalog));
  for (const auto& id : catalog.esu_ids())
    if (id.activation_id.size() == 36) w.licence_ids.push_back(lower_ascii(id.activation_id));
  return w;
}

}  // namespace tq::judge
