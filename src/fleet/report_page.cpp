// `fleet report`: what a plant files away. No script, nothing loaded, prints well.
#include <fmt/format.h>

#include "core/html.hpp"
#include "fleet/page.hpp"
#include "fleet/store.hpp"
#include "report/support/html.hpp"

namespace tq::fleet {
namespace {

constexpr std::uint64_t kSites = 60;

struct Section {
  const char* title;
  const char* note;
  const char* sql;
  std::uint64_t most;
};

constexpr Section kSections[] = {
    {"Machines furthest behind", "The whole list: fleet query behind.",
     "SELECT name, site, product, version, level, months_behind, missing_cves FROM v_behind ORDER BY months_behind DESC, lower(name)", 50},
    {"CVEs that most machines miss", "The whole list: fleet query top-cves.",
     "SELECT cve, machines, CASE WHEN known_exploited = 1 THEN 'known to be exploited' ELSE '' END AS note FROM v_top_cves ORDER BY "
     "machines DESC, known_exploited "
     "DESC, cve",
     40},
    {"Updates that would close most", "machine cves: machines times CVEs that the update, with all it stands for, repairs.",
     "SELECT kb, title, released, machines, machine_cves FROM v_would_close ORDER BY machine_cves DESC, kb", 25},
    {"Machines that say 6003 and are not", "The number is claimed by values that anyone can write, or witnesses disagree.",
     "SELECT name, site, product, version, build_status FROM v_claims ORDER BY lower(name)", 50},
    {"Files that act differently on the builds", "",
     "SELECT path, builds, count(*) AS machines FROM v_gates GROUP BY path, builds ORDER BY machines DESC, path", 50},
    {"What is unknown, and what would tell", "",
     "SELECT u.subject AS subject, r.why AS why, r.resolve AS resolve, sum(p.machines) AS machines FROM undecided u JOIN reasons r ON r.id "
     "= u.reason JOIN profiles p "
     "ON p.id = u.profile WHERE p.machines > 0 GROUP BY u.subject, r.why, r.resolve ORDER BY machines DESC, why",
     30},
    {"Findings", "", "SELECT rule, severity, machines FROM v_findings ORDER BY machines DESC, rule", 40},
    {"Sites", "",
     "SELECT site, machines, at_goal, unknown_level, mean_behind, most_behind, with_exploited FROM v_sites ORDER BY machines DESC, site",
     200},
    {"Not read", "", "SELECT target, what, at FROM v_errors ORDER BY target", 100},
};

}  // namespace

Result<std::string> report_html(Db& db, const std::string& name, const std::string& version) {
  TQ_TRY(const auto meta, read_meta(db));
  const auto& j = meta.judgement;
  std::string out = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">";
  out += R"(<meta name="viewport" content="width=device-width, initial-scale=1">)";
  // Nothing may be loaded and no script may run, whatever a target managed to smuggle in.
  out += R"(<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">)";
  out += "<title>Tourniquet fleet report</title><style>" + std::string(report::html::style()) + std::string(fleet_style()) +
         "</style></head><body>\n<header><h1>Patch state of a fleet</h1>";
  out += fmt::format("<p class=\"soft\">{}, judged as of {} against the goal &ldquo;{}&rdquo;.</p></header>\n", html_text(name),
                     html_text(j.as_of.text()), html_text(j.goal));
  TQ_TRY(const auto tiles, tiles_html(db));
  TQ_TRY(const auto charts, charts_html(db));
  TQ_TRY(const auto heat, heat_map_html(db, kSites));
  out += tiles + charts + "<h3>Months behind, by site</h3>" + heat;
  for (const auto& s : kSections) {
    TQ_TRY(const auto table, table_html(db, s.title, s.sql, {}, s.most));
    if (table.empty()) continue;
    out += fmt::format("\n<h3>{}</h3>{}", s.title, *s.note == 0 ? "" : fmt::format("<p class=\"soft\">{}</p>", s.note)) + table;
  }
  out += fmt::format(
      "\n<footer>tourniquet {} &middot; catalog {} (data as of {}) &middot; the same store gives the same page.</footer></body></html>\n",
      html_text(version), html_text(j.catalog_id), html_text(j.data_as_of));
  return out;
}

}  // namespace tq::fleet
