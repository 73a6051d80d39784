// The list of machines: found by name, narrowed by what was judged, a page at a time.
#include <fmt/format.h>

#include "core/html.hpp"
#include "core/text.hpp"
#include "core/url.hpp"
#include "fleet/page.hpp"
#include "fleet/serve/filters.hpp"
#include "fleet/serve/pages.hpp"

namespace tq::fleet::serve {
namespace {

/// KEEP IN SYNC: kMachineColumnsOfPages.
enum Column : std::size_t { kMachine, kName, kSite, kProduct, kVersion, kStatus, kLevel, kBehind, kCves, kExploited, kWorst };

struct Head {
  const char* name;
  const char* cls;  ///< "n": numbers; "w": left out where there is no room
};
constexpr Head kHeads[] = {{"Machine", ""}, {"Site", "w"},   {"Product", "w"},     {"Version", ""}, {"Level", "w"},
                           {"Behind", "n"}, {"CVEs", "n w"}, {"Exploited", "n w"}, {"Worst", "w"}};

std::string text_cell(const Row& r, std::size_t c, const char* cls) {
  return fmt::format("<td class=\"{}\">{}</td>", cls, r.null(c) ? "" : cell_text(r.text(c)));
}

std::string number_cell(const Row& r, std::size_t c, const char* cls) {
  return fmt::format("<td class=\"n {}\">{}</td>", cls, r.null(c) ? "<span class=\"soft\">unknown</span>" : grouped(r.integer(c)));
}

std::string version_cell(const Row& r) {
  const std::string status(r.text(kStatus));
  const char* tone = status == "proven" ? "good" : status == "contradicted" ? "bad" : "warn";
  const std::string version = r.text(kVersion).empty() ? "unknown" : cell_text(r.text(kVersion));
  return fmt::format("<td><span class=\"v\">{}</span> <span class=\"badge {}\">{}</span></td>", version, tone, html_text(status));
}

std::string machine_row(const Row& r) {
  const std::string name = r.text(kName).empty() ? "<em>no name</em>" : cell_text(r.text(kName));
  return fmt::format("<tr><th scope=\"row\"><a href=\"/machine/{}\">{}</a></th>", r.integer(kMachine), name) + text_cell(r, kSite, "w") +
         text_cell(r, kProduct, "w") + version_cell(r) + text_cell(r, kLevel, "w v") + number_cell(r, kBehind, "") +
         number_cell(r, kCves, "w") + number_cell(r, kExploited, r.integer(kExploited) > 0 ? "bad w" : "w") + text_cell(r, kWorst, "w") +
         "</tr>";
}

std::string option(const std::string& value, const std::string& words, const std::string& chosen) {
  return fmt::format("<option value=\"{}\"{}>{}</option>", html_text(value), value == chosen ? " selected" : "", html_text(words));
}

std::string value_of(const Filters& filters, std::string_view name) {
  for (const auto& c : filters.chosen())
    if (c.name == name) return c.value;
  return {};
}

/// A form that works without script; what is chosen elsewhere (a CVE, a finding) goes along.
std::string filter_form(const Filters& filters) {
  std::string out = R"(<form class="filters" action="/machines"><label>Name <input name="q" maxlength="200" value=")" +
                    html_text(value_of(filters, "q")) + R"("></label><label>Site <input name="site" maxlength="200" value=")" +
                    html_text(value_of(filters, "site")) +
                    R"("></label><label>Build <input name="build" inputmode="numeric" maxlength="10" value=")" +
                    html_text(value_of(filters, "build")) + "\"></label><label>Goal <select name=\"goal\">" + option("", "any", "");
  const std::string goal = value_of(filters, "goal"), behind = value_of(filters, "behind");
  out += option("yes", "reached", goal) + option("no", "behind", goal) + option("unknown", "not decided", goal) +
         "</select></label><label>Months behind <select name=\"behind\">" + option("", "any", "");
  for (const auto& s : steps_behind()) out += option(s.name, s.name, behind);
  out += "</select></label>";
  for (const auto& c : filters.chosen())
    if (c.name != "q" && c.name != "site" && c.name != "build" && c.name != "goal" && c.name != "behind")
      out += fmt::format("<input type=\"hidden\" name=\"{}\" value=\"{}\">", c.name, html_text(c.value));
  return out + "<button>Show</button></form>";
}

std::string chips(const Filters& filters) {
  if (filters.chosen().empty()) return {};
  std::string out = "<ul class=\"chips\" aria-label=\"Shown are only machines that\">";
  for (const auto& c : filters.chosen())
    out += fmt::format(
        "<li><a href=\"/machines?{}\" title=\"Show without this\">{} <span aria-hidden=\"true\">&times;</span><span class=\"unseen\"> "
        "remove</span></a></li>",
        html_text(filters.address(c.name)), cell_text(c.words));
  return out + "</ul>";
}

}  // namespace

