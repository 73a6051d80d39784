// The main job: what build each machine really is, and how far it is patched.
#include <fmt/format.h>

#include <algorithm>

#include "cli/support/common.hpp"
#include "cli/support/version.hpp"
#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "facts/reconcile.hpp"
#include "io/byte_source.hpp"
#include "judge/judge.hpp"
#include "report/renderer.hpp"
#include "rules/rule.hpp"
#include "target/loader.hpp"

namespace tq::cli {
namespace {

/// Every renderer is a format: adding one is adding a file.
std::string formats() {
  std::string all;
  for (const auto* r : report::all()) all += (all.empty() ? "" : "|") + std::string(r->name);
  return all;
}

constexpr Option kOptions[] = {
    {"--format", "FORMAT", "how the report is written; the default is text", "", formats},
    kOutput,
    {"--goal", "GOAL", "judge up to the last public update, the last of ESU, or the last ever made", "public|esu|last"},
    {"--as-of", "DATE", "judge as if today were that day"},
    {"--as", "KIND", "take the target as this kind, whatever it looks like"},
    {"--map", "NAME=COLUMN", "which column of an inventory holds what"},
    {"--fail-on", "SEVERITY", "findings from here on set the exit status to 1", "low|medium|high|critical|never"},
    {"--max-age", "DAYS", "refuse a catalog whose data is older"},
    kCatalogFile,
    kColor,
    {"--quiet", "", "nothing on standard error but errors"},
    {"--stats", "", "print what was read, on standard error"},
};

struct Run {
  judge::Options options;
  const catalog::Catalog& catalog;
  model::Report report;
  std::size_t refused_usage = 0;  ///< targets refused for what the user asked (an unknown --as)
};

model::Machine examine(const target::Source& source, const Run& run) {
  model::Machine m;
  m.facts = evidence::collect(source);
  facts::reconcile(m.facts);
  m.verdict = judge::judge(m.facts, run.catalog, run.options);
  m.findings = rules::run({m.facts, m.verdict, run.catalog, run.options.goal, run.options.as_of});
  return m;
}

void check_one(const std::string& name, const target::OpenOptions& open, Run& run) {
  auto sources = target::open(name, open);
  if (!sources) {
    const Error& e = sources.error();
    if (e.code == ErrorCode::usage) ++run.refused_usage;
    run.report.errors.push_back({name, e.place, e.text()});
    complain(e.place == name ? e.text() : name + ": " + e.text());
    return;
  }
  for (const auto& s : *sources) run.report.machines.push_back(examine(s, run));
}

/// The build, the level or the goal's own verdict is unknown, or evidence that was asked for failed.
bool incomplete(const model::Machine& m, const std::string& goal) {
  const auto& v = m.verdict;
  if (v.build.status == model::Standing::unknown || !v.level) return true;
  const auto failed = [](const auto& c) { return c.status == model::CoverageStatus::failed; };
  if (std::any_of(m.facts.coverage.begin(), m.facts.coverage.end(), failed)) return true;
  const auto unknown = [&](const auto& g) { return g.name == goal && g.reached == model::Tri::unknown; };
  return std::any_of(v.goals.begin(), v.goals.end(), unknown);
}

int status_of(const Run& run, const std::string& fail_on) {
  if (run.report.machines.empty()) return run.refused_usage != 0 ? kUsage : kUnreadable;
  if (fail_on != "never") {
    model::Severity line = model::Severity::low;
    model::from_string(fail_on, line);
    for (const auto& m : run.report.machines)
      for (const auto& f : m.findings)
        if (f.severity >= line) return kFindings;
  }
  if (!run.report.errors.empty()) return kIncomplete;
  for (const auto& m : run.report.machines)
    if (incomplete(m, run.options.goal)) return kIncomplete;
  return kNothingFound;
}

/// --map may be given again; the loader reads "NAME=COLUMN,...".
std::string column_map(const Args& args) {
  std::string all;
  if (const auto it = args.given.find("--map"); it != args.given.end())
    for (const auto& m : it->second) all += (all.empty() ? "" : ",") + m;
  return all;
}

bool fresh_enough(const Args& args, const catalog::Catalog& catalog, const Date& today) {
  if (!args.has("--max-age")) return true;
  std::uint64_t days = 0;
  if (!parse_u64(args.get("--max-age"), days)) return false;
  const auto age = days_from_civil(today) - days_from_civil(catalog.data_as_of());
  if (age <= static_cast<std::int64_t>(days)) return true;
  complain(fmt::format("the catalog's data is of {}, {} days old: more than --max-age {}", catalog.data_as_of().text(), age, days));
  return false;
}

int run_check(const Args& args) {
  const auto day = as_of(args);
  const target::OpenOptions open{args.get("--as"), column_map(args)};
  if (!day) return kUsage;
  const auto catalog = open_catalog(args);
  if (!catalog || !fresh_enough(args, *catalog, *day)) return kCatalog;
  Run run{{args.get("--goal", "last"), *day}, *catalog, {}};
  run.report.tool_version = kVersion;
  run.report.catalog_id = catalog->id();
  run.report.catalog_data_as_of = catalog->data_as_of().text();
  run.report.as_of = day->text();
  run.report.goal = run.options.goal;
  for (const auto& name : args.positional) check_one(name, open, run);
  if (args.has("--stats")) complain(fmt::format("{} bytes read from files, {} machines", io::bytes_read(), run.report.machines.size()));
  const auto* renderer = report::find(args.get("--format", "text"));
  const int status = status_of(run, args.get("--fail-on", "low"));
  return deliver(args, renderer->render(run.report, {use_color(args), false}), status, args.positional);
}

}  // namespace

extern const Command check;
const Command check{"check", "verdict for one or more machines", "TARGET", kOptions, run_check};

}  // namespace tq::cli
