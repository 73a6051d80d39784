// SoftwareDistribution\ReportingEvents.log: what the Windows Update agent downloaded and installed, with results.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/version.hpp"

namespace tq::format::reporting_events {

enum class Outcome { success, failure, other };
const char* to_string(Outcome o);

/// One event. The texts after the update id are English on every system except `text`, which is in the system's language.
struct Entry {
  std::string id;              ///< "{GUID}" of the event
  FileTime time;               ///< UTC
  std::string local_time;      ///< as written, "2008-02-14 03:16:55:971-0000"
  std::uint32_t event_id = 0;  ///< 183 = installation succeeded, 182 = installation failed, 162 = download succeeded, ...
  std::string event_name;      ///< "AGENT_INSTALLING_SUCCEEDED"; empty in the logs of older agents
  std::string update_id;       ///< "{GUID}" of the update; zeros when the event is about none
  std::uint32_t revision = 0;
  std::uint32_t hresult = 0;
  std::string client;     ///< "AutomaticUpdates", "wusa", ...
  std::string result;     ///< as written: "Success", "Failure", "Reboot Required", ...
  std::string operation;  ///< "Content Install", "Content Download", "Software Synchronization", ...
  std::string text;
  std::vector<std::uint32_t> kbs;  ///< in `text`
  std::uint64_t offset = 0;
  [[nodiscard]] Outcome outcome() const;
  /// True for the two events that settle an installation (182 and 183).
  [[nodiscard]] bool settles_installation() const { return event_id == 182 || event_id == 183; }
};

struct Log {
  std::vector<Entry> entries;  ///< in file order
  std::vector<Error> lost;     ///< lines that are not in the log's shape
};

/// UTF-16LE (with or without its mark), as the agents of NT 6.0 write it, or 8-bit text. Shape: at most 100000 entries, 64 MiB.
/// Errors: limit (larger than 64 MiB), corrupt (no line in the log's shape).
Result<Log> parse(Bytes text);

}  // namespace tq::format::reporting_events
