#include "fleet/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/html.hpp"

namespace tq::fleet {
namespace {

/// Months behind in steps that a colour can tell apart; KEEP IN SYNC with kHeads and the classes h0.. of the style.
constexpr int kSteps[] = {0, 6, 12, 24, 48, 72};
constexpr const char* kHeads[] = {"0", "1-6", "7-12", "13-24", "25-48", "49-72", "73+", "unknown"};
constexpr std::size_t kColumns = std::size(kHeads);

std::size_t step_of(const Row& r, std::size_t c) {
  if (r.null(c)) return kColumns - 1;
  std::size_t i = 0;
  while (i < std::size(kSteps) && r.integer(c) > kSteps[i]) ++i;
  return i;
}

std::string tile(const char* what, std::int64_t n, const char* tone) {
  return fmt::format("<div class=\"tile {}\"><strong>{}</strong><span>{}</span></div>", tone, n, what);
}

std::string head_row(const Row& r) {
  std::string out = "<thead><tr>";
  for (std::size_t c = 0; c < r.size(); ++c) {
    std::string name = r.name(c);
    std::replace(name.begin(), name.end(), '_', ' ');
    out += fmt::format("<th scope=\"col\">{}</th>", html_text(name));
  }
  return out + "</tr></thead><tbody>";
}

}  // namespace

std::string bars_svg(const std::string& title, const std::vector<Bar>& bars) {
  constexpr int kRow = 26, kLabel = 190, kWidth = 720, kRoom = 90;
  std::int64_t most = 1;
  for (const auto& b : bars) most = std::max(most, b.value);
  if (bars.empty()) return {};
  std::string out = fmt::format("<figure><figcaption>{}</figcaption><svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">",
                                html_text(title), kWidth, kRow * static_cast<int>(bars.size()) + 4, html_text(title));
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const int y = kRow * static_cast<int>(i);
    const auto width = std::max<std::int64_t>(1, bars[i].value * (kWidth - kLabel - kRoom) / most);
    out += fmt::format(
        "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text><rect class=\"bar\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"2\"/>"
        "<text x=\"{}\" y=\"{}\">{}</text>",
        kLabel - 8, y + 18, html_text(bars[i].label), kLabel, y + 4, width, kRow - 8, kLabel + width + 6, y + 18, bars[i].value);
  }
  return out + "</svg></figure>";
}

Result<std::string> table_html(Db& db, const std::string& caption, const std::string& sql, std::span<const Value> values,
                               std::uint64_t most, const CellMarkup& cell) {
  std::string out;
  std::uint64_t rows = 0;
  const std::string limited = sql + " LIMIT " + std::to_string(most);
  TQ_TRY([[maybe_unused]] const auto read, db.run(limited, values, [&](const Row& r) {
    if (rows++ == 0) out = fmt::format("<div class=\"scroll\"><table><caption>{}</caption>", html_text(caption)) + head_row(r);
    out += "<tr>";
    for (std::size_t c = 0; c < r.size(); ++c)
      out += fmt::format("<td{}>{}</td>", r.number(c) ? " class=\"n\"" : "", cell ? cell(r, c) : r.null(c) ? "" : html_text(r.text(c)));
    out += "</tr>";
    return true;
  }));
  return rows == 0 ? std::string{} : out + "</tbody></table></div>";
}

Result<std::string> tiles_html(Db& db) {
  std::int64_t machines = 0, reached = 0, behind = 0, unknown = 0, exploited = 0;
  TQ_TRY(
      [[maybe_unused]] const auto read,
      db.run("SELECT coalesce(sum(p.machines), 0), coalesce(sum(CASE WHEN v.goal_reached = 'yes' THEN p.machines ELSE 0 END), 0), "
             "coalesce(sum(CASE WHEN v.goal_reached = 'no' THEN p.machines ELSE 0 END), 0), "
             "coalesce(sum(CASE WHEN v.goal_reached = 'unknown' THEN p.machines ELSE 0 END), 0), "
             "coalesce(sum(CASE WHEN v.exploited > 0 THEN p.machines ELSE 0 END), 0) FROM verdicts v JOIN profiles p ON p.id = v.profile",
             {}, [&](const Row& r) {
               machines = r.integer(0);
               reached = r.integer(1);
               behind = r.integer(2);
               unknown = r.integer(3);
               exploited = r.integer(4);
               return false;
             }));
  TQ_TRY(const auto errors, number_of(db, "SELECT count(*) FROM errors", {}));
  return "<div class=\"tiles\">" + tile("machines", machines, "") + tile("at the goal", reached, "good") +
         tile("behind it", behind, "bad") + tile("not decided", unknown, "warn") +
         tile("miss a known exploited CVE", exploited, exploited > 0 ? "bad" : "good") +
         tile("targets not read", errors, errors > 0 ? "warn" : "") + "</div>";
}

