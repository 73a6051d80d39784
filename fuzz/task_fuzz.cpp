// XML of a scheduled task: read it, print everything.
#include <cstdint>

#include "format/task/task.hpp"
#include "fuzz/sink.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto t = tq::format::task::read(tq::Bytes(std::as_bytes(std::span(data, size))));
  if (!t) {
    print(t.error().text());
    return 0;
  }
  for (const auto& a : t->actions) print(a.command);
  if (t->lost) print(t->lost->text());
  return 0;
}
