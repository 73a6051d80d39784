// CBS.log: which servicing stacks ran, and when. A trace; the packages' own states decide.
#include "format/cbs_log/cbs_log.hpp"

#include <fmt/format.h>

#include "evidence/collector.hpp"
#include "evidence/support/listing.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

constexpr std::uint64_t kMostLog = std::uint64_t{256} << 20;
constexpr std::size_t kMostFailures = 100;

void read_one(const target::Source& source, const std::string& path, model::Facts& facts) {
  const auto content = fs::read_file(*source.tree, path, kMostLog);
  const std::string where = source.tree->cite(path);
  if (!content) return cover(facts, "cbs_log", model::CoverageStatus::failed, content.error().text());
  const auto log = format::cbs_log::parse(bytes_of(*content));
  if (!log) return cover(facts, "cbs_log", model::CoverageStatus::failed, where + ": " + log.error().text());
  for (const auto& s : log->stacks) {
    facts.stacks.push_back({s.version, "cbs_log", fmt::format("{}@{:#x}", where, s.offset)});
    facts.traces.push_back({"cbs_log.stack", s.version.text(), s.last_time, fmt::format("{}@{:#x}", where, s.offset)});
  }
  std::size_t failures = 0;
  for (const auto& e : log->events) {
    if (!e.failed() || ++failures > kMostFailures) continue;
    facts.traces.push_back({"cbs_log.failure", fmt::format("{} {:#010x}", e.package.text(), *e.hresult), e.last_time,
                            fmt::format("{}@{:#x}", where, e.offset)});
  }
  cover(facts, "cbs_log", model::CoverageStatus::read, fmt::format("{}: {} to {}", where, log->first_time, log->last_time));
}

void collect_cbs_log(const target::Source& source, model::Facts& facts) {
  if (!source.tree) return;
  const std::string folder = source.windows + "/Logs/CBS";
  const Listing listing = list_folder(source, folder);
  cover_gap(facts, "cbs_log", listing);
  for (const auto& e : listing.entries) {
    const bool log = e.name.size() > 4 && (e.name.ends_with(".log") || e.name.ends_with(".LOG"));
    if (e.kind == io::EntryKind::file && log) read_one(source, folder + "/" + e.name, facts);
  }
}

}  // namespace

extern const Collector cbs_log;
const Collector cbs_log{"cbs_log", collect_cbs_log};

}  // namespace tq::evidence
