#include "fleet/serve/frame.hpp"

#include <fmt/format.h>

#include "core/html.hpp"
#include "fleet/page.hpp"
#include "report/support/html.hpp"

extern const char tq_serve_css_begin[];
extern const char tq_serve_css_end[];
extern const char tq_serve_js_begin[];
extern const char tq_serve_js_end[];

namespace tq::fleet::serve {
namespace {

struct MenuEntry {
  const char* path;
  const char* name;
};
constexpr MenuEntry kMenu[] = {{"/", "Overview"},       {"/machines", "Machines"}, {"/sites", "Sites"},
                               {"/cves", "CVEs"},       {"/updates", "Updates"},   {"/drivers", "Drivers"},
                               {"/unknown", "Unknown"}, {"/changes", "Changes"},   {"/errors", "Errors"}};

std::string head(const std::string& title) {
  // An icon of its own, or the browser asks for one that is not there.
  return R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>)" +
         html_text(title) +
         R"( - Tourniquet</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"><script src="/script.js" defer></script></head><body>
)";
}

std::string navigation(std::string_view path) {
  std::string out = "<nav aria-label=\"Pages\"><ul>";
  for (const auto& d : kMenu)
    out += fmt::format("<li><a href=\"{}\"{}>{}</a></li>", d.path, path == d.path ? " aria-current=\"page\"" : "", d.name);
  return out + "</ul></nav>";
}

std::string foot(const Frame& f) {
  const auto& j = f.judgement;
  std::string out = fmt::format(
      "<footer><p>{} &middot; judged as of {} against the goal &ldquo;{}&rdquo; &middot; catalog {}, data as of {} &middot; tourniquet "
      "{}</p>",
      html_text(f.store_name), html_text(j.as_of.text()), html_text(j.goal), html_text(j.catalog_id), html_text(j.data_as_of),
      html_text(f.version));
  return out + "<p class=\"keys\"><kbd>/</kbd> search &middot; <kbd>&uarr;</kbd> <kbd>&darr;</kbd> rows of a table</p></footer>";
}

/// Two catalogs are never mixed in one answer; when they differ, it is said where everybody looks.
std::string warning(const Frame& f) {
  if (f.catalog_id.empty() || f.judgement.catalog_id == f.catalog_id) return {};
  return fmt::format(
      "<p class=\"note\" role=\"status\">This store was judged with catalog {}, this program has {}: `tourniquet fleet rejudge` brings the "
      "store up to date. Pages of single machines are judged with the program's.</p>",
      html_text(f.judgement.catalog_id), html_text(f.catalog_id));
}

}  // namespace

Response page(const Frame& frame, std::string_view path, const std::string& title, const std::string& main, const std::string& search) {
  Response out;
  out.body =
      head(title) + R"(<a class="skip" href="#main">Skip to the content</a>
<div class="top"><a class="brand" href="/">Tourniquet<span>fleet</span></a>)" +
      navigation(path) +
      R"(<form class="search" role="search" action="/machines"><label for="q">Search machines</label><input id="q" type="search" name="q" maxlength="200" autocomplete="off" placeholder="Name of a machine" value=")" +
      html_text(search) + "\"></form></div>\n<main id=\"main\" tabindex=\"-1\"><h1>" + html_text(title) + "</h1>" + warning(frame) + main +
      "</main>\n" + foot(frame) + "</body></html>\n";
  return out;
}

Response problem(const Frame& frame, int status, const std::string& title, const std::string& words) {
  Response out = page(frame, "", title, "<p>" + html_text(words) + "</p><p><a href=\"/\">To the overview</a></p>");
  out.status = status;
  return out;
}

Response login_page(bool wrong) {
  Response out;
  out.body =
      head("Token") + "<main id=\"main\" class=\"login\"><h1>Tourniquet fleet</h1>" +
      (wrong ? "<p class=\"note\" role=\"alert\">That is not the token.</p>" : "") +
      R"(<form action="/"><label for="token">Token</label><input id="token" name="token" type="password" autocomplete="off" required autofocus><button>Open</button></form>
<p class="soft">The token is in the file that the server was started with, or was printed when it started.</p></main></body></html>
)";
  return out;
}

std::string style_css() {
  // The pages of single machines are sections of the report, so its style comes first.
  return std::string(report::html::style()) + std::string(fleet_style()) +
         std::string(tq_serve_css_begin, static_cast<std::size_t>(tq_serve_css_end - tq_serve_css_begin));
}

std::string_view script_js() { return {tq_serve_js_begin, static_cast<std::size_t>(tq_serve_js_end - tq_serve_js_begin)}; }

}  // namespace tq::fleet::serve
