// CBS.log: which servicing stack was loaded when, and what became of packages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/version.hpp"
#include "format/servicing_names.hpp"

namespace tq::format::cbs_log {

/// "Loaded Servicing Stack v6.0.6002.18005 with Core: <path>". Consecutive loads of the same stack are one record.
struct StackLoad {
  FileVersion version;
  std::string core_path;
  std::string first_time, last_time;  ///< local time of the machine, "2016-09-28T04:30:30"
  std::uint64_t offset = 0;           ///< of the first line
  std::uint32_t count = 0;
};

/// What a line says about a package:
///   planned   "Plan: Package: P, current: ..., targeted: ..."
///   completed "Exec: Processing complete.  Session: ..., Package: P"
///   startup   "Startup: Package: P completed startup processing, new state: ..."
///   reported  any other line that names a package and an HRESULT
enum class EventKind { planned, completed, startup, reported };
const char* to_string(EventKind k);

struct PackageEvent {
  EventKind kind = EventKind::reported;
  PackageName package;
  std::string state;                     ///< "new state" or "targeted" when the line has one
  std::optional<std::uint32_t> hresult;  ///< absent when the line has none, which for `completed` means success
  std::string first_time, last_time;
  std::uint64_t offset = 0;
  std::uint32_t count = 0;  ///< lines that say the same
  /// A failure HRESULT (its top bit).
  [[nodiscard]] bool failed() const { return hresult && (*hresult & 0x80000000U) != 0; }
};

struct Log {
  std::vector<StackLoad> stacks;      ///< in file order
  std::vector<PackageEvent> events;   ///< in file order of first occurrence; repeats are counted, not listed
  std::string first_time, last_time;  ///< of the lines in the log's own shape
  std::uint64_t lines = 0;            ///< in the log's own shape
  std::uint64_t other_lines = 0;      ///< continuation lines and anything else
  std::vector<Error> lost;
};

/// One pass, no copy of the text. Shape: at most 20000 events and 1000 stack loads; at most 256 MiB are read.
/// Errors: unsupported (UTF-16), corrupt (not one line in the log's shape), limit (larger than 256 MiB).
Result<Log> parse(Bytes text);

}  // namespace tq::format::cbs_log