Result<std::string> machine_table(Db& db, const std::string& caption, const Sql& rows, std::size_t most, std::string* more) {
  std::string out, last_name;
  std::int64_t last = -1;
  std::size_t shown = 0;
  std::vector<Value> values;
  for (const auto& t : rows.texts) values.emplace_back(std::string_view(t));
  for (const auto n : rows.numbers) values.emplace_back(n);
  // One more than is shown: it tells whether there is another page.
  TQ_TRY([[maybe_unused]] const auto read, db.run(rows.rows + " LIMIT " + std::to_string(most + 1), values, [&](const Row& r) {
    if (shown++ == most) return false;
    out += machine_row(r);
    last_name = r.text(kName);
    last = r.integer(kMachine);
    return true;
  }));
  if (more != nullptr && shown > most) {
    // The engine's own idea of lower case decides the order, so it is the one to ask.
    std::string lower;
    TQ_TRY([[maybe_unused]] const auto asked, db.run("SELECT lower(CAST($1 AS TEXT))", {std::string_view(last_name)}, [&](const Row& r) {
      lower = r.text(0);
      return false;
    }));
    *more = fmt::format("after={}&id={}", url_part(lower), last);
  }
  if (shown == 0) return std::string{};
  std::string head = fmt::format("<table class=\"rows\"><caption class=\"unseen\">{}</caption><thead><tr>", html_text(caption));
  for (const auto& h : kHeads) head += fmt::format("<th scope=\"col\" class=\"{}\">{}</th>", h.cls, h.name);
  return head + "</tr></thead><tbody>" + out + "</tbody></table>";
}

Result<Response> machines_page(const Context& c) {
  TQ_TRY(const auto filters, Filters::of(*c.db, c.request.params));
  TQ_TRY(const auto count, filters.count(*c.db));
  const bool few = count && static_cast<std::uint64_t>(*count) <= kSortedRows;
  std::uint64_t after = 0;
  const bool paged = parse_u64(c.request.get("id"), after) && after <= 0x7FFFFFFFFFFFFFFF;
  std::string more;
  TQ_TRY(const auto table, machine_table(*c.db, "Machines",
                                         filters.rows(kMachineColumnsOfPages, few, storable(c.request.get("after")),
                                                      paged ? static_cast<std::int64_t>(after) : -1),
                                         kPageRows, &more));
  std::string main = filter_form(filters) + chips(filters);
  main += fmt::format("<p class=\"count\"><span>{}</span> <a href=\"/machines.csv?{}\" download>CSV</a></p>",
                      count ? grouped(*count) + (*count == 1 ? " machine" : " machines") : "By name", html_text(filters.address()));
  main += table.empty() ? "<p>No machine is like that.</p>" : table;
  std::string pages;
  if (paged) pages += fmt::format("<a href=\"/machines?{}\">First page</a>", html_text(filters.address()));
  if (!more.empty()) pages += fmt::format("<a rel=\"next\" href=\"/machines?{}\">Next page</a>", html_text(more + filters.address()));
  if (!pages.empty()) main += "<nav class=\"pages\" aria-label=\"Pages of the list\">" + pages + "</nav>";
  return page(c.frame, "/machines", "Machines", main, value_of(filters, "q"));
}

