// Which drivers and programs act differently on two builds of Windows.
#include <fmt/format.h>

#include "analysis/gates.hpp"
#include "cli/support/common.hpp"
#include "cli/support/once.hpp"
#include "cli/support/programs.hpp"
#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/text.hpp"

namespace tq::cli {
namespace {

using analysis::Gate;
using analysis::GateReport;

constexpr Option kDriversOptions[] = {kFormatTextJson,
                                      kOutput,
                                      {"--builds", "A,B", "the two builds to compare (default 6002,6003)"},
                                      {"--jobs", "N", "files looked at side by side"},
                                      kAnswerCache,
                                      kColor};

struct DriverAnswer {
  std::string sha256;
  GateReport report;
  bool unread = false;
};

bool parse_builds(const std::string& given, analysis::GateOptions& options) {
  const std::size_t comma = given.find(',');
  std::uint64_t a = 0, b = 0;
  if (comma == std::string::npos || !parse_u64(trim(std::string_view(given).substr(0, comma)), a) ||
      !parse_u64(trim(std::string_view(given).substr(comma + 1)), b) || a == 0 || b == 0 || a > 0xFFFF || b > 0xFFFF || a == b)
    return false;
  options.first = static_cast<std::uint32_t>(a);
  options.second = static_cast<std::uint32_t>(b);
  return true;
}

using GateReports = OncePerContent<GateReport>;

DriverAnswer answer(const Result<std::vector<std::byte>>& content, const analysis::GateOptions& options, const analysis::KeptAnswers& kept,
                    GateReports& reports) {
  DriverAnswer a;
  if (!content) {
    a.unread = true;
    a.report.gate = Gate::unsupported;
    a.report.why = {content.error().text()};
    return a;
  }
  a.sha256 = sha256_hex(bytes_of(*content));
  a.report = reports.of(a.sha256, [&] { return kept.gates(a.sha256, bytes_of(*content), options); });
  return a;
}

Json site_json(const analysis::GateSite& s) {
  Json on = Json::object(), path = Json::array();
  for (const auto& [build, what] : s.on) on[std::to_string(build)] = what;
  for (const auto rva : s.path) path.push_back(fmt::format("0x{:x}", rva));
  return {{"rva", fmt::format("0x{:x}", s.rva)},
          {"source", to_valid_utf8(s.source)},
          {"comparison", s.comparison},
          {"instruction", s.instruction},
          {"on", std::move(on)},
          {"path", std::move(path)}};
}

Json file_json(const NamedProgram& p, const DriverAnswer& a, const analysis::GateOptions& o) {
  Json sites = Json::array(), why = Json::array();
  for (const auto& s : a.report.sites) sites.push_back(site_json(s));
  for (const auto& w : a.report.why) why.push_back(to_valid_utf8(w));
  return {{"path", to_valid_utf8(p.path)},
          {"sha256", a.sha256},
          {"loaded_by", p.note.empty() ? Json(nullptr) : Json(to_valid_utf8(p.note))},
          {"arch", format::pe::to_string(a.report.arch)},
          {"gate", to_string(a.report.gate)},
          {"builds", {o.first, o.second}},
          {"partition", a.report.partition},
          {"sites", std::move(sites)},
          {"why", std::move(why)}};
}

std::string file_text(const NamedProgram& p, const DriverAnswer& a) {
  std::string s = fmt::format("{:<11} {}\n", to_string(a.report.gate), printable(p.path));
  if (!p.note.empty()) s += "  loaded by " + printable(p.note) + "\n";
  if (!a.report.partition.empty()) s += fmt::format("  builds that act alike: {}\n", a.report.partition);
  for (const auto& site : a.report.sites) {
    s += fmt::format("  at 0x{:x}: {} ({}; {})\n", site.rva, printable(site.comparison), printable(site.source), site.instruction);
    for (const auto& [build, what] : site.on) s += fmt::format("    {}: {}\n", build, printable(what));
  }
  for (const auto& w : a.report.why) s += fmt::format("  {}\n", printable(w));
  return s;
}

int status_of(const std::vector<DriverAnswer>& answers, int unlisted) {
  bool differs = false, open = unlisted > 0, read = false;
  for (const DriverAnswer& a : answers) {
    differs |= a.report.gate == Gate::differs;
    open |= a.report.gate == Gate::undecided || a.unread;
    read |= !a.unread;
  }
  if (!read && open) return kUnreadable;
  return differs ? kFindings : open ? kIncomplete : kNothingFound;
}

int run_drivers(const Args& args) {
  analysis::GateOptions options;
  if (args.has("--builds") && !parse_builds(args.get("--builds"), options)) {
    complain("--builds wants two different build numbers, as in 6002,6003; found " + args.get("--builds"));
    return kUsage;
  }
  const auto kept = kept_answers(args);
  if (!kept) return kUsage;
  int unlisted = 0;
  const auto programs = programs_of(args.positional, unlisted);
  std::vector<DriverAnswer> answers(programs.size());
  GateReports reports;
  for_each_program(programs, jobs_of(args.get("--jobs")),
                   [&](std::size_t i, const auto& content) { answers[i] = answer(content, options, *kept, reports); });
  for (std::size_t i = 0; i < programs.size(); ++i)
    if (answers[i].unread) complain(programs[i].path + ": " + answers[i].report.why.front());
  const int status = status_of(answers, unlisted);
  if (args.get("--format", "text") == "json") {
    Json files = Json::array();
    for (std::size_t i = 0; i < programs.size(); ++i) files.push_back(file_json(programs[i], answers[i], options));
    return deliver(args, Json{{"schema", "tourniquet.drivers/1"}, {"files", std::move(files)}}.dump(2) + "\n", status, args.positional);
  }
  std::string text;
  for (std::size_t i = 0; i < programs.size(); ++i) text += file_text(programs[i], answers[i]);
  return deliver(args, text, status, args.positional);
}

}  // namespace

extern const Command drivers;
const Command drivers{"drivers", "which drivers and programs act differently on two builds", "PATH", kDriversOptions, run_drivers};

}  // namespace tq::cli
