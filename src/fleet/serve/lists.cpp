// Pages that are one table of a view each: read in the order of a key, so that the last page costs what the first does.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/html.hpp"
#include "core/text.hpp"
#include "core/url.hpp"
#include "fleet/page.hpp"
#include "fleet/serve/filters.hpp"
#include "fleet/serve/pages.hpp"
#include "fleet/store.hpp"

namespace tq::fleet::serve {
namespace {

/// A column that orders the rows; together they are different for each row.
struct Key {
  const char* column = nullptr;
  bool falling = false;
  bool number = false;
};
/// A column that leads somewhere: the address, and the column whose value ends it. KEEP IN SYNC: columns of `rows`.
struct Door {
  const char* column = nullptr;
  const char* to = nullptr;
  const char* value = nullptr;
};

struct Listing {
  const char* path;
  const char* title;
  const char* note;
  const char* rows;      ///< its columns are shown as they are named, but those that begin with "_"
  const char* question;  ///< of `fleet query`, for the file
  std::array<Key, 3> keys;
  std::array<Door, 2> doors;
  const char* searched = nullptr;  ///< a column of texts
};

constexpr Listing kListings[] = {
    {"/sites",
     "Sites",
     "",
     "SELECT site, machines, at_goal, unknown_level, mean_behind, most_behind, with_exploited FROM v_sites",
     "sites",
     {{{"machines", true, true}, {"site"}}},
     {{{"site", "/machines?site=", "site"}}},
     "site"},
    {"/cves",
     "CVEs",
     "By machines that miss them.",
     "SELECT cve, machines, CASE WHEN known_exploited = 1 THEN 'known to be exploited' ELSE '' END AS note FROM v_top_cves",
     "top-cves",
     {{{"machines", true, true}, {"cve"}}},
     {{{"cve", "/cve/", "cve"}}},
     "cve"},
    {"/updates",
     "Updates",
     "What installing an update would close. Machine CVEs: machines times CVEs that it repairs, with all it stands for.",
     "SELECT kb, title, released, machines, newest_for, machine_cves FROM v_would_close",
     "would-close",
     {{{"machine_cves", true, true}, {"kb"}}},
     {{{"kb", "/machines?kb=", "kb"}}},
     "title"},
    {"/drivers",
     "Drivers and programs that gate",
     "Files that act differently on the builds of Windows. From machines that were collected with --deep.",
     "SELECT g.path AS path, g.builds AS builds, g.sha256 AS sha256, sum(p.machines) AS machines FROM gates g JOIN profiles p ON p.id = "
     "g.profile "
     "WHERE p.machines > 0 GROUP BY g.path, g.builds, g.sha256",
     "gates",
     {{{"path"}, {"builds"}, {"sha256"}}},
     {{{"path", "/machines?gate=", "path"}}},
     "path"},
    {"/unknown",
     "What is unknown, and what would tell",
     "",
     "SELECT u.subject AS subject, r.why AS why, r.resolve AS what_would_tell, sum(p.machines) AS machines, r.id AS _reason FROM undecided "
     "u JOIN "
     "reasons r ON r.id = u.reason JOIN profiles p ON p.id = u.profile WHERE p.machines > 0 GROUP BY u.subject, r.why, r.resolve, r.id",
     "unknown",
     {{{"machines", true, true}, {"_reason", false, true}, {"subject"}}},
     {{{"machines", "/machines?reason=", "_reason"}}},
     "why"},
    {"/changes",
     "Changes",
     "The newest first.",
     "SELECT at, name, site, change, from_version, to_version, from_missing_cves, to_missing_cves, machine AS _machine, seconds AS "
     "_seconds FROM v_changes",
     "changes",
     {{{"_seconds", true, true}, {"_machine", false, true}, {"change"}}},
     {{{"name", "/machine/", "_machine"}}},
     "name"},
    {"/errors",
     "Not read",
     "Targets that could not be read, with the reason. They are tried again with the next scan.",
     "SELECT target, what, place, at FROM v_errors",
     "errors",
     {{{"target"}, {"what"}}},
     {},
     "target"},
};

/// Rows behind those that the address names: (a, b) > (x, y) spelled out, since the columns may run in different directions.
std::string behind(const std::vector<Key>& keys, std::size_t first_value) {
  std::string out;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    std::string one;
    for (std::size_t j = 0; j <= i; ++j) {
      const char* sign = j < i ? "=" : keys[j].falling ? "<" : ">";
      one += fmt::format("{}{} {} ${}", j == 0 ? "" : " AND ", keys[j].column, sign, first_value + j);
    }
    out += (i == 0 ? "(" : " OR (") + one + ")";
  }
  return out;
}

struct Statement {
  std::string sql;
  std::vector<std::string> texts;
  std::vector<std::int64_t> numbers;
  std::vector<Value> values;
};

std::vector<Key> keys_of(const Listing& l) {
  std::vector<Key> out;
  for (const auto& k : l.keys)
    if (k.column != nullptr) out.push_back(k);
  return out;
}

/// The parameters "k0", "k1"... of the address; nullopt when this is the first page.
std::optional<std::vector<std::string>> position(const Request& request, std::size_t keys) {
  std::vector<std::string> out;
  for (const auto& [name, value] : request.params)
    if (out.size() < keys && name == "k" + std::to_string(out.size())) out.push_back(value);
  if (out.size() != keys) return std::nullopt;
  return out;
}

/// Errors: usage (a position that this list cannot have).
Result<Statement> statement(const Listing& l, const Request& request) {
  Statement s;
  std::vector<std::string> conditions;
  const auto keys = keys_of(l);
  const auto at = position(request, keys.size());
  s.texts.reserve(keys.size() + 1);
  if (const std::string typed = request.get("find"); !typed.empty()) {
    s.texts.push_back(searched(storable(typed)));
    s.values.emplace_back(std::string_view(s.texts.back()));
    conditions.push_back(column_holds(l.searched, "$1"));
  }
  if (at) {
    conditions.push_back("(" + behind(keys, s.values.size() + 1) + ")");
    for (std::size_t i = 0; i < keys.size(); ++i) {
      std::uint64_t n = 0;
      if (keys[i].number && (!parse_u64((*at)[i], n) || n > 0x7FFFFFFFFFFFFFFF))
        return Error{ErrorCode::usage, "page", "a place in this list", (*at)[i]};
      s.texts.push_back(storable((*at)[i]));
      s.values.push_back(keys[i].number ? Value{static_cast<std::int64_t>(n)} : Value{std::string_view(s.texts.back())});
    }
  }
  s.sql = std::string("SELECT * FROM (") + l.rows + ") listed";
  for (std::size_t i = 0; i < conditions.size(); ++i) s.sql += (i == 0 ? " WHERE " : " AND ") + conditions[i];
  for (std::size_t i = 0; i < keys.size(); ++i)
    s.sql += fmt::format("{}{}{}", i == 0 ? " ORDER BY " : ", ", keys[i].column, keys[i].falling ? " DESC" : "");
  s.sql += " LIMIT " + std::to_string(kPageRows + 1);
  return s;
}

std::size_t column_of(const Row& r, std::string_view name) {
  for (std::size_t c = 0; c < r.size(); ++c)
    if (r.name(c) == name) return c;
  return 0;
}

bool hidden(const Row& r, std::size_t c) { return r.name(c).starts_with('_'); }

std::string list_cell(const Listing& l, const Row& r, std::size_t c) {
  std::string text = r.null(c) ? "" : r.number(c) ? grouped(r.integer(c)) : cell_text(r.text(c));
  for (const auto& d : l.doors) {
    if (d.column == nullptr || r.name(c) != d.column) continue;
    std::string value(r.text(column_of(r, d.value)));
    if (std::string_view(d.to).ends_with("site=") && value.empty()) value = kNoSite;
    text = fmt::format("<a href=\"{}{}\">{}</a>", d.to, url_part(value), text.empty() ? "<em>none</em>" : text);
  }
  return c == 0 ? "<th scope=\"row\">" + text + "</th>" : fmt::format("<td{}>{}</td>", r.number(c) ? " class=\"n\"" : "", text);
}

std::string list_head(const Row& r) {
  std::string out = "<thead><tr>";
  for (std::size_t c = 0; c < r.size(); ++c) {
    if (hidden(r, c)) continue;
    std::string name = r.name(c);
    std::replace(name.begin(), name.end(), '_', ' ');
    out += fmt::format("<th scope=\"col\"{}>{}</th>", r.number(c) ? " class=\"n\"" : "", html_text(name));
  }
  return out + "</tr></thead><tbody>";
}

struct Listed {
  std::string table, more;
};

Result<Listed> listed(Db& db, const Listing& l, const Statement& s) {
  Listed out;
  std::size_t rows = 0;
  std::string last;
  TQ_TRY([[maybe_unused]] const auto read, db.run(s.sql, s.values, [&](const Row& r) {
    if (rows == kPageRows) out.more = last;
    if (rows++ == kPageRows) return false;
    if (rows == 1)
      out.table = fmt::format(
                      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table class=\"rows\"><caption "
                      "class=\"unseen\">{0}</caption>",
                      l.title) +
                  list_head(r);
    out.table += "<tr>";
    for (std::size_t c = 0; c < r.size(); ++c)
      if (!hidden(r, c)) out.table += list_cell(l, r, c);
    out.table += "</tr>";
    last.clear();
    const auto keys = keys_of(l);
    for (std::size_t i = 0; i < keys.size(); ++i) last += fmt::format("&k{}={}", i, url_part(r.text(column_of(r, keys[i].column))));
    return true;
  }));
  if (rows != 0) out.table += "</tbody></table></div>";
  return out;
}

}  // namespace

