// One machine on the page: verdict first, then why, then what to do, then everything an auditor wants to see.
#include <fmt/format.h>

#include <algorithm>

#include "report/support/html.hpp"
#include "report/support/html_parts.hpp"
#include "report/support/words.hpp"

namespace tq::report::html {
namespace {

using model::Tri;

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
  if (g->months_behind) return {"bad", fmt::format("{} behind the goal {}.", months_text(*g->months_behind), what)};
  return {"bad", "The goal is not reached: " + what + "."};
}

/// The numbers behind the sentence, each with its noun.
std::string counts(const model::Machine& m) {
  const auto& v = m.verdict;
  std::vector<std::string> all;
  const auto count = [&all](std::size_t n, const char* one, const char* many) {
    if (n != 0) all.push_back(fmt::format("{} {}", n, n == 1 ? one : many));
  };
  count(real_findings(m), "finding", "findings");
  count(v.missing.size(), "update to install", "updates to install");
  count(v.unknown.size(), "update that cannot be told", "updates that cannot be told");
  count(v.cves.known_exploited.size(), "unrepaired vulnerability that is known to be exploited",
        "unrepaired vulnerabilities that are known to be exploited");
  if (!v.lifecycle.patch_source.empty()) all.push_back("patch source: " + v.lifecycle.patch_source);
  return all.empty() ? std::string{} : element("p", "counts", text(fmt::format("{}", fmt::join(all, " \u00B7 "))));
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
  Table t({"", "Verdict", "Standing", "Why"}, {"13%", "27%", "17%", ""});
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
    t.row({"Goal " + text(g.name), whole(kb_text(g.kb)) + " of " + whole(g.released.text()), badge(word, tone), text(g.why)});
  }
  return t.markup();
}

std::string findings(const model::Machine& m) {
  std::string out;
  for (const auto& f : m.findings) {
    std::string s = badge(to_string(f.severity), tone_of(f.severity)) + " " + element("span", "soft", text(f.id)) + " " +
                    element("strong", "", text(f.title));
    if (!f.detail.empty()) s += element("p", "", text(f.detail));
    if (!f.evidence.empty()) s += element("p", "trail", "Evidence") + places(f.evidence);
    if (f.severity != model::Severity::info && !f.advice.empty()) s += element("p", "advice", text(f.advice));
    out += element("div", std::string("finding ") + tone_of(f.severity), s);
  }
  return out.empty() ? element("p", "", "None.") : out;
}

/// What attackers are known to use comes first and whole; the rest is a number, because nobody reads two thousand names.
std::string vulnerabilities(const model::CveVerdict& c) {
  if (c.missing.empty() && c.unknown.empty()) return {};
  std::string out = element("p", "", fmt::format("{} not repaired, {} cannot be told.", c.missing.size(), c.unknown.size()));
  const auto named = [&out](const char* heading, const std::vector<model::CveId>& ids) {
    if (!ids.empty()) out += element("p", "", element("strong", "", heading) + " " + cve_names(ids));
  };
  named("Known to be exploited, not repaired:", c.known_exploited);
  named("Known to be exploited, cannot be told:", c.known_exploited_unknown);
  return out;
}

}  // namespace

std::size_t real_findings(const model::Machine& m) {
  return static_cast<std::size_t>(
      std::count_if(m.findings.begin(), m.findings.end(), [](const auto& f) { return f.severity != model::Severity::info; }));
}

std::string name_of(const model::Machine& m) { return text(m.facts.identity.name.empty() ? m.facts.target : m.facts.identity.name); }

std::string goal_badge(const model::Machine& m, const std::string& goal) {
  for (const auto& g : m.verdict.goals) {
    if (g.name != goal) continue;
    if (g.reached == Tri::yes) return badge("reached", "good");
    if (g.reached == Tri::unknown) return badge("cannot be told", "warn");
    return badge(g.months_behind ? months_text(*g.months_behind) + " behind" : "not reached", "bad");
  }
  return badge("not judged", "warn");
}

std::string machine(const model::Machine& m, const model::Report& report, std::size_t index) {
  const Summary s = summary(m, report.goal);
  std::string out = fmt::format("<section class=\"machine\" id=\"m{}\">", index);
  out += element("h2", "", name_of(m)) + identity(m);
  out += element("div", std::string("verdict ") + s.tone, text(s.words) + counts(m));
  out += timeline(m, Date::parse(report.as_of).value_or(Date{}));
  out += statements(m);
  out += section("What to do, in order", to_do(m));
  out += section("Findings", findings(m));
  out += section("Vulnerabilities", vulnerabilities(m.verdict.cves));
  out += section("What it offers to others", exposure(m.verdict));
  out += section("Support", lifecycle(m.verdict.lifecycle, report.as_of));
  out += section("What it can become", migration(m.verdict.migration));
  out += section("Programs that read the build number", gates(m.facts));
  out += section("Programs and the year 2038", clocks(m.facts));
  out += section("What was read, and what was not", coverage(m.facts));
  out += appendix(m, report);
  return out + "</section>\n";
}

}  // namespace tq::report::html
