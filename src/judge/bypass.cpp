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
  for (const auto& i : c.knowledge.catalog().bypass_indicators()) {
    const std::string subject = unified(i.subject);
    if (odd.name == "file" && i.type == "file") {
      const auto paths = paths_in(i.subject);
      if (std::find(paths.begin(), paths.end(), odd.value) != paths.end()) return std::string(i.id);
    }
    if (odd.name == "task" && i.type == "task" && subject.find(lower_ascii(odd.value)) != std::string::npos) return std::string(i.id);
    if (odd.name == "edition_backup" && subject.find("editionid_bak") != std::string::npos) return std::string(i.id);
    if (odd.name == "service_dll" && subject.find("servicedll") != std::string::npos) return std::string(i.id);
    const auto image = odd.value.substr(0, odd.value.find(' '));
    if (odd.name == "image_hook" && subject.find("image file execution options/" + image) != std::string::npos) return std::string(i.id);
  }
  return {};
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
    const bool read = std::any_of(c.facts.coverage.begin(), c.facts.coverage.end(), [](const auto& x) {
      return x.source == "component_store.components" && x.status == model::CoverageStatus::read;
    });
    if (owned == Tri::no || (read && !listed))
      e.bypass.push_back({rule_id(c, "in Winners that no installed"),
                          fmt::format("{} {} is in use and no package owns it", w.name, w.version.text()), w.where, false});
  }
}

/// Children fed to servicing one by one, without the parent that names the ESU check.
void children_without_parent(const Case& c, const std::vector<Seen>& seen, model::EsuVerdict& e) {
  std::uint32_t last = 0;
  for (const auto& p : c.facts.packages) {
    if (!p.child || p.kb == 0 || p.kb == last || !model::present(p.state)) continue;
    if (!istarts_with(p.identity, "Package_") || ifind(p.identity, "_for_KB") == std::string_view::npos) continue;
    const Seen* parent = find(seen, p.kb);
    if (parent != nullptr && parent->state != model::PackageState::absent) continue;
    last = p.kb;
    e.bypass.push_back({rule_id(c, "without its parent"),
                        fmt::format("children of {} are installed and their parent is not", kb_text(p.kb)), p.where, false});
  }
}

/// An update that needs a licence, and nothing that would have let it in. Azure, an image serviced offline and a cleaned
/// package list look the same, so it only says that the right to it is unproven.
void unexplained(const Case& c, model::EsuVerdict& e) {
  if (!c.packages || e.preparation != Tri::no || c.facts.licence.azure == Tri::yes || !c.facts.licence.ids.empty()) return;
  for (const auto& p : c.facts.packages) {
    const Entry* u = p.kb != 0 && !p.child && model::present(p.state) ? c.view->find(p.kb) : nullptr;
    if (u == nullptr || !u->update.esu_required) continue;
    e.bypass.push_back({rule_id(c, "no ESU preparation package"),
                        fmt::format("{} is in place without a licensing preparation package, a key or Azure", kb_text(p.kb)), p.where,
                        true});
    return;
  }
}

}  // namespace

void judge_bypass(const Case& c, model::Verdict& verdict) {
  auto& e = verdict.esu;
  unowned_winner(c, e);
  if (c.view != nullptr) {
    children_without_parent(c, seen_by_kb(c.facts), e);
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
