// Ordered steps from a machine's state to a goal: for people, for programs, and as a script for the machine itself.
#include "plan/plan.hpp"

#include <fmt/format.h>

#include "cli/support/approvals.hpp"
#include "cli/support/common.hpp"
#include "cli/support/version.hpp"
#include "evidence/collector.hpp"
#include "facts/reconcile.hpp"
#include "judge/judge.hpp"
#include "plan/render.hpp"
#include "target/loader.hpp"

namespace tq::cli {
namespace {

constexpr Option kOptions[] = {
    {"--format", "FORMAT", "text, json, or a runbook", "text|json|md|html"},
    kOutput,
    {"--goal", "GOAL", "the last public update, the last of ESU, or the last ever made", "public|esu|last"},
    {"--line", "LINE", "which line of updates to follow; auto: the one the machine has followed", "auto|rollup|security-only"},
    {"--approvals", "FILE.csv", "what a vendor approves: kb,status,date,by,note"},
    {"--as-of", "DATE", "judge as if today were that day"},
    {"--as", "KIND", "take the target as this kind, whatever it looks like"},
    {"--map", "NAME=COLUMN", "which column of an inventory holds what"},
    kCatalogFile,
    kColor,
};

plan::State state_of(const target::Source& source, const catalog::Catalog& catalog, const judge::Options& options) {
  auto facts = evidence::collect(source);
  facts::reconcile(facts);
  const auto verdict = judge::judge(facts, catalog, options);
  return plan::state_of(facts, verdict, catalog);
}

std::string rendered(const plan::Plan& p, const plan::Origin& origin, const Args& args) {
  const std::string format = args.get("--format", "text");
  if (format == "json") return plan::to_json(p, origin);
  if (format == "md") return plan::to_markdown(p, origin);
  if (format == "html") return plan::to_html(p, origin);
  return plan::to_text(p, origin, use_color(args));
}

int run_plan(const Args& args) {
  if (args.positional.size() != 1) {
    complain("plan takes one TARGET: every machine has a way of its own");
    return kUsage;
  }
  const auto day = as_of(args);
  if (!day) return kUsage;
  const auto catalog = open_catalog(args);
  if (!catalog) return kCatalog;
  const auto options = plan_options(args);
  if (!options) return kUsage;
  const auto& name = args.positional.front();
  const auto sources = target::open(name, {args.get("--as"), args.get("--map")});
  if (!sources) {
    complain(sources.error().text());
    return sources.error().code == ErrorCode::usage ? kUsage : kUnreadable;
  }
  if (sources->size() != 1) {
    complain(fmt::format("{} holds {} machines: plan one at a time (a row of an inventory of its own)", name, sources->size()));
    return kUsage;
  }
  const auto state = state_of(sources->front(), *catalog, {options->goal, *day});
  const auto p = plan::make_plan(state, *catalog, *options);
  const plan::Origin origin{kVersion, catalog->id(), catalog->data_as_of().text(), day->text(), sources->front().label};
  return deliver(args, rendered(p, origin, args), p.answered ? kNothingFound : kIncomplete, args.positional);
}

}  // namespace

extern const Command plan;
const Command plan{"plan", "ordered steps from here to the goal", "TARGET", kOptions, run_plan};

}  // namespace tq::cli