Result<std::string> heat_map_html(Db& db, std::uint64_t most) {
  std::map<std::string, std::vector<std::int64_t>> sites;
  TQ_TRY([[maybe_unused]] const auto read,
         db.run("SELECT coalesce(si.name, ''), v.behind, sum(g.n) FROM (SELECT site, profile, count(*) AS n FROM machines GROUP BY site, "
                "profile) g JOIN verdicts v "
                "ON v.profile = g.profile LEFT JOIN sites si ON si.id = g.site GROUP BY coalesce(si.name, ''), v.behind",
                {}, [&](const Row& r) {
                  auto& row = sites[std::string(r.text(0))];
                  row.resize(kColumns);
                  row[step_of(r, 1)] += r.integer(2);
                  return true;
                }));
  if (sites.empty()) return std::string{};
  std::vector<std::tuple<std::int64_t, std::string>> order;
  for (const auto& [site, row] : sites) {
    std::int64_t n = 0;
    for (const auto v : row) n += v;
    order.emplace_back(-n, site);
  }
  std::sort(order.begin(), order.end());
  std::string out =
      "<div class=\"scroll\"><table class=\"heat\"><caption>Machines by site and months behind the goal</caption><thead><tr><th "
      "scope=\"col\">site</th>";
  for (const char* h : kHeads) out += fmt::format("<th scope=\"col\">{}</th>", h);
  out += "</tr></thead><tbody>";
  for (std::size_t i = 0; i < order.size() && i < most; ++i) {
    const auto& [negative, site] = order[i];
    out += fmt::format("<tr><th scope=\"row\">{}</th>", site.empty() ? "<em>no site</em>" : html_text(site));
    for (std::size_t c = 0; c < kColumns; ++c) {
      const auto n = sites[site][c];
      out += n == 0 ? "<td></td>" : fmt::format("<td class=\"h{}\">{}</td>", c, n);
    }
    out += "</tr>";
  }
  out += "</tbody></table></div>";
  if (order.size() > most) out += fmt::format("<p class=\"soft\">The {} largest of {} sites.</p>", most, order.size());
  return out;
}

Result<std::string> charts_html(Db& db) {
  std::vector<Bar> builds, behind(kColumns);
  for (std::size_t i = 0; i < kColumns; ++i) behind[i].label = kHeads[i];
  TQ_TRY([[maybe_unused]] const auto read_builds,
         db.run("SELECT nt_version, build, sum(n) AS machines FROM (SELECT v.nt_version AS nt_version, v.build AS build, p.machines AS n "
                "FROM verdicts v JOIN "
                "profiles p ON p.id = v.profile WHERE p.machines > 0) b GROUP BY nt_version, build ORDER BY machines DESC LIMIT 12",
                {}, [&](const Row& r) {
                  builds.push_back({r.null(1) ? "unknown" : fmt::format("{}.{}", r.text(0), r.integer(1)), r.integer(2)});
                  return true;
                }));
  TQ_TRY([[maybe_unused]] const auto read_behind,
         db.run("SELECT v.behind, sum(p.machines) FROM verdicts v JOIN profiles p ON p.id = v.profile GROUP BY v.behind", {},
                [&](const Row& r) {
                  behind[step_of(r, 0)].value += r.integer(1);
                  return true;
                }));
  return "<div class=\"charts\">" + bars_svg("Machines by build", builds) + bars_svg("Machines by months behind the goal", behind) +
         "</div>";
}

std::string_view fleet_style() {
  return R"css(
.tiles { display:grid; grid-template-columns:repeat(auto-fit,minmax(9rem,1fr)); gap:.7rem; margin:1rem 0; }
.tile { background:var(--shade); border-left:5px solid var(--mute); padding:.6rem .8rem; } .tile strong { display:block; font-size:1.6rem; color:var(--ink); }
.tile.good { border-color:var(--good); } .tile.warn { border-color:var(--warn); } .tile.bad { border-color:var(--bad); }
.tile span { color:var(--soft); font-size:.85rem; }
.charts { display:grid; grid-template-columns:repeat(auto-fit,minmax(20rem,1fr)); gap:1.5rem; } figure { margin:.5rem 0; } figcaption, caption { text-align:left;
  font-weight:600; padding:.3rem 0; } svg .bar { fill:var(--accent); }
.scroll { overflow-x:auto; } td.n, .heat td { text-align:right; font-variant-numeric:tabular-nums; } tbody th { font-weight:400; border-bottom:1px solid var(--line); }
.heat td { color:#10161c; border:2px solid var(--paper); padding:.3rem .6rem; } .h0 { background:#9bd3ae; } .h1 { background:#d5e8a4; } .h2 { background:#f3e08c; }
.h3 { background:#f6c277; } .h4 { background:#f0a068; } .h5 { background:#e57f62; } .h6 { background:#d9655b; } .h7 { background:#c5ccd4; }
@media print { .heat td { print-color-adjust:exact; -webkit-print-color-adjust:exact; } .charts { grid-template-columns:1fr 1fr; } }
)css";
}

}  // namespace tq::fleet
