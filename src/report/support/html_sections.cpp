// How the machine is set up and what becomes of it: exposure, support, migration, programs.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/support/html_parts.hpp"

namespace tq::report::html {
namespace {

const char* tone_of(model::ExposureState s) {
  switch (s) {
    case model::ExposureState::open:
    case model::ExposureState::default_open: return "bad";
    case model::ExposureState::closed:
    case model::ExposureState::default_closed: return "good";
    case model::ExposureState::unknown: return "warn";
  }
  return "mute";
}

std::string shown(std::string s) {
  std::replace(s.begin(), s.end(), '_', ' ');
  return s;
}

/// How many of the words of `kind` there are: "12 same, 3 undecided".
template <class List, class Word>
std::string tally(const List& list, Word word) {
  std::map<std::string, std::size_t> n;
  for (const auto& x : list) ++n[word(x)];
  std::string out;
  for (const auto& [w, count] : n) out += (out.empty() ? "" : ", ") + fmt::format("{} {}", count, shown(w));
  return element("p", "", text(out));
}

std::string lines(const std::vector<std::string>& list) {
  std::string out;
  for (const auto& l : list) out += (out.empty() ? "" : "<br>") + text(l);
  return out;
}

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const auto& l : list) out += (out.empty() ? "" : " \u00B7 ") + l;
  return text(out);
}

/// One way out: its hops in order, what each asks for, and what stands in the way.
std::string path(const model::MigrationPath& p, const std::vector<model::Blocker>& all) {
  std::string items, blockers;
  for (const auto& h : p.hops)
    items += element("li", "", text(h.from + " \u2192 " + h.to) + (h.conditions.empty() ? "" : element("p", "soft", joined(h.conditions))));
  for (const auto row : p.blockers)
    blockers += element("li", "", text(all[row].what) + (all[row].evidence.empty() ? "" : element("p", "soft", joined(all[row].evidence))));
  std::string out = element("strong", "", text(p.to)) + " " + badge(shown(p.kind), p.blockers.empty() ? "good" : "warn");
  if (!items.empty()) out += element("ol", "", items);
  if (!blockers.empty()) out += element("p", "trail", "In the way") + element("ul", "", blockers);
  return element("div", "finding", out);
}

/// The newest few: nobody reads two hundred, and the JSON has them all.
std::string newest(std::vector<model::CveId> ids) {
  constexpr std::size_t kMost = 6;
  const std::size_t all = ids.size();
  std::sort(ids.rbegin(), ids.rend());
  if (all > kMost) ids.resize(kMost);
  return cve_names(ids) + (all > kMost ? fmt::format(" and {} older ones", all - kMost) : "");
}

std::string open_door(const model::Exposure& e) {
  std::string out =
      badge(shown(to_string(e.state)), tone_of(e.state)) + " " + element("strong", "", text(shown(e.id))) + " " + text(e.what);
  if (!e.joined_with.empty()) out += element("p", "", "Not repaired behind it: " + newest(e.joined_with));
  if (!e.joined_with_unknown.empty()) out += element("p", "soft", "Cannot be told: " + newest(e.joined_with_unknown));
  if (!e.evidence.empty()) out += element("p", "", element("code", "soft", text(e.evidence)));
  return element("li", "", out);
}

}  // namespace

std::string whole(std::string_view word) { return element("span", "whole", text(word)); }

std::string section(std::string_view heading, const std::string& content) {
  return content.empty() ? std::string{} : element("h3", "", text(heading)) + content;
}

std::string places(const std::vector<std::string>& list) {
  if (list.empty()) return {};
  std::string out;
  for (const auto& l : list) out += element("li", "", element("code", "", text(l)));
  return element("ul", "", out);
}

std::string cve_names(const std::vector<model::CveId>& ids) {
  std::string out;
  for (const auto id : ids) out += (out.empty() ? "" : ", ") + whole(model::cve_text(id));
  return out;
}

