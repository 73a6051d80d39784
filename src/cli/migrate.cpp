// What a machine can and cannot become: hop by hop, with what stands in the way and the source of each statement.
#include <fmt/format.h>

#include "cli/support/common.hpp"
#include "cli/support/judged.hpp"
#include "cli/support/migration_view.hpp"
#include "cli/support/version.hpp"
#include "judge/judge.hpp"
#include "target/loader.hpp"

namespace tq::cli {
namespace {

constexpr Option kMigrateOptions[] = {
    {"--format", "FORMAT", "text, json, or Markdown to tick off", "text|json|md"},
    kOutput,
    {"--as-of", "DATE", "judge as if today were that day: what is supported then is a destination"},
    {"--as", "KIND", "take the target as this kind, whatever it looks like"},
    {"--map", "NAME=COLUMN", "which column of an inventory holds what"},
    kCatalogFile,
    kColor,
};

std::string rendered(const model::Machine& m, const catalog::Catalog& catalog, const Args& args, const Date& day) {
  const auto view = view_of(m, catalog, day.text());
  const std::string format = args.get("--format", "text");
  if (format == "json") return migration_document(m, view, kVersion, catalog.id());
  return format == "md" ? migration_markdown(view) : migration_text(view, use_color(args));
}

int run_migrate(const Args& args) {
  if (args.positional.size() != 1) {
    complain("migrate takes one TARGET: every machine has ways of its own");
    return kUsage;
  }
  const auto day = as_of(args);
  if (!day) return kUsage;
  const auto catalog = open_catalog(args);
  if (!catalog) return kCatalog;
  target::OpenOptions open;
  open.as = args.get("--as");
  open.column_map = args.get("--map");
  const auto sources = target::open(args.positional.front(), open);
  if (!sources) {
    complain(sources.error().text());
    return sources.error().code == ErrorCode::usage ? kUsage : kUnreadable;
  }
  if (sources->size() != 1) {
    complain(fmt::format("{} holds {} machines: ask for one at a time (a row of an inventory of its own)", args.positional.front(),
                         sources->size()));
    return kUsage;
  }
  const judge::Knowledge knowledge(*catalog);
  const auto m = judged(sources->front(), {knowledge, {}, *day});
  const int status = m.verdict.migration.from.empty() ? kIncomplete : kNothingFound;
  return deliver(args, rendered(m, *catalog, args, *day), status, args.positional);
}

}  // namespace

extern const Command migrate;
const Command migrate{"migrate", "what this machine can and cannot become, hop by hop", "TARGET", kMigrateOptions, run_migrate};

}  // namespace tq::cli
