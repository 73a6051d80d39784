#include "fleet/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "core/html.hpp"
#include "core/url.hpp"

namespace tq::fleet {
namespace {

constexpr std::size_t kLongestCell = 240;

std::string tile(const char* what, std::int64_t n, const char* tone, const char* link, Linked linked) {
  const std::string inside = fmt::format("<strong>{}</strong><span>{}</span>", grouped(n), what);
  if (linked == Linked::no) return fmt::format("<div class=\"tile {}\">{}</div>", tone, inside);
  return fmt::format("<a class=\"tile {}\" href=\"{}\">{}</a>", tone, link, inside);
}

std::string head_row(const Row& r) {
  std::string out = "<thead><tr>";
  for (std::size_t c = 0; c < r.size(); ++c) {
    std::string name = r.name(c);
    std::replace(name.begin(), name.end(), '_', ' ');
    out += fmt::format("<th scope=\"col\"{}>{}</th>", r.number(c) ? " class=\"n\"" : "", html_text(name));
  }
  return out + "</tr></thead><tbody>";
}

/// A bar of all parts, side by side; `most` is as long as the bar can be.
std::string bar_svg(const std::vector<Part>& parts, std::int64_t most) {
  constexpr int kLength = 1000;
  std::string out = fmt::format("<svg class=\"b\" viewBox=\"0 0 {} 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">", kLength);
  std::int64_t before = 0;
  for (const auto& p : parts) {
    const auto at = before * kLength / most, end = (before + p.value) * kLength / most;
    before += p.value;
    // What is there shows, however little it is.
    if (p.value > 0)
      out += fmt::format("<rect class=\"{}\" x=\"{}\" width=\"{}\" height=\"10\"/>", p.tone, at, std::max<std::int64_t>(3, end - at));
  }
  return out + "</svg>";
}

std::int64_t sum_of(const std::vector<Part>& parts) {
  std::int64_t n = 0;
  for (const auto& p : parts) n += p.value;
  return n;
}

std::string linked_text(const std::string& markup, const std::string& link) {
  return link.empty() ? markup : fmt::format("<a href=\"{}\">{}</a>", html_text(link), markup);
}

}  // namespace

std::span<const Step> steps_behind() {
  static constexpr Step kSteps[] = {{"0", 0, 0},       {"1-6", 1, 6},     {"7-12", 7, 12},        {"13-24", 13, 24},
                                    {"25-48", 25, 48}, {"49-72", 49, 72}, {"73 or more", 73, -1}, {"unknown", -1, -1}};
  return kSteps;
}

namespace {

std::size_t step_of(const Row& r, std::size_t c) {
  const auto steps = steps_behind();
  if (r.null(c)) return steps.size() - 1;
  std::size_t i = 0;
  while (steps[i].to >= 0 && r.integer(c) > steps[i].to) ++i;
  return i;
}

}  // namespace

std::string grouped(std::int64_t n) {
  std::string digits = std::to_string(n);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > (n < 0 ? 1 : 0); at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string cell_text(std::string_view s) {
  if (s.size() <= kLongestCell) return html_text(s);
  std::size_t n = kLongestCell;
  while (n > 0 && (static_cast<unsigned char>(s[n]) & 0xC0) == 0x80) --n;
  return html_text(s.substr(0, n)) + "&hellip;";
}

std::string bars_html(const std::string& title, const std::vector<std::string>& heads, const std::vector<Bar>& bars) {
  if (bars.empty()) return {};
  std::int64_t most = 1;
  for (const auto& b : bars) most = std::max(most, sum_of(b.parts));
  std::string out = fmt::format("<table class=\"bars\"><caption>{}</caption><thead{}><tr><th scope=\"col\"></th>", html_text(title),
                                heads.size() == 1 ? " class=\"unseen\"" : "");
  for (std::size_t i = 0; i < heads.size(); ++i)
    out +=
        fmt::format("<th scope=\"col\" class=\"n {}\">{}</th>", heads.size() == 1 ? "" : bars.front().parts[i].tone, html_text(heads[i]));
  out += "<th></th></tr></thead><tbody>";
  for (const auto& b : bars) {
    out += "<tr><th scope=\"row\">" + linked_text(html_text(b.label), b.link) + "</th>";
    for (const auto& p : b.parts) out += fmt::format("<td class=\"n\">{}</td>", grouped(p.value));
    out += "<td>" + bar_svg(b.parts, most) + "</td></tr>";
  }
  return out + "</tbody></table>";
}

Result<std::string> table_html(Db& db, const std::string& caption, const std::string& sql, std::span<const Value> values,
                               std::uint64_t most, const CellMarkup& cell) {
  std::string out;
  std::uint64_t rows = 0;
  const std::string limited = sql + " LIMIT " + std::to_string(most);
  TQ_TRY([[maybe_unused]] const auto read, db.run(limited, values, [&](const Row& r) {
    if (rows++ == 0)
      out = fmt::format("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table><caption>{0}</caption>",
                        html_text(caption)) +
            head_row(r);
    out += "<tr>";
    for (std::size_t c = 0; c < r.size(); ++c) {
      const std::string plain = r.null(c) ? "" : r.number(c) ? grouped(r.integer(c)) : cell_text(r.text(c));
      out += fmt::format("<td{}>{}</td>", r.number(c) ? " class=\"n\"" : "", cell ? cell(r, c) : plain);
    }
    out += "</tr>";
    return true;
  }));
  return rows == 0 ? std::string{} : out + "</tbody></table></div>";
}

Result<std::string> tiles_html(Db& db, Linked linked) {
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
  return "<div class=\"tiles\">" + tile("machines", machines, "", "/machines", linked) +
         tile("at the goal", reached, "good", "/machines?goal=yes", linked) +
         tile("behind it", behind, "bad", "/machines?goal=no", linked) +
         tile("not decided", unknown, "warn", "/machines?goal=unknown", linked) +
         tile("miss a known exploited CVE", exploited, exploited > 0 ? "bad" : "good", "/machines?exploited=yes", linked) +
         tile("targets not read", errors, errors > 0 ? "warn" : "", "/errors", linked) + "</div>";
}

namespace {

struct SiteRow {
  std::string name;
  std::int64_t machines = 0;
  std::vector<std::int64_t> by_step;
};

/// For each profile the step that its machines stand at.
Result<std::unordered_map<std::int64_t, std::size_t>> steps_of_profiles(Db& db) {
  std::unordered_map<std::int64_t, std::size_t> out;
  TQ_TRY([[maybe_unused]] const auto read, db.run("SELECT profile, behind FROM verdicts", {}, [&](const Row& r) {
    out.emplace(r.integer(0), step_of(r, 1));
    return true;
  }));
  return out;
}

constexpr std::int64_t kNoSiteRow = -1;

/// Sites, the most machines first. Machines are counted along one index and put together here: joining and grouping that many counts is
/// what an engine takes a second for.
Result<std::vector<SiteRow>> sites_by_step(Db& db) {
  TQ_TRY(const auto steps, steps_of_profiles(db));
  std::unordered_map<std::int64_t, SiteRow> by_row;
  TQ_TRY([[maybe_unused]] const auto counted,
         db.run("SELECT profile, site, count(*) FROM machines GROUP BY profile, site", {}, [&](const Row& r) {
           const auto step = steps.find(r.integer(0));
           if (step == steps.end()) return true;
           auto& site = by_row[r.null(1) ? kNoSiteRow : r.integer(1)];
           site.by_step.resize(steps_behind().size());
           site.by_step[step->second] += r.integer(2);
           site.machines += r.integer(2);
           return true;
         }));
  TQ_TRY([[maybe_unused]] const auto named, db.run("SELECT id, name FROM sites", {}, [&](const Row& r) {
    if (const auto at = by_row.find(r.integer(0)); at != by_row.end()) at->second.name = r.text(1);
    return true;
  }));
  std::vector<SiteRow> out;
  for (auto& [row, site] : by_row) out.push_back(std::move(site));
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return a.machines != b.machines ? a.machines > b.machines : a.name < b.name; });
  return out;
}

std::string site_link(const SiteRow& site, Linked linked) {
  return linked == Linked::yes ? "/machines?site=" + url_part(site.name.empty() ? kNoSite : site.name) : "";
}

std::string heat_cell(const SiteRow& site, std::size_t step, Linked linked) {
  const auto n = site.by_step[step];
  if (n == 0) return "<td></td>";
  const std::string link = linked == Linked::yes ? site_link(site, linked) + "&behind=" + url_part(steps_behind()[step].name) : "";
  return fmt::format("<td class=\"h{}\">{}</td>", step, linked_text(grouped(n), link));
}

}  // namespace

Result<std::string> heat_map_html(Db& db, std::uint64_t most, Linked linked) {
  TQ_TRY(const auto sites, sites_by_step(db));
  if (sites.empty()) return std::string{};
  std::string out =
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Months behind, by site\"><table class=\"heat\"><caption>Machines "
      "by "
      "site and months behind the goal</caption><thead><tr><th scope=\"col\">site</th>";
  for (const auto& s : steps_behind()) out += fmt::format("<th scope=\"col\">{}</th>", s.name);
  out += "</tr></thead><tbody>";
  for (std::size_t i = 0; i < sites.size() && i < most; ++i) {
    const auto& site = sites[i];
    out += "<tr><th scope=\"row\">" + linked_text(site.name.empty() ? "<em>no site</em>" : cell_text(site.name), site_link(site, linked)) +
           "</th>";
    for (std::size_t c = 0; c < site.by_step.size(); ++c) out += heat_cell(site, c, linked);
    out += "</tr>";
  }
  out += "</tbody></table></div>";
  if (sites.size() > most)
    out += fmt::format("<p class=\"soft\">The {} largest of {} sites.</p>", most, grouped(static_cast<std::int64_t>(sites.size())));
  return out;
}

namespace {

Result<std::string> builds_chart(Db& db, Linked linked) {
  std::vector<Bar> bars;
  TQ_TRY([[maybe_unused]] const auto read,
         db.run("SELECT nt_version, build, sum(n) AS machines FROM (SELECT v.nt_version AS nt_version, v.build AS build, p.machines AS n "
                "FROM verdicts v JOIN "
                "profiles p ON p.id = v.profile WHERE p.machines > 0) b GROUP BY nt_version, build ORDER BY machines DESC LIMIT 12",
                {}, [&](const Row& r) {
                  const std::string link = r.null(1) ? "/machines?build=unknown" : fmt::format("/machines?build={}", r.integer(1));
                  bars.push_back({r.null(1) ? "unknown" : fmt::format("{}.{}", r.text(0), r.integer(1)),
                                  {{r.integer(2), "bar"}},
                                  linked == Linked::yes ? link : ""});
                  return true;
                }));
  return bars_html("Machines by build", {"machines"}, bars);
}

/// KEEP IN SYNC: one class of the style for each step.
constexpr const char* kStepTones[] = {"h0", "h1", "h2", "h3", "h4", "h5", "h6", "h7"};

Result<std::string> behind_chart(Db& db, Linked linked) {
  const auto steps = steps_behind();
  std::vector<Bar> bars;
  for (std::size_t i = 0; i < steps.size(); ++i)
    bars.push_back({steps[i].name, {{0, kStepTones[i]}}, linked == Linked::yes ? "/machines?behind=" + url_part(steps[i].name) : ""});
  TQ_TRY([[maybe_unused]] const auto read,
         db.run("SELECT v.behind, sum(p.machines) FROM verdicts v JOIN profiles p ON p.id = v.profile GROUP BY v.behind", {},
                [&](const Row& r) {
                  bars[step_of(r, 0)].parts[0].value += r.integer(1);
                  return true;
                }));
  return bars_html("Machines by months behind the goal", {"machines"}, bars);
}

Result<std::string> goals_chart(Db& db) {
  constexpr const char* kGoals[][2] = {{"public", "last public update"}, {"esu", "end of ESU"}, {"last", "last of all"}};
  std::vector<Bar> bars;
  for (const auto& [goal, label] : kGoals) {
    const std::string column = std::string("v.behind_") + goal;
    TQ_TRY([[maybe_unused]] const auto read,
           db.run("SELECT coalesce(sum(CASE WHEN " + column + " = 0 THEN p.machines ELSE 0 END), 0), coalesce(sum(CASE WHEN " + column +
                      " > 0 THEN p.machines ELSE 0 END), 0), coalesce(sum(CASE WHEN " + column +
                      " IS NULL THEN p.machines ELSE 0 END), 0) FROM verdicts v JOIN profiles p ON p.id = v.profile",
                  {}, [&](const Row& r) {
                    bars.push_back({label, {{r.integer(0), "good"}, {r.integer(1), "bad"}, {r.integer(2), "mute"}}});
                    return false;
                  }));
  }
  return bars_html("Machines by goal", {"reached", "behind", "no month"}, bars);
}

}  // namespace

Result<std::string> charts_html(Db& db, Linked linked) {
  TQ_TRY(const auto builds, builds_chart(db, linked));
  TQ_TRY(const auto behind, behind_chart(db, linked));
  TQ_TRY(const auto goals, goals_chart(db));
  return "<div class=\"charts\">" + builds + behind + goals + "</div>";
}

std::string_view fleet_style() {
  return R"css(
.tiles { display:grid; grid-template-columns:repeat(auto-fit,minmax(9rem,1fr)); gap:.7rem; margin:1rem 0; }
.tile { background:var(--shade); border-left:5px solid var(--mute); padding:.6rem .8rem; } .tile strong { display:block; font-size:1.6rem; color:var(--ink); }
.tile.good { border-color:var(--good); } .tile.warn { border-color:var(--warn); } .tile.bad { border-color:var(--bad); }
.tile span { color:var(--soft); font-size:.85rem; }
.charts { display:grid; grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr)); gap:1.5rem; } caption { text-align:left; font-weight:600; padding:.3rem 0; }
.bars { align-self:start; margin:.3rem 0; } .bars th, .bars td { border:0; padding:.16rem .6rem .16rem 0; vertical-align:middle; font-weight:400; white-space:nowrap; }
.bars td:last-child { width:99%; padding-right:0; } .bars thead th { font-size:.8rem; } .unseen { position:absolute; clip-path:inset(50%); width:1px; height:1px; overflow:hidden; }
svg.b { width:100%; height:.85rem; display:block; } svg .bar { fill:var(--accent); } svg .good { fill:var(--good); } svg .bad { fill:var(--bad); } svg .mute { fill:var(--line); }
.scroll { overflow-x:auto; } th.n, td.n, .heat td, .heat thead th + th { text-align:right; font-variant-numeric:tabular-nums; }
tbody th { font-weight:400; border-bottom:1px solid var(--line); overflow-wrap:anywhere; }
.heat td { color:#10161c; border:2px solid var(--paper); padding:.3rem .6rem; } .h0 { background:#9bd3ae; } .h1 { background:#d5e8a4; } .h2 { background:#f3e08c; }
.h3 { background:#f6c277; } .h4 { background:#f0a068; } .h5 { background:#e57f62; } .h6 { background:#d9655b; } .h7 { background:#c5ccd4; }
svg .h0 { fill:#6fbf8b; } svg .h1 { fill:#b5d06a; } svg .h2 { fill:#e3c54f; } svg .h3 { fill:#eda847; } svg .h4 { fill:#e5853f; } svg .h5 { fill:#d9653f; }
svg .h6 { fill:#c54b42; } svg .h7 { fill:#98a3ae; }
@media print { .heat td { print-color-adjust:exact; -webkit-print-color-adjust:exact; } .charts { grid-template-columns:1fr 1fr; } }
)css";
}

}  // namespace tq::fleet
