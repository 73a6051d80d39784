// Transaction logs: the last writes of Windows that did not reach the hive file. Both formats, replayed in memory only.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/bytes.hpp"

namespace tq::format::regf {

enum class LogState {
  none,      ///< the hive is clean: no log is needed, none is touched
  replayed,  ///< dirty, and the logs made it whole
  refused,   ///< dirty, logs are there, none applies
  missing,   ///< dirty, no log was given
};
constexpr const char* to_string(LogState s) {
  switch (s) {
    case LogState::none: return "none";
    case LogState::replayed: return "replayed";
    case LogState::refused: return "refused";
    case LogState::missing: return "missing";
  }
  return "?";
}

struct LogReport {
  LogState state = LogState::none;
  std::uint32_t entries = 0;  ///< log entries written into the copy (a DIRT log counts as one)
  std::uint32_t pages = 0;    ///< pages written (HvLE: of any size, DIRT: of 512 bytes)
  std::string format;         ///< "", "DIRT", "HvLE"
  std::string detail;         ///< for people: which logs, and why one was not used
};

struct NamedLog {
  const char* name;  ///< "LOG1", "LOG2", "LOG"
  Bytes bytes;
};

/// Replays what applies into `primary`, which may grow. A refused log leaves `primary` as it was.
/// A clean primary is never touched. Source: M. Suhanov, "Windows registry file format specification".
LogReport replay(std::vector<std::byte>& primary, std::span<const NamedLog> logs);

// The two formats; replay() decides between them. No entries = refused, and the primary is as it was.

struct Applied {
  std::uint32_t entries = 0;
  std::uint32_t pages = 0;
  std::string detail;  ///< set on success and on refusal
};
/// Old format (NT 5.x, 6.0, 6.1): one log is used, LOG1 unless only another one fits.
Applied replay_dirt(std::vector<std::byte>& primary, std::span<const NamedLog> logs);
/// New format (NT 6.3 on): the logs are used in the order of their sequence numbers.
Applied replay_hvle(std::vector<std::byte>& primary, std::span<const NamedLog> logs);

/// True when a hive of `bins_bytes` may come from this primary and these logs. A header in a small log could
/// otherwise ask for gigabytes: what is new in a hive must lie in its logs, bar some slack for zero pages.
bool growth_plausible(std::uint64_t bins_bytes, const std::vector<std::byte>& primary, std::span<const NamedLog> logs);

}  // namespace tq::format::regf
