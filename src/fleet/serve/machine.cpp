// One machine, judged again with all its proofs: what `check` prints, from the facts that the store keeps.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/html.hpp"
#include "core/text.hpp"
#include "core/url.hpp"
#include "fleet/page.hpp"
#include "fleet/profile.hpp"
#include "fleet/serve/pages.hpp"
#include "report/support/html.hpp"

namespace tq::fleet::serve {
namespace {

struct Stored {
  Own own;
  std::int64_t profile = -1;
  std::string since, seen;
};

/// [["name","value"],...]; a text that was cut when it was stored is no list any more, and its labels are lost.
std::vector<model::Reading> labels_of(std::string_view json) {
  std::vector<model::Reading> out;
  const auto list = nlohmann::json::parse(json, nullptr, false);
  if (!list.is_array()) return out;
  for (const auto& l : list)
    if (l.is_array() && l.size() == 2 && l[0].is_string() && l[1].is_string()) out.push_back({l[0], l[1], ""});
  return out;
}

Result<Stored> stored(Db& db, std::int64_t machine) {
  Stored out;
  TQ_TRY([[maybe_unused]] const auto read,
         db.run("SELECT v.name, v.target, v.site, v.profile, v.since, v.seen, d.labels FROM v_machines v JOIN v_machine d ON d.machine = "
                "v.machine WHERE v.machine = $1",
                {machine}, [&](const Row& r) {
                  out.own = {std::string(r.text(0)), std::string(r.text(1)), std::string(r.text(2)), labels_of(r.text(6))};
                  out.profile = r.integer(3);
                  out.since = r.text(4);
                  out.seen = r.text(5);
                  return false;
                }));
  if (out.profile < 0) return Error{ErrorCode::not_found, "page", "a machine of this store", std::to_string(machine)};
  if (!out.own.site.empty()) out.own.labels.insert(out.own.labels.begin(), {"site", out.own.site, ""});
  return out;
}

Result<model::Facts> facts_of(Db& db, const Stored& s) {
  Result<model::Facts> facts = Error{ErrorCode::corrupt, "store.profiles.facts", "a row", "none"};
  TQ_TRY([[maybe_unused]] const auto read, db.run("SELECT facts FROM profiles WHERE id = $1", {s.profile}, [&](const Row& r) {
    facts = unpack(r.blob(0));
    return false;
  }));
  TQ_TRY(auto shared, std::move(facts));
  return reunite(std::move(shared), s.own);
}

std::string labels_list(const Stored& s) {
  std::string out =
      fmt::format("<dl class=\"facts\"><div><dt>First seen like this</dt><dd>{}</dd></div><div><dt>Last seen</dt><dd>{}</dd></div>",
                  html_text(s.since.substr(0, 10)), html_text(s.seen.substr(0, 10)));
  for (const auto& l : s.own.labels) out += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", cell_text(l.name), cell_text(l.value));
  return out + "</dl>";
}

/// All of them, for those who search the page; report::html::machine() names only those that are known to be exploited.
std::string cve_links(const model::CveVerdict& cves) {
  if (cves.missing.empty()) return {};
  std::string out = fmt::format("<details><summary>All {} CVEs that are not repaired</summary><p class=\"cves\">",
                                grouped(static_cast<std::int64_t>(cves.missing.size())));
  for (const auto id : cves.missing) {
    const std::string name = model::cve_text(id);
    out += fmt::format("<a href=\"/cve/{0}\">{0}</a> ", name);
  }
  return out + "</p></details>";
}

}  // namespace

Result<Response> machine_page(const Context& c) {
  std::uint64_t id = 0;
  if (!parse_u64(c.rest, id) || id > 0x7FFFFFFFFFFFFFFF) return Error{ErrorCode::not_found, "page", "the number of a machine", c.rest};
  TQ_TRY(const auto s, stored(*c.db, static_cast<std::int64_t>(id)));
  TQ_TRY(auto facts, facts_of(*c.db, s));
  const model::Report report = c.examine(std::move(facts));
  std::string main = "<div class=\"one\">" + labels_list(s);
  if (!report.machines.empty())
    main += report::html::machine(report.machines.front(), report, 1) + cve_links(report.machines.front().verdict.cves);
  const Value machine[] = {static_cast<std::int64_t>(id)};
  TQ_TRY(const auto history,
         table_html(
             *c.db, "History",
             "SELECT at, version, build_status, level, months_behind, missing_cves FROM v_history WHERE machine = $1 ORDER BY seconds DESC",
             machine, 200));
  main += "<h3>History</h3>" + history + "</div>";
  std::string name = s.own.name.empty() ? s.own.target : s.own.name;
  constexpr std::size_t kLongestTitle = 200;
  if (name.size() > kLongestTitle) name = to_valid_utf8(name.substr(0, kLongestTitle)) + "...";
  return page(c.frame, "/machines", name, main);
}

}  // namespace tq::fleet::serve
