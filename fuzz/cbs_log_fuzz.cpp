// CBS.log: parse, print everything.
#include <cstdint>
#include <cstdio>

#include "format/cbs_log/cbs_log.hpp"
#include "fuzz/sink.hpp"

using namespace tq;
using namespace tq::format;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto log = cbs_log::parse(Bytes(std::as_bytes(std::span(data, size))));
  if (!log) {
    print(log.error().text());
    return 0;
  }
  for (const cbs_log::StackLoad& s : log->stacks) print(s.version.text() + s.core_path + s.first_time + s.last_time);
  for (const cbs_log::PackageEvent& e : log->events)
    print(cbs_log::to_string(e.kind) + e.package.text() + e.state + e.first_time + e.last_time);
  for (const Error& e : log->lost) print(e.text());
  return 0;
}
