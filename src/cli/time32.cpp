// Which programs use a time of 32 bits that ends on 2038-01-19.
#include <fmt/format.h>

#include "analysis/exposure.hpp"
#include "cli/support/common.hpp"
#include "cli/support/once.hpp"
#include "cli/support/programs.hpp"
#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/text.hpp"

namespace tq::cli {
namespace {

using analysis::Exposure;

constexpr Option kTime32Options[] = {kFormatTextJson, kOutput, {"--jobs", "N", "files looked at side by side"}, kAnswerCache, kColor};

struct TimeAnswer {
  std::string sha256;
  analysis::ExposureReport report;
  bool unread = false;
};

using ExposureReports = OncePerContent<analysis::ExposureReport>;

TimeAnswer answer(const Result<std::vector<std::byte>>& content, const analysis::KeptAnswers& kept, ExposureReports& reports) {
  TimeAnswer a;
  if (!content) {
    a.unread = true;
    a.report.why = {content.error().text()};
    return a;
  }
  a.sha256 = sha256_hex(bytes_of(*content));
  a.report = reports.of(a.sha256, [&] { return kept.exposure(a.sha256, bytes_of(*content), {}); });
  return a;
}

Json file_json(const NamedProgram& p, const TimeAnswer& a) {
  Json why = Json::array();
  for (const auto& w : a.report.why) why.push_back(to_valid_utf8(w));
  return {{"path", to_valid_utf8(p.path)},
          {"sha256", a.sha256},
          {"loaded_by", p.note.empty() ? Json(nullptr) : Json(to_valid_utf8(p.note))},
          {"arch", format::pe::to_string(a.report.arch)},
          {"exposure", to_string(a.report.exposure)},
          {"why", std::move(why)}};
}

std::string file_text(const NamedProgram& p, const TimeAnswer& a) {
  std::string s = fmt::format("{:<14} {}\n", to_string(a.report.exposure), printable(p.path));
  if (!p.note.empty()) s += "  loaded by " + printable(p.note) + "\n";
  for (const auto& w : a.report.why) s += fmt::format("  {}\n", printable(w));
  return s;
}

int status_of(const std::vector<TimeAnswer>& answers, int unlisted) {
  bool exposed = false, open = unlisted > 0, read = false;
  for (const TimeAnswer& a : answers) {
    exposed |= a.report.exposure == Exposure::exposed;
    open |= a.report.exposure == Exposure::not_analysed || a.unread;
    read |= !a.unread;
  }
  if (!read && open) return kUnreadable;
  return exposed ? kFindings : open ? kIncomplete : kNothingFound;
}

int run_time32(const Args& args) {
  const auto kept = kept_answers(args);
  if (!kept) return kUsage;
  int unlisted = 0;
  const auto programs = programs_of(args.positional, unlisted);
  std::vector<TimeAnswer> answers(programs.size());
  ExposureReports reports;
  for_each_program(programs, jobs_of(args.get("--jobs")),
                   [&](std::size_t i, const auto& content) { answers[i] = answer(content, *kept, reports); });
  for (std::size_t i = 0; i < programs.size(); ++i)
    if (answers[i].unread) complain(programs[i].path + ": " + answers[i].report.why.front());
  const int status = status_of(answers, unlisted);
  if (args.get("--format", "text") == "json") {
    Json files = Json::array();
    for (std::size_t i = 0; i < programs.size(); ++i) files.push_back(file_json(programs[i], answers[i]));
    return deliver(args, Json{{"schema", "tourniquet.time32/1"}, {"files", std::move(files)}}.dump(2) + "\n", status, args.positional);
  }
  std::string text;
  for (std::size_t i = 0; i < programs.size(); ++i) text += file_text(programs[i], answers[i]);
  return deliver(args, text, status, args.positional);
}

}  // namespace

extern const Command time32;
const Command time32{"time32", "which programs use times that end in 2038", "PATH", kTime32Options, run_time32};

}  // namespace tq::cli
