// One machine on the page: verdict first, then why, then what to do, then everything an auditor wants to see.
#include <fmt/format.h>

#include <algorithm>

#include "report/support/html.hpp"

namespace tq::report::html {
namespace {

using model::Tri;

std::string mono(std::string_view s) { return element("code", "", text(s)); }

std::string list(const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string out;
  for (const auto& l : lines) out += element("li", "", mono(l));
  return element("ul", "", out);
}

std::string section(std::string_view heading, const std::string& content) {
  return content.empty() ? std::string{} : element("h3", "", text(heading)) + content;
}

struct Summary {
  const char* tone;
  std::string words;
};

/// The one sentence an inspector reads: where the machine stands against the goal that was asked for.
Summary summary(const model::Machine& m, const std::string& goal) {
  const auto& goals = m.verdict.goals;
  const auto g = std::find_if(goals.begin(), goals.end(), [&](const auto& x) { return x.name == goal; });
  if (m.verdict.build.status == model::Standing::contradicted)
    return {"bad", "The witnesses of the build contradict each other. Nothing else can be relied on until that is explained."};
  if (g == goals.end()) return {"warn", "The patch level of this product cannot be judged with this catalog."};
  const std::string what = fmt::format("{} ({}, {})", kb_text(g->kb), g->name, g->released.month_text());
  if (g->reached == Tri::yes) return {"good", "The goal is reached: " + what + "."};
  if (g->reached == Tri::unknown) return {"warn", "Whether the goal is reached cannot be told from what was read: " + what + "."};
  if (g->months_behind) return {"bad", fmt::format("{} months behind the goal {}.", *g->months_behind, what)};
  return {"bad", "The goal is not reached: " + what + "."};
}

std::string identity(const model::Machine& m) {
  const auto& id = m.facts.identity;
  std::string s = id.product.empty() ? "unknown product" : text(id.product);
  if (!id.arch.empty()) s += ", " + text(id.arch);
  if (id.service_pack && *id.service_pack > 0) s += fmt::format(", Service Pack {}", *id.service_pack);
  if (id.server_core == Tri::yes) s += ", Server Core";
  return element("p", "soft", s + " &middot; " + text(m.facts.target));
}

std::string statements(const model::Machine& m) {
  const auto& v = m.verdict;
  Table t({"", "Verdict", "Standing", "Why"});
  t.row({"Build", text(v.build.version.empty() ? "unknown" : v.build.version), badge(to_string(v.build.status), tone_of(v.build.status)),
         text(v.build.why)});
  if (v.level) {
    const auto& l = *v.level;
    t.row({"Level", text(l.month.month_text() + (l.kb != 0 ? " " + kb_text(l.kb) : "")), badge(to_string(l.status), tone_of(l.status)),
           text(l.why)});
  } else {
    t.row({"Level", "unknown", badge("unknown", "warn"), text(v.level_unknown_why)});
  }
  for (const auto& g : v.goals) {
    const char* word = g.reached == Tri::yes ? "reached" : g.reached == Tri::no ? "not reached" : "unknown";
    const char* tone = g.reached == Tri::yes ? "good" : g.reached == Tri::no ? "bad" : "warn";
    t.row({"Goal " + text(g.name), text(kb_text(g.kb) + " of " + g.released.text()), badge(word, tone), text(g.why)});
  }
  return t.markup();
}

std::string to_do(const model::Machine& m) {
  std::string items;
  for (const auto& u : m.verdict.missing) {
    std::string s = element("strong", "", text(kb_text(u.kb))) + " " + text(u.title);
    if (u.cves != 0) s += fmt::format(" &middot; {} vulnerabilities", u.cves);
    if (!u.covers.empty()) s += fmt::format(" &middot; stands for {} earlier updates", u.covers.size());
    items += element("li", "", s);
  }
  for (const auto& f : m.findings)
    if (f.severity != model::Severity::info && !f.advice.empty() && items.find(text(f.advice)) == std::string::npos)
      items += element("li", "", text(f.advice) + element("span", "soft", " (" + text(f.id) + ")"));
  return items.empty() ? element("p", "", "Nothing.") : element("ol", "todo", items);
}

std::string findings(const model::Machine& m) {
  std::string out;
  for (const auto& f : m.findings) {
    std::string s = badge(to_string(f.severity), tone_of(f.severity)) + " " + element("span", "soft", text(f.id)) + " " +
                    element("strong", "", text(f.title));
    if (!f.detail.empty()) s += element("p", "", text(f.detail));
    s += list(f.evidence);
    if (f.severity != model::Severity::info) s += element("p", "advice", text(f.advice));
    out += element("div", "finding", s);
  }
  return out.empty() ? element("p", "", "None.") : out;
}

std::string updates(const model::Verdict& v) {
  Table missing({"Update", "Released", "Kind", "Why"});
  for (const auto& u : v.missing) missing.row({text(kb_text(u.kb)), text(u.released.text()), text(u.kind), text(u.why)});
  Table unknown({"Update", "Why it cannot be told"});
  for (const auto& u : v.unknown) unknown.row({text(kb_text(u.kb)), text(u.why)});
  Table installed({"Update", "State", "Evidence"});
  for (const auto& u : v.installed)
    installed.row({text(kb_text(u.kb)), text(u.state), text(fmt::format("{}", fmt::join(u.evidence, ", ")))});
  Table covered({"Update", "Held by"});
  for (const auto& u : v.covered) covered.row({text(kb_text(u.kb)), text(kb_text(u.by))});
  return section("Missing updates", missing.markup()) + section("Updates that cannot be told", unknown.markup()) +
         section("Updates in place", installed.markup()) + section("Updates held by newer ones", covered.markup());
}

/// What attackers are known to use comes first and whole; the rest is a number, because nobody reads two thousand names.
std::string vulnerabilities(const model::CveVerdict& c) {
  if (c.missing.empty() && c.unknown.empty()) return {};
  std::string out = element("p", "", fmt::format("{} not repaired, {} cannot be told.", c.missing.size(), c.unknown.size()));
  const auto named = [&out](const char* heading, const std::vector<model::CveId>& ids) {
    if (ids.empty()) return;
    std::string names;
    for (const auto id : ids) names += (names.empty() ? "" : ", ") + model::cve_text(id);
    out += element("p", "", element("strong", "", heading) + " " + text(names));
  };
  named("Known to be exploited, not repaired:", c.known_exploited);
  named("Known to be exploited, cannot be told:", c.known_exploited_unknown);
  return out;
}

std::string coverage(const model::Facts& f) {
  Table t({"Source", "Status", "Detail"});
  for (const auto& c : f.coverage) t.row({text(c.source), badge(to_string(c.status), tone_of(c.status)), text(c.detail)});
  return t.markup();
}

std::string appendix(const model::Machine& m) {
  Table witnesses({"Witness", "Group", "Says", "Where"});
  for (const auto& w : m.verdict.build.witnesses)
    witnesses.row({text(w.source) + (w.older ? " (older)" : ""), to_string(w.group), text(w.says), mono(w.where)});
  Table files({"File", "Version", "SHA-256"});
  for (const auto& f : m.facts.files) files.row({mono(f.path), text(f.version.text()), f.sha256.empty() ? "" : mono(f.sha256)});
  Table traces({"Trace", "What", "When", "Where"});
  for (const auto& t : m.facts.traces) traces.row({text(t.source), text(t.what), text(t.date), mono(t.where)});
  return section("Witnesses of the build", witnesses.markup()) + section("Files read", files.markup()) +
         section("Traces of servicing", traces.markup());
}

}  // namespace

std::string machine(const model::Machine& m, const model::Report& report, std::size_t index) {
  const auto& id = m.facts.identity;
  const Summary s = summary(m, report.goal);
  std::string out = fmt::format("<section class=\"machine\" id=\"m{}\">", index);
  out += element("h2", "", text(id.name.empty() ? m.facts.target : id.name)) + identity(m);
  out += element("div", std::string("verdict ") + s.tone, text(s.words));
  out += timeline(m, Date::parse(report.as_of).value_or(Date{}));
  out += statements(m);
  out += section("What to do, in order", to_do(m));
  out += section("Findings", findings(m));
  out += section("Vulnerabilities", vulnerabilities(m.verdict.cves));
  out += updates(m.verdict);
  out += section("What was read, and what was not", coverage(m.facts));
  out += appendix(m);
  return out + "</section>\n";
}

}  // namespace tq::report::html
