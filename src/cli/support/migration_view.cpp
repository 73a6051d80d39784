#include "cli/support/migration_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/json.hpp"
#include "core/text.hpp"
#include "model/json_words.hpp"
#include "report/support/machine_json.hpp"

namespace tq::cli {
namespace {

std::string end_of(const catalog::Catalog& catalog, const std::string& name) {
  for (const auto& r : catalog.releases())
    if (r.name == name) return r.ends.text();
  return {};
}

std::uint32_t build_of(const catalog::Catalog& catalog, const std::string& name) {
  for (const auto& r : catalog.releases())
    if (r.name == name) return r.build;
  return 0;
}

std::string support_of(const model::Lifecycle& l) {
  std::string s;
  const auto add = [&s](const std::string& part) { s += (s.empty() ? "" : "; ") + part; };
  if (!l.extended_end.empty()) add("extended support to " + l.extended_end);
  if (!l.esu_end.empty()) add("ESU to " + l.esu_end);
  if (!l.esu_why.empty()) add(l.esu_why);
  if (!l.patch_source.empty()) add("updates: " + l.patch_source);
  return s;
}

/// The paths a blocker stands in, as few words: kinds, and the first release when not every path of them has it.
class Scope {
 public:
  Scope(const std::vector<model::MigrationPath>& paths, const catalog::Catalog& catalog) : paths_(paths), catalog_(catalog) {}

  /// `blocker`: row of Migration::blockers.
  [[nodiscard]] std::string of(std::uint32_t blocker) const {
    std::string kinds;
    const model::MigrationPath* first = nullptr;
    bool everywhere = true;
    for (const char* kind : {"in_place", "clean_install", "rehost"}) {
      std::size_t with = 0, all = 0;
      for (const auto& p : paths_) {
        if (p.kind != kind) continue;
        ++all;
        if (std::find(p.blockers.begin(), p.blockers.end(), blocker) == p.blockers.end()) continue;
        ++with;
        if (first == nullptr || build_of(catalog_, p.to) < build_of(catalog_, first->to)) first = &p;
      }
      if (with != 0) kinds += (kinds.empty() ? "" : ", ") + std::string(kind_text(kind));
      everywhere = everywhere && (with == 0 || with == all);
    }
    return everywhere || first == nullptr ? kinds : kinds + ", from " + first->to + " on";
  }

 private:
  const std::vector<model::MigrationPath>& paths_;
  const catalog::Catalog& catalog_;
};

/// In the order in which the paths name them.
void add_obstacles(const model::Migration& m, const catalog::Catalog& catalog, MigrationView& v) {
  const Scope scope(m.paths, catalog);
  std::vector<bool> told(m.blockers.size());
  for (const auto& p : m.paths)
    for (const auto row : p.blockers) {
      if (told[row]) continue;
      told[row] = true;
      const auto& b = m.blockers[row];
      if (b.kind == "not_read")
        v.not_read.push_back(b.what);
      else
        v.obstacles.push_back({b, scope.of(row)});
    }
}

void add_bars(const model::Migration& m, MigrationView& v) {
  for (const auto& i : m.impossible) {
    const auto it = std::find_if(v.impossible.begin(), v.impossible.end(), [&](const auto& x) { return x.why == i.why; });
    if (it == v.impossible.end())
      v.impossible.push_back({i.to, i.why, i.source});
    else
      it->to += ", " + i.to;
  }
}

/// Features are recorded for servers; a workstation has other names for some of them.
void add_gains(const model::Machine& m, const catalog::Catalog& catalog, MigrationView& v) {
  const auto build = m.verdict.build.number;
  if (!build || m.facts.identity.product_type == "client") return;
  for (const auto& f : catalog.features()) {
    if (f.first_build <= *build || !f.state_2008_sp2.starts_with("never")) continue;
    v.gains.push_back({std::string(f.feature), std::string(f.first_server_version),
                       f.confidence == catalog::Confidence::unconfirmed ? "unconfirmed (no source)" : std::string(f.source)});
  }
}

}  // namespace

const char* kind_text(const std::string& kind) {
  if (kind == "in_place") return "in place";
  return kind == "clean_install" ? "clean install" : "as it is, elsewhere";
}

MigrationView view_of(const model::Machine& machine, const catalog::Catalog& catalog, const std::string& as_of) {
  MigrationView v;
  const auto& m = machine.verdict.migration;
  v.name = machine.facts.identity.name;
  v.from = m.from.empty() ? machine.facts.identity.product : m.from;
  v.version = machine.verdict.build.version;
  v.target = machine.facts.target;
  v.as_of = as_of;
  v.data_as_of = catalog.data_as_of().text();
  v.support = support_of(machine.verdict.lifecycle);
  v.paths = m.paths;
  for (const auto& p : v.paths) v.ends.push_back(end_of(catalog, p.to));
  for (const auto& s : machine.verdict.lifecycle.software)
    if (s.state != "supported") v.software.push_back(s);
  add_obstacles(m, catalog, v);
  add_bars(m, v);
  add_gains(machine, catalog, v);
  return v;
}

std::string migration_document(const model::Machine& machine, const MigrationView& v, const std::string& tool,
                               const std::string& catalog_id) {
  const auto& id = machine.facts.identity;
  Json whole = report::machine_json(machine);
  Json doc = report::migration_json(machine.verdict.migration);
  Json gains = Json::array();
  for (const auto& g : v.gains) gains.push_back({{"feature", g.feature}, {"first_in", g.first_in}, {"source", g.source}});
  Json out = {{"schema", "tourniquet.migrate/1"},
              {"tool", {{"version", tool}}},
              {"catalog", {{"id", catalog_id}, {"data_as_of", v.data_as_of}}},
              {"as_of", v.as_of},
              {"machine",
               {{"target", to_valid_utf8(machine.facts.target)},
                {"name", model::text_or_null(id.name)},
                {"product", model::text_or_null(id.product)},
                {"edition", model::text_or_null(id.edition)},
                {"arch", model::text_or_null(id.arch)},
                {"product_type", model::text_or_null(id.product_type)},
                {"nt_version", model::text_or_null(id.nt_version)},
                {"build", whole["build"]},
                {"known_as", model::text_or_null(machine.verdict.migration.from)},
                {"lifecycle", whole["lifecycle"]}}},
              {"paths", doc["paths"]},
              {"impossible", doc["impossible"]},
              {"newer_releases_have", std::move(gains)}};
  return out.dump(2) + "\n";
}

}  // namespace tq::cli