Result<Response> machines_csv(const Context& c) {
  TQ_TRY(const auto filters, Filters::of(*c.db, c.request.params));
  TQ_TRY(const auto count, filters.count(*c.db));
  const bool few = count && static_cast<std::uint64_t>(*count) <= kSortedRows;
  return download("machines.csv", [db = c.db, sql = filters.rows(machine_columns(), few)](const Sink& sink) {
    Question q;
    q.name = "machines";
    q.form = Form::csv;
    // What was sent cannot be taken back: an error half way shows as a file that ends early.
    (void)answer_with(*db, q, sql, [&](std::string_view s) { sink(s); });
  });
}

Response download(const std::string& name, std::function<void(const Sink&)> write) {
  Response out;
  out.type = "text/csv; charset=utf-8";
  out.headers = {{"Content-Disposition", "attachment; filename=\"" + name + "\""}};
  out.stream = std::move(write);
  return out;
}

Result<Response> cve_page(const Context& c) {
  const Params only = {{"cve", c.rest}};
  TQ_TRY(const auto filters, Filters::of(*c.db, only));
  std::string name;
  bool exploited = false;
  const auto words = filters.chosen().empty() ? std::string() : filters.chosen().front().words.substr(5);
  TQ_TRY([[maybe_unused]] const auto known,
         c.db->run("SELECT name, exploited FROM cves WHERE name = $1", {std::string_view(words)}, [&](const Row& r) {
           name = r.text(0);
           exploited = r.integer(1) != 0;
           return false;
         }));
  if (name.empty()) return Error{ErrorCode::not_found, "page", "a CVE that the store's catalog knows", c.rest};
  TQ_TRY(const auto count, filters.count(*c.db));
  TQ_TRY(const auto unknown,
         number_of(*c.db,
                   std::string("SELECT coalesce(sum(p.machines), 0) FROM verdicts v JOIN profiles p ON p.id = v.profile "
                               "WHERE v.unknown_set IN (SELECT a.cve_set FROM set_atoms a JOIN cves c ON a.atom IN (c.atom, "
                               "c.lone) WHERE c.name = $1)"),
                   {std::string_view(name)}));
  std::string more;
  TQ_TRY(const auto table,
         machine_table(*c.db, "Machines that miss " + name,
                       filters.rows(kMachineColumnsOfPages, static_cast<std::uint64_t>(*count) <= kSortedRows), kPageRows, &more));
  std::string main = fmt::format(
      "<div class=\"tiles\"><a class=\"tile {}\" href=\"/machines?cve={}\"><strong>{}</strong><span>machines miss it</span></a><div "
      "class=\"tile "
      "warn\"><strong>{}</strong><span>machines where it cannot be told</span></div></div>",
      *count > 0 ? "bad" : "good", url_part(name), grouped(*count), grouped(unknown));
  if (exploited) main += "<p><span class=\"badge bad\">known to be exploited</span> Listed by CISA.</p>";
  main += fmt::format("<p class=\"count\"><span>Machines that miss it</span> <a href=\"/machines.csv?cve={}\" download>CSV</a></p>",
                      url_part(name));
  main += table.empty() ? "<p>None.</p>" : table;
  if (!more.empty())
    main += fmt::format(
        "<nav class=\"pages\" aria-label=\"Pages of the list\"><a rel=\"next\" href=\"/machines?{}&amp;cve={}\">Next page</a></nav>",
        html_text(more), url_part(name));
  return page(c.frame, "/cves", name, main);
}

}  // namespace tq::fleet::serve
