// What a build, an update, a finding, a feature or a belief is: what is true, the evidence, the source.
#include <fmt/format.h>

#include "catalog/level.hpp"
#include "cli/support/common.hpp"
#include "cli/support/explain.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "rules/rule.hpp"

namespace tq::cli {
namespace {

constexpr Option kExplainOptions[] = {kFormatTextJson, kOutput, kCatalogFile, kColor};

void explain_version(const FileVersion& v, const catalog::Catalog& c, std::vector<Answer>& out) {
  Answer a{"kernel", fmt::format("Kernel version {}", v.text()), {}};
  const auto m = catalog::level_of_kernel(c, v);
  a.add("level", m.month ? m.month->month_text() + " or later" : "none of the monthly line");
  std::string kbs;
  for (const auto kb : m.kbs) kbs += (kbs.empty() ? "" : " or ") + kb_text(kb);
  a.add("updates", kbs);
  a.add("how", to_string(m.how));
  a.add("why", m.why);
  out.push_back(std::move(a));
}

void explain_build(std::uint32_t build, const catalog::Catalog& c, std::vector<Answer>& out) {
  for (const auto& b : c.builds()) {
    if (b.build != build) continue;
    Answer a{"build", fmt::format("Build {}.{}", b.nt_version, b.build), {}};
    a.add("client", b.client_product);
    a.add("server", b.server_product);
    a.add("version", b.service_pack);
    a.add("released", b.released.text());
    a.add("mainstream end", b.end_mainstream);
    a.add("extended end", b.end_extended);
    a.add("ESU end", b.end_esu);
    a.source(b);
    out.push_back(std::move(a));
  }
}

void explain_rule(std::string_view word, std::vector<Answer>& out) {
  for (const rules::Rule* r : rules::all()) {
    if (!iequals(word, r->id)) continue;
    Answer a{"finding", fmt::format("{}: {}", r->id, r->title), {}};
    a.add("severity", to_string(r->severity));
    a.add("means", r->meaning);
    a.add("proved by", r->proof);
    a.add("do", r->action);
    a.add("source", r->sources);
    out.push_back(std::move(a));
  }
}

/// True when one of the phrases "a;b;c" is in the question or the other way round.
bool speaks_of(std::string_view phrases, std::string_view question) {
  while (!phrases.empty()) {
    const auto p = trim(phrases.substr(0, phrases.find(';')));
    if (!p.empty() &&
        (ifind(question, p) != std::string_view::npos || (question.size() >= 3 && ifind(p, question) != std::string_view::npos)))
      return true;
    const auto cut = phrases.find(';');
    phrases = cut == std::string_view::npos ? std::string_view{} : phrases.substr(cut + 1);
  }
  return false;
}

void explain_belief(std::string_view question, const catalog::Catalog& c, std::vector<Answer>& out) {
  for (const auto& b : c.beliefs()) {
    if (!iequals(b.id, question) && !speaks_of(b.phrases, question)) continue;
    Answer a{"belief", fmt::format("\"{}\"", b.claim), {}};
    a.add("verdict", to_string(b.verdict));
    a.add("what is true", b.truth);
    a.add("evidence", b.evidence);
    a.source(b);
    out.push_back(std::move(a));
  }
}

void explain_feature(std::string_view question, const catalog::Catalog& c, std::vector<Answer>& out) {
  for (const auto& f : c.features()) {
    if (!iequals(f.feature, question) && !speaks_of(f.phrases, question)) continue;
    Answer a{"feature", std::string(f.feature), {}};
    a.add("first in", f.first_server_version);
    a.add("on 2008 SP2", f.state_2008_sp2);
    a.source(f);
    out.push_back(std::move(a));
  }
}

std::vector<Answer> explain(const std::string& word, const catalog::Catalog& c) {
  std::vector<Answer> out;
  explain_rule(word, out);
  if (const auto cve = catalog::parse_cve(word)) explain_cve(*cve, c, out);
  if (const auto kb = parse_kb(word)) explain_kb(*kb, c, out);
  if (const auto v = FileVersion::parse(word)) explain_version(*v, c, out);
  std::uint64_t number = 0;
  const auto three = FileVersion::parse(word, 3);
  if (three)
    explain_build(three->build, c, out);
  else if (parse_u64(word, number) && number <= 0xFFFF)
    explain_build(static_cast<std::uint32_t>(number), c, out);
  explain_belief(word, c, out);
  explain_feature(word, c, out);
  return out;
}

std::string as_text(const std::vector<Answer>& answers, bool color) {
  std::string s;
  for (const auto& a : answers) {
    if (!s.empty()) s += "\n";
    s += color ? fmt::format("\033[1m{}\033[0m\n", printable(a.title)) : printable(a.title) + "\n";
    for (const auto& [label, text] : a.lines) s += fmt::format("  {:<15}{}\n", label, printable(text));
  }
  return s;
}

std::string as_json(const std::string& word, const std::vector<Answer>& answers) {
  Json doc = {{"schema", "tourniquet.explain/1"}, {"word", to_valid_utf8(word)}};
  auto list = Json::array();
  for (const auto& a : answers) {
    Json o = {{"kind", a.kind}, {"title", to_valid_utf8(a.title)}};
    for (const auto& [label, text] : a.lines) o[label] = to_valid_utf8(text);
    list.push_back(std::move(o));
  }
  doc["answers"] = std::move(list);
  return doc.dump(2) + "\n";
}

int run_explain(const Args& args) {
  const auto catalog = open_catalog(args);
  if (!catalog) return kCatalog;
  std::string word;
  for (const auto& w : args.positional) word += (word.empty() ? "" : " ") + w;
  const auto answers = explain(word, *catalog);
  if (answers.empty() && args.get("--format", "text") == "text") {
    complain("nothing is known of '" + word +
             "'; ask for a build (6003), a version (6.0.6003.20489), a KB, a CVE, a finding (TQ1001), or a word such as ReFS, 2038, R3");
    return kUnreadable;
  }
  return deliver(args, args.get("--format", "text") == "json" ? as_json(word, answers) : as_text(answers, use_color(args)),
                 answers.empty() ? kUnreadable : kNothingFound);
}

}  // namespace

extern const Command explain_command;
const Command explain_command{"explain", "what a build, an update, a CVE, a finding or a belief is", "WORD", kExplainOptions, run_explain};

}  // namespace tq::cli
