// ReportingEvents.log: parse, print everything.
#include <cstdint>
#include <cstdio>

#include "format/reporting_events/reporting_events.hpp"
#include "fuzz/sink.hpp"

using namespace tq;
using namespace tq::format;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto log = reporting_events::parse(Bytes(std::as_bytes(std::span(data, size))));
  if (!log) {
    print(log.error().text());
    return 0;
  }
  for (const reporting_events::Entry& e : log->entries) {
    print(e.id + e.time.text() + e.local_time + e.event_name + e.update_id + e.client + e.result + e.operation + e.text);
    print(reporting_events::to_string(e.outcome()));
    for (const std::uint32_t kb : e.kbs) print(kb_text(kb));
  }
  for (const Error& e : log->lost) print(e.text());
  return 0;
}
