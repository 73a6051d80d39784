// What Windows Update reported: ReportingEvents.log. An attempt, dated; no proof that the files are still in place.
#include <fmt/format.h>

#include "core/limits.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"
#include "format/reporting_events/reporting_events.hpp"

namespace tq::evidence {
namespace {

void history_from_registry(const target::Registry& reg, model::Facts& facts) {
  const std::string results = "Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\Results\\";
  for (const char* what : {"Detect", "Download", "Install"}) {
    const auto time = reg.text(results + what, "LastSuccessTime");
    if (time) facts.traces.push_back({"windows_update.last_success", what, *time, reg.cite(results + what, "LastSuccessTime")});
  }
}

void from_log(const target::Source& source, model::Facts& facts) {
  const std::string path = source.windows + "/SoftwareDistribution/ReportingEvents.log";
  const auto content = fs::read_file(*source.tree, path, limits::kTextBytes);
  if (!content) {
    if (content.error().code != ErrorCode::not_found)
      cover(facts, "reporting_events", model::CoverageStatus::failed, content.error().text());
    return;
  }
  const auto log = format::reporting_events::parse(bytes_of(*content));
  if (!log) return cover(facts, "reporting_events", model::CoverageStatus::failed, log.error().text());
  std::size_t settled = 0;
  for (const auto& e : log->entries) {
    if (!e.settles_installation()) continue;
    ++settled;
    for (const auto kb : e.kbs)
      facts.traces.push_back({e.hresult == 0 ? "reporting_events.installed" : "reporting_events.failed",
                              e.hresult == 0 ? kb_text(kb) : fmt::format("{} {:#010x}", kb_text(kb), e.hresult), e.time.text(),
                              fmt::format("{}@{:#x}", source.tree->cite(path), e.offset)});
  }
  cover(facts, "reporting_events", model::CoverageStatus::read, fmt::format("{} events, {} installations", log->entries.size(), settled));
}

void collect_update_history(const target::Source& source, model::Facts& facts) {
  if (const auto* reg = source.registry("SOFTWARE")) history_from_registry(*reg, facts);
  if (source.tree) from_log(source, facts);
}

}  // namespace

extern const Collector update_history;
const Collector update_history{"update_history", collect_update_history};

}  // namespace tq::evidence