std::string exposure(const model::Verdict& v) {
  if (v.exposure.empty()) return {};
  std::string open, closed, unknown;
  const auto add = [](std::string& list, const std::string& id) { list += (list.empty() ? "" : ", ") + shown(id); };
  for (const auto& e : v.exposure) {
    if (is_open(e.state))
      open += open_door(e);
    else
      add(e.state == model::ExposureState::unknown ? unknown : closed, e.id);
  }
  std::string out = open.empty() ? std::string{} : element("ul", "doors", open);
  if (!closed.empty()) out += element("p", "", element("strong", "", "Closed: ") + text(closed));
  if (!unknown.empty()) out += element("p", "", element("strong", "", "Not known: ") + text(unknown));
  return out + element("p", "soft", "Every setting with the value that was read stands in the appendix.");
}

std::string settings(const model::Verdict& v) {
  Table t({"Setting", "State", "As read"}, {"17%", "17%", ""});
  for (const auto& e : v.exposure)
    t.row({text(shown(e.id)), badge(shown(to_string(e.state)), tone_of(e.state)),
           text(e.what) + (e.evidence.empty() ? "" : "<br>" + element("code", "soft", text(e.evidence)))});
  return t.markup();
}

std::string lifecycle(const model::Lifecycle& l, const std::string& as_of) {
  Table t({"What", "Ends", "State"}, {"", "20%", "20%"});
  const auto date = [&](const char* what, const std::string& day) {
    if (day.empty()) return;
    const bool over = day < as_of;
    t.row({text(what), whole(day), badge(over ? "over" : "runs", over ? "mute" : "good")});
  };
  date("Mainstream support", l.mainstream_end);
  date("Extended support", l.extended_end);
  for (const auto& y : l.esu_years) date(fmt::format("Extended security updates, year {}", y.year).c_str(), y.ends);
  if (l.esu_years.empty()) date("Extended security updates", l.esu_end);
  date("Last update ever made", l.last_patch);
  for (const auto& s : l.software)
    t.row({text(s.name + (s.version.empty() ? "" : " " + s.version)), text(s.end),
           badge(s.state, s.state == "ended"       ? "bad"
                          : s.state == "supported" ? "good"
                                                   : "warn")});
  return t.markup();
}

std::string migration(const model::Migration& m) {
  std::string out;
  for (const auto& p : m.paths) out += path(p, m.blockers);
  Table bars({"Not possible", "Why"}, {"30%", ""});
  for (const auto& i : m.impossible) bars.row({text(i.to), text(i.why)});
  return out + bars.markup();
}

std::string gates(const model::Facts& f) {
  if (f.drivers.empty()) return {};
  Table t({"File", "Gate", "What it does", "Loaded by"}, {"30%", "12%", "", "14%"});
  for (const auto& d : f.drivers) {
    if (d.gate == "same" || d.gate == "no_source") continue;  // counted above; only what needs a look has a row
    const std::string digest = d.sha256.empty() ? "" : "<br>" + element("code", "soft", "SHA-256 " + text(d.sha256));
    t.row({element("code", "", text(d.path)) + digest, badge(shown(d.gate), d.gate == "differs" ? "bad" : "warn"), text(d.detail),
           text(d.loaded_by)});
  }
  return tally(f.drivers, [](const auto& d) { return d.gate; }) + t.markup();
}

std::string clocks(const model::Facts& f) {
  if (f.time32.empty()) return {};
  Table t({"File", "Exposure", "Why"}, {"34%", "14%", ""});
  for (const auto& e : f.time32) {
    if (e.exposure == "no_evidence") continue;
    const std::string digest = e.sha256.empty() ? "" : "<br>" + element("code", "soft", "SHA-256 " + text(e.sha256));
    t.row({element("code", "", text(e.path)) + digest, badge(shown(e.exposure), e.exposure == "exposed" ? "bad" : "warn"), lines(e.why)});
  }
  return tally(f.time32, [](const auto& e) { return e.exposure; }) + t.markup();
}

std::string coverage(const model::Facts& f) {
  Table t({"Source", "Status", "Detail"}, {"28%", "14%", ""});
  for (const auto& c : f.coverage) t.row({text(c.source), badge(to_string(c.status), html::tone_of(c.status)), text(c.detail)});
  return t.markup();
}

}  // namespace tq::report::html
