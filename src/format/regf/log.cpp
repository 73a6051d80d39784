#include "format/regf/log.hpp"

#include <fmt/format.h>

#include "core/limits.hpp"
#include "format/regf/base_block.hpp"

namespace tq::format::regf {
namespace {

/// Why a log cannot be used, whatever its format; empty when it can.
std::string defect(Bytes log) {
  const auto b = log.try_get<BaseBlock>(0);
  if (!b) return fmt::format("only {} bytes", log.size());
  if (std::string_view(b->signature.data(), 4) != "regf") return "no regf signature";
  if (!base_block_valid(log)) return "base block checksum wrong";
  if (b->seq1 != b->seq2) return fmt::format("itself not finished (sequence {}/{})", std::uint32_t{b->seq1}, std::uint32_t{b->seq2});
  const std::uint32_t type = b->type;
  if (type != static_cast<std::uint32_t>(FileType::dirt_log) && type != static_cast<std::uint32_t>(FileType::hvle_log))
    return fmt::format("file type {} is no log", type);
  return {};
}

void append(std::string& all, const std::string& more) {
  if (more.empty()) return;
  if (!all.empty()) all += "; ";
  all += more;
}

struct Sorted {
  std::vector<NamedLog> dirt, hvle;
  std::string defects;
  bool any = false;
};

Sorted sort_logs(std::span<const NamedLog> logs) {
  Sorted out;
  for (const NamedLog& log : logs) {
    // Windows creates LOG2 with zero bytes and may never write it: that is no log.
    if (log.bytes.empty()) continue;
    out.any = true;
    if (const std::string why = defect(log.bytes); !why.empty()) {
      append(out.defects, fmt::format("{}: {}", log.name, why));
      continue;
    }
    const bool old = log.bytes.try_get<BaseBlock>(0)->type == static_cast<std::uint32_t>(FileType::dirt_log);
    (old ? out.dirt : out.hvle).push_back(log);
  }
  return out;
}

}  // namespace

bool growth_plausible(std::uint64_t bins_bytes, const std::vector<std::byte>& primary, std::span<const NamedLog> logs) {
  constexpr std::uint64_t kSlack = std::uint64_t{16} << 20;
  std::uint64_t most = primary.size() + kSlack;
  for (const NamedLog& log : logs) most += log.bytes.size();
  return bins_bytes <= most && bins_bytes <= limits::kHiveBytes - kBaseBlockBytes;
}

LogReport replay(std::vector<std::byte>& primary, std::span<const NamedLog> logs) {
  LogReport report;
  if (!base_block_dirty(bytes_of(primary))) return report;
  const bool header_bad = !base_block_valid(bytes_of(primary));
  const Sorted sorted = sort_logs(logs);
  if (!sorted.any) {
    report.state = LogState::missing;
    report.detail = "the last write to the hive was cut off and no log was found beside it";
    return report;
  }
  // After an upgrade both formats can lie there; the newer system wrote HvLE.
  std::string refusals = sorted.defects;
  for (const bool hvle : {true, false}) {
    const auto& usable = hvle ? sorted.hvle : sorted.dirt;
    if (usable.empty()) continue;
    const Applied done = hvle ? replay_hvle(primary, usable) : replay_dirt(primary, usable);
    append(refusals, done.detail);
    if (done.entries == 0) continue;
    if (header_bad) append(refusals, "the hive's base block was damaged and is taken from the log");
    report = {LogState::replayed, done.entries, done.pages, hvle ? "HvLE" : "DIRT", refusals};
    return report;
  }
  report.state = LogState::refused;
  report.detail = refusals;
  return report;
}

}  // namespace tq::format::regf
