// Ordered steps from a machine's state to a goal: for people, for programs, and as a script for the machine itself.
#include "plan/plan.hpp"

#include "cli/support/approvals.hpp"
#include "cli/support/common.hpp"
#include "cli/support/media_files.hpp"
#include "cli/support/planned.hpp"
#include "cli/support/version.hpp"
#include "plan/render.hpp"
#include "plan/script.hpp"

namespace tq::cli {
namespace {

constexpr Option kPlanOptions[] = {
    {"--format", "FORMAT", "text, json, a runbook, or a script for the machine", "text|json|md|html|cmd"},
    kOutput,
    {"--goal", "GOAL", "the last public update, the last of ESU, or the last ever made", "public|esu|last"},
    {"--line", "LINE", "which line of updates to follow; auto: the one the machine has followed", "auto|rollup|security-only"},
    {"--approvals", "FILE.csv", "what a vendor approves: kb,status,date,by,note"},
    {"--media", "FOLDER", "the files for the script: their names, sizes and digests go into it"},
    {"--as-of", "DATE", "judge as if today were that day"},
    {"--as", "KIND", "take the target as this kind, whatever it looks like"},
    {"--map", "NAME=COLUMN", "which column of an inventory holds what"},
    kCatalogFile,
    kColor,
};

/// The script, with the files of --media when they are given. Refusals are said on standard error.
std::optional<std::string> script(const plan::Plan& p, const plan::Origin& origin, const catalog::Catalog& catalog, const Args& args) {
  std::vector<plan::MediaFile> files;
  if (args.has("--media")) {
    const auto search = find_media({args.get("--media")}, nullptr);
    for (const auto& e : search.failed) complain(e.text());
    files = script_media(search, p.from.arch);
  }
  const auto s = plan::to_script(p, origin, catalog, args.has("--media") ? &files : nullptr);
  if (s) return *s;
  complain("no script: " + s.error().text());
  return std::nullopt;
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
  const auto planned = plan_for(args.positional.front(), {args.get("--as"), args.get("--map")}, *catalog, *options, *day);
  if (!planned.plan) return planned.status;
  const plan::Origin origin{kVersion, catalog->id(), catalog->data_as_of().text(), day->text(), planned.label};
  const int status = planned.plan->answered ? kNothingFound : kIncomplete;
  if (args.get("--format") != "cmd") return deliver(args, rendered(*planned.plan, origin, args), status, args.positional);
  const auto text = script(*planned.plan, origin, *catalog, args);
  return text ? deliver(args, *text, status, args.positional) : int{kUsage};
}

}  // namespace

extern const Command plan;
const Command plan{"plan", "ordered steps from here to the goal", "TARGET", kPlanOptions, run_plan};

}  // namespace tq::cli
