// The first page: what a fleet looks like today.
#include <fmt/format.h>

#include <algorithm>

#include "core/html.hpp"
#include "core/url.hpp"
#include "fleet/page.hpp"
#include "fleet/serve/filters.hpp"
#include "fleet/serve/pages.hpp"
#include "rules/rule.hpp"

namespace tq::fleet::serve {
namespace {

constexpr std::uint64_t kShownSites = 20, kShownCves = 10, kShownReasons = 8, kShownFindings = 12;

std::string part(const char* title, const std::string& content, const char* link = nullptr, const char* words = "") {
  if (content.empty()) return {};
  const std::string all = link == nullptr ? "" : fmt::format(" <a class=\"all\" href=\"{}\">{}</a>", link, words);
  return fmt::format("<section class=\"part\"><h2>{}{}</h2>{}</section>", title, all, content);
}

Result<std::string> top_cves(Db& db) {
  return table_html(
      db, "CVEs that most machines miss",
      "SELECT cve, machines, CASE WHEN known_exploited = 1 THEN 'exploited' ELSE '' END AS note FROM v_top_cves ORDER BY machines "
      "DESC, known_exploited DESC, cve",
      {}, kShownCves, [](const Row& r, std::size_t c) {
        if (c == 0) return fmt::format("<a href=\"/cve/{0}\">{0}</a>", html_text(r.text(0)));
        if (c == 1) return grouped(r.integer(1));
        return r.text(2).empty() ? std::string{} : "<span class=\"badge bad\">" + html_text(r.text(2)) + "</span>";
      });
}

Result<std::string> findings(Db& db) {
  return table_html(db, "Findings by machines",
                    "SELECT rule AS finding, severity, machines FROM v_findings WHERE severity <> 'info' ORDER BY machines DESC, rule", {},
                    kShownFindings, [](const Row& r, std::size_t c) {
                      if (c == 2) return grouped(r.integer(2));
                      if (c == 1) return html_text(r.text(1));
                      const auto all = rules::all();
                      const auto rule = std::find_if(all.begin(), all.end(), [&](const auto* x) { return r.text(0) == x->id; });
                      return fmt::format("<a href=\"/machines?rule={}\">{}</a> {}", url_part(r.text(0)), html_text(r.text(0)),
                                         rule == all.end() ? "" : html_text((*rule)->title));
                    });
}

Result<std::string> unknowns(Db& db) {
  return table_html(
      db, "What is unknown, and what would tell",
      "SELECT u.subject AS subject, r.why AS why, r.resolve AS what_would_tell, sum(p.machines) AS machines FROM undecided u JOIN "
      "reasons r ON r.id = u.reason JOIN profiles p ON p.id = u.profile WHERE p.machines > 0 GROUP BY u.subject, r.why, r.resolve "
      "ORDER BY machines DESC, why",
      {}, kShownReasons);
}

/// Machines whose build number cannot be trusted: few, or something is wrong with all of them.
Result<std::string> claims(Db& db) {
  TQ_TRY(const auto filters, Filters::of(db, {{"claims", "yes"}}));
  TQ_TRY(const auto count, filters.count(db));
  if (count.value_or(0) == 0) return std::string("<p>None.</p>");
  std::string more;
  constexpr std::size_t kShown = 8;
  TQ_TRY(const auto table,
         machine_table(db, "Machines that say 6003 and are not",
                       filters.rows(kMachineColumnsOfPages, static_cast<std::uint64_t>(*count) <= kSortedRows), kShown, &more));
  return fmt::format("<p>{} {}.</p>", grouped(*count), *count == 1 ? "machine" : "machines") + table;
}

}  // namespace

Result<Response> overview_page(const Context& c) {
  Db& db = *c.db;
  TQ_TRY(const auto tiles, tiles_html(db, Linked::yes));
  TQ_TRY(const auto charts, charts_html(db, Linked::yes));
  TQ_TRY(const auto heat, heat_map_html(db, kShownSites, Linked::yes));
  TQ_TRY(const auto cves, top_cves(db));
  TQ_TRY(const auto claimed, claims(db));
  TQ_TRY(const auto found, findings(db));
  TQ_TRY(const auto open, unknowns(db));
  return page(c.frame, "/", "Overview",
              tiles + charts + part("Months behind, by site", heat, "/sites", "All sites") + "<div class=\"pair\">" +
                  part("CVEs that most machines miss", cves, "/cves", "All CVEs") + part("Findings", found) + "</div>" +
                  part("Say 6003 and are not, or are contradicted", claimed, "/machines?claims=yes", "All of them") +
                  part("What is unknown, and what would tell", open, "/unknown", "All reasons"));
}

}  // namespace tq::fleet::serve