Result<Response> list_page(const Context& c) {
  const auto* l = std::find_if(std::begin(kListings), std::end(kListings), [&](const Listing& x) { return c.request.path == x.path; });
  if (l == std::end(kListings)) return Error{ErrorCode::not_found, "page", "a list", c.request.path};
  TQ_TRY(const auto s, statement(*l, c.request));
  TQ_TRY(const auto rows, listed(*c.db, *l, s));
  const std::string find = c.request.get("find");
  std::string main = *l->note == 0 ? "" : fmt::format("<p class=\"soft\">{}</p>", l->note);
  main += fmt::format(
      "<div class=\"count\"><form class=\"filters\" action=\"{}\"><label>Find {} <input name=\"find\" maxlength=\"200\" "
      "value=\"{}\"></label><button>Show</button></form> <a href=\"/csv/{}\" download>CSV</a></div>",
      l->path, l->searched, html_text(find), l->question);
  if (std::string_view(l->path) == "/sites" && find.empty() && c.request.params.empty()) {
    TQ_TRY(const auto heat, heat_map_html(*c.db, 200, Linked::yes));
    main += heat;
  }
  main += rows.table.empty() ? "<p>Nothing.</p>" : rows.table;
  if (!rows.more.empty())
    main += fmt::format("<nav class=\"pages\" aria-label=\"Pages of the list\"><a rel=\"next\" href=\"{}?find={}{}\">Next page</a></nav>",
                        l->path, url_part(find), html_text(rows.more));
  return page(c.frame, l->path, l->title, main);
}

Result<Response> question_csv(const Context& c) {
  const auto* l = std::find_if(std::begin(kListings), std::end(kListings), [&](const Listing& x) { return c.rest == x.question; });
  if (l == std::end(kListings)) return Error{ErrorCode::not_found, "page", "a list", c.rest};
  Question q;
  q.name = l->question;
  q.form = Form::csv;
  if (q.name == "changes") q.since = "1970-01-02";
  return download(q.name + ".csv", [db = c.db, q](const Sink& sink) { (void)answer(*db, q, [&](std::string_view s) { sink(s); }); });
}

}  // namespace tq::fleet::serve
