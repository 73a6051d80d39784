// Until when the product was, or is, served: for this edition and processor; and the software on it that has ends of its own.
#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "judge/migration/lists.hpp"
#include "judge/migration/standpoint.hpp"
#include "judge/parts.hpp"

namespace tq::judge {
namespace {

Date today_of(const Case& c) { return c.options.as_of.known() ? c.options.as_of : c.knowledge.catalog().data_as_of(); }

/// True unless the machine is known to be outside: what was not read keeps nobody out.
bool covers(const Upgrades::EsuYear& t, std::string_view edition, std::string_view arch) {
  return (edition.empty() || names(t.editions, edition)) && (arch.empty() || has_arch(t.row.arches, arch));
}

/// The ESU years that were open to this machine. Sets `esu_why` when the product had some and the machine none.
void add_esu_years(const Case& c, model::Lifecycle& l) {
  const auto& id = c.facts.identity;
  const auto& upgrades = c.knowledge.upgrades();
  const auto cls = is_client(c.facts) ? catalog::ProductClass::client : catalog::ProductClass::server;
  const auto edition = edition_of(c.facts, upgrades);
  const catalog::EsuTerm* refused = nullptr;
  for (const auto& t : upgrades.esu_years) {
    if (t.row.nt_version != id.nt_version || t.row.product_class != cls) continue;
    if (covers(t, edition, id.arch))
      l.esu_years.push_back({static_cast<int>(t.row.year), std::string(t.row.who), t.row.starts.text(), t.row.ends.text()});
    else
      refused = &t.row;
  }
  if (!l.esu_years.empty() || refused == nullptr) return;
  l.esu_why = !id.arch.empty() && !has_arch(refused->arches, id.arch)
                  ? fmt::format("ESU was sold for {} only, this is {}", arches_text(refused->arches), id.arch)
                  : fmt::format("ESU was sold for {} only, this is the {} edition", refused->editions, edition);
}

/// A machine outside of ESU got its last update on the day extended support ended.
void without_esu(model::Lifecycle& l) {
  l.esu_end.clear();
  l.last_patch = l.extended_end;
  l.patch_source = "none since " + l.extended_end;
}

/// The row that fits best: one for this Windows before one for any.
const catalog::SoftwareTerm* term_of(const Upgrades& upgrades, std::string_view id, std::string_view version, std::string_view nt_version) {
  const catalog::SoftwareTerm* any = nullptr;
  for (const auto& t : upgrades.software) {
    if (t.id != id || t.version != version) continue;
    if (t.on == nt_version) return &t;
    if (t.on == "any") any = &t;
  }
  return any;
}

model::SoftwareLifecycle ends_of(const catalog::SoftwareTerm& t, const model::Lifecycle& windows, const Date& today) {
  model::SoftwareLifecycle s;
  s.name = t.name;
  s.source = t.confidence == catalog::Confidence::unconfirmed ? "unconfirmed (no source)" : std::string(t.source);
  s.end = t.follows_windows ? (windows.last_patch.empty() ? windows.extended_end : windows.last_patch) : t.extended_end.text();
  const auto end = Date::parse(s.end);
  s.state = !end ? "unknown" : *end < today ? "ended" : "supported";
  return s;
}

/// Names of Facts::software whose ends the catalog is expected to know: a version that it does not is said to be unknown.
constexpr std::string_view kDated[] = {"sql_server", "iis", "dotnet", "internet_explorer"};

void add_software(const Case& c, model::Lifecycle& l, const Date& today) {
  const auto& upgrades = c.knowledge.upgrades();
  for (const auto& s : c.facts.software) {
    if (std::find(std::begin(kDated), std::end(kDated), s.name) == std::end(kDated)) continue;
    // A service pack does not change the line it belongs to ("10.50 SP3"); where it does, its row names it.
    const auto* t = term_of(upgrades, s.name, s.version, c.facts.identity.nt_version);
    if (t == nullptr)
      t = term_of(upgrades, s.name, std::string_view(s.version).substr(0, s.version.find(' ')), c.facts.identity.nt_version);
    model::SoftwareLifecycle out;
    if (t != nullptr)
      out = ends_of(*t, l, today);
    else
      out.name = s.name, out.state = "unknown";
    out.version = s.version;
    out.where = s.where;
    l.software.push_back(std::move(out));
  }
}

/// Programs by the name they registered. A server product registers several entries; one is enough.
void add_programs(const Case& c, model::Lifecycle& l, const Date& today) {
  for (const auto& t : c.knowledge.upgrades().software) {
    if (t.id != "program") continue;
    const auto& all = c.facts.configuration.programs;
    const auto it = std::find_if(all.begin(), all.end(), [&](const auto& p) { return istarts_with(p.name, t.version); });
    if (it == all.end()) continue;
    auto out = ends_of(t, l, today);
    out.version = it->version;
    out.where = it->where;
    l.software.push_back(std::move(out));
  }
}

}  // namespace

void judge_lifecycle(const Case& c, model::Verdict& verdict) {
  const auto& facts = c.facts;
  auto& l = verdict.lifecycle;
  const Date today = today_of(c);
  const bool known = verdict.build.number && !facts.identity.nt_version.empty() && !facts.identity.product_type.empty();
  const auto row =
      known ? c.knowledge.catalog().lifecycle(facts.identity.nt_version, *verdict.build.number, !is_client(facts)) : std::nullopt;
  if (row) {
    l.mainstream_end = row->mainstream_end.text();
    l.extended_end = row->extended_end.text();
    l.esu_end = row->esu_end.text();
    l.last_patch = row->last_patch.text();
    l.patch_source = row->patch_source;
    if (row->esu_end.known()) add_esu_years(c, l);
    if (!l.esu_why.empty()) without_esu(l);
  }
  add_software(c, l, today);
  add_programs(c, l, today);
}

}  // namespace tq::judge
