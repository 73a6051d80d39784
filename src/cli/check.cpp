// The main job: what build each machine really is, and how far it is patched.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "cli/support/approvals.hpp"
#include "cli/support/common.hpp"
#include "cli/support/judged.hpp"
#include "cli/support/progress.hpp"
#include "cli/support/report_parts.hpp"
#include "cli/support/version.hpp"
#include "cli/support/why.hpp"
#include "core/text.hpp"
#include "evidence/deep.hpp"
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

constexpr Option kCheckOptions[] = {
    {"--format", "FORMAT", "how the report is written; the default is text", "", formats},
    kOutput,
    {"--goal", "GOAL", "judge up to the last public update, the last of ESU, or the last ever made", "public|esu|last"},
    {"--line", "LINE", "which line of updates to ask for; auto: the one the machine has followed", "auto|rollup|security-only"},
    {"--approvals", "FILE.csv", "what a vendor approves: kb,status,date,by,note"},
    {"--why", "KB|CVE", "print the proof of this one answer instead of the report; text or json"},
    {"--as-of", "DATE", "judge as if today were that day"},
    {"--as", "KIND", "take the target as this kind, whatever it looks like"},
    {"--deep", "", "follow the code of the drivers and programs that load: what build 6003 changes, what ends in 2038"},
    {"--jobs", "N", "files that --deep looks at side by side"},
    {"--map", "NAME=COLUMN", "which column of an inventory holds what"},
    {"--sign", "KEY.pem", "sign the bundle with this Ed25519 private key"},
    {"--verify-key", "KEY.pem", "take only bundles that the owner of this public key signed"},
    {"--fail-on", "SEVERITY", "findings from here on set the exit status to 1", "low|medium|high|critical|never"},
    {"--max-age", "DAYS", "refuse a catalog whose data is older"},
    kCatalogFile,
    kColor,
    kQuiet,
    kStats,
};

struct Run {
  Judging judging;
  plan::Options plan;  ///< line and approvals, shared with `plan`
  model::Report report;
  std::string sign_key = {};
  std::unique_ptr<evidence::DeepReader> deep = {};  ///< with --deep: shared by all machines, so that each file is analysed once
  std::size_t refused_usage = 0;                    ///< targets refused for what the user asked (an unknown --as)
};

/// A vendor's word is carried along; it never makes an update less missing.
void note_approvals(const plan::Options& plan, model::Verdict& verdict) {
  if (!plan.has_approvals) return;
  for (auto& m : verdict.missing) {
    m.approval = "not_listed";
    for (const auto& a : plan.approvals) {
      if (a.kb != m.kb) continue;
      m.approval = a.status;
      m.approval_note = a.note;
      for (const auto& more : {a.by, a.date})
        if (!more.empty()) m.approval_note += (m.approval_note.empty() ? "" : ", ") + more;
    }
  }
}

/// The way through the house for one machine: each step takes what the one before it made, and nothing looks back.
model::Machine examine(const target::Source& source, const Run& run) {
  // Bytes to facts, and facts with the catalog to a verdict.
  model::Machine m = judged(source, run.judging);
  note_approvals(run.plan, m.verdict);
  // Only when asked: the code of what loads. It adds facts, never to the verdict on updates.
  if (run.deep && m.facts.deep_read != model::Tri::yes)
    run.deep->collect(source, m.facts);
  else if (source.tree)
    evidence::skip_deep(m.facts);
  // Facts and verdict to findings; what prints them sees nothing else.
  const auto& options = run.judging.options;
  m.findings = rules::run({m.facts, m.verdict, run.judging.knowledge.catalog(), options.goal, options.as_of});
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
  if (const auto& bundle = sources->front().bundle) run.report.bundles.push_back(*bundle);
}

/// The build, the level or the goal's own verdict is unknown, or evidence that was asked for failed.
bool incomplete(const model::Machine& m, const std::string& goal) {
  const auto& v = m.verdict;
  if (v.build.status == model::Standing::unknown || !v.level) return true;
  const auto failed = [](const auto& c) { return c.status == model::CoverageStatus::failed; };
  if (std::any_of(m.facts.coverage.begin(), m.facts.coverage.end(), failed)) return true;
  const auto open = [](const auto& d) { return d.gate == "undecided"; };
  const auto skipped = [](const auto& t) { return t.exposure == "not_analysed"; };
  if (std::any_of(m.facts.drivers.begin(), m.facts.drivers.end(), open)) return true;
  if (std::any_of(m.facts.time32.begin(), m.facts.time32.end(), skipped)) return true;
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
    if (incomplete(m, run.judging.options.goal)) return kIncomplete;
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

/// The answers to --why, for every machine. nullopt after a message when what was asked is neither a KB nor a CVE.
std::optional<std::string> proofs(const Args& args, const Run& run) {
  std::vector<MachineProof> all;
  for (const auto& m : run.report.machines)
    for (const auto& subject : args.given.at("--why")) {
      auto p = judge::prove(m.facts, run.judging.knowledge, run.judging.options, subject);
      if (!p) {
        complain("--why wants KB... or CVE-..., found " + subject);
        return std::nullopt;
      }
      all.push_back({m.facts.target, *std::move(p)});
    }
  return args.get("--format", "text") == "json" ? proofs_json(all) : proofs_text(all);
}

int report_on(const Args& args, const Run& run) {
  const int status = status_of(run, args.get("--fail-on", "low"));
  if (!args.has("--why")) {
    const auto* renderer = report::find(args.get("--format", "text"));
    const auto content = renderer->render(run.report, {use_color(args), false, run.sign_key});
    if (content) return deliver(args, *content, status, args.positional);
    complain(content.error().text());
    return content.error().code == ErrorCode::usage ? kUsage : kInternal;
  }
  const auto answers = proofs(args, run);
  return answers ? deliver(args, *answers, status, args.positional) : kUsage;
}

int run_check(const Args& args) {
  // What was asked, checked before anything is opened.
  const auto day = as_of(args);
  const auto keys = bundle_keys(args);
  if (!day || !keys) return kUsage;
  const std::string format = args.get("--format", "text");
  const auto log = format == "bundle" ? std::make_shared<target::SourceLog>() : nullptr;
  const target::OpenOptions open{args.get("--as"), column_map(args), keys->verify, log};
  const auto plan = plan_options(args);
  if (!plan) return kUsage;

  // The knowledge, and what it gives to every machine of this call.
  const auto catalog = open_catalog(args);
  if (!catalog || !fresh_enough(args, *catalog, *day)) return kCatalog;
  const judge::Knowledge knowledge(*catalog);
  Run run{{knowledge, *plan, *day}, *plan, {}};
  run.report.tool_version = kVersion;
  run.report.catalog_id = catalog->id();
  run.report.catalog_data_as_of = catalog->data_as_of().text();
  run.report.as_of = day->text();
  run.report.goal = run.judging.options.goal;
  if (args.has("--deep")) run.deep = std::make_unique<evidence::DeepReader>(analysis::GateOptions{}, jobs_of(args.get("--jobs")));

  // Each target by itself: what one lacks says nothing of another.
  for (const auto& name : args.positional) {
    const Progress progress(args, name);
    check_one(name, open, run);
  }
  print_stats(args, run.report.machines.size());

  // The report, and what it says as an exit status.
  run.sign_key = keys->sign;
  if (log) run.report.sources = log->files();
  add_report_parts(run.report, format, *catalog, *plan);
  return report_on(args, run);
}

}  // namespace

extern const Command check;
const Command check{"check", "verdict for one or more machines", "TARGET", kCheckOptions, run_check};

}  // namespace tq::cli
