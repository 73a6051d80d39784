#include "cli/support/report_parts.hpp"

#include "cli/support/common.hpp"
#include "core/bytes.hpp"
#include "io/byte_source.hpp"
#include "plan/render.hpp"

namespace tq::cli {
namespace {

model::Way way_of(const plan::Plan& p) {
  model::Way w;
  for (const auto& s : p.steps) {
    const auto said = plan::describe(s);
    w.steps.push_back({s.n, s.kb, s.kind, said.what, said.details, s.need == plan::Need::if_absent, s.reboot_after});
  }
  for (const auto& i : p.impossible) w.impossible.push_back(i.goal + ": " + i.why);
  w.unknown = p.unknown;
  w.notes = p.notes;
  return w;
}

void name(model::Report& report, const catalog::Catalog& catalog, std::uint32_t kb) {
  if (kb == 0 || report.update_names.contains(kb)) return;
  if (const auto u = catalog.find_kb(kb)) report.update_names[kb] = {u->released, std::string(u->title)};
}

void name_updates(model::Report& report, const catalog::Catalog& catalog) {
  for (const auto& m : report.machines) {
    for (const auto& u : m.verdict.missing) name(report, catalog, u.kb);
    for (const auto& u : m.verdict.unknown) name(report, catalog, u.kb);
    for (const auto& u : m.verdict.installed) name(report, catalog, u.kb);
    for (const auto& u : m.verdict.covered) name(report, catalog, u.kb);
  }
}

/// The text of the file that an option names; "" when it was not given.
std::optional<std::string> key_file(const Args& args, const char* option) {
  constexpr std::uint64_t kMostKeyBytes = 1 << 20;
  if (!args.has(option)) return std::string{};
  const auto content = io::read_file(args.get(option), kMostKeyBytes);
  if (content && !content->empty()) return std::string(bytes_of(*content).chars());
  complain(std::string(option) + ": " + (content ? args.get(option) + " is empty" : content.error().text()));
  return std::nullopt;
}

}  // namespace

void add_report_parts(model::Report& report, const std::string& format, const catalog::Catalog& catalog, const plan::Options& options) {
  const bool page = format == "html";
  if (page || format == "csv" || format == "xlsx") name_updates(report, catalog);
  if (!page) return;
  for (auto& m : report.machines) m.way = way_of(plan::make_plan(plan::state_of(m.facts, m.verdict, catalog), catalog, options));
}

std::optional<BundleKeys> bundle_keys(const Args& args) {
  if (args.has("--sign") && args.get("--format", "text") != "bundle") {
    complain("--sign is for --format bundle: no other format carries a signature");
    return std::nullopt;
  }
  auto sign = key_file(args, "--sign");
  auto verify = key_file(args, "--verify-key");
  if (!sign || !verify) return std::nullopt;
  return BundleKeys{*std::move(sign), *std::move(verify)};
}

}  // namespace tq::cli
