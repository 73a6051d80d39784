// AppCompatCache: parse under each hint, derive the traces, print everything.
#include <cstdint>
#include <cstdio>

#include "format/appcompat/appcompat.hpp"
#include "fuzz/sink.hpp"

using namespace tq;
using namespace tq::format::appcompat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes value(std::as_bytes(std::span(data, size)));
  for (const Generation g : {Generation::guess, Generation::nt52, Generation::nt60}) {
    const auto cache = parse(value, g);
    if (!cache) {
      print(cache.error().text());
      continue;
    }
    for (const Entry& e : cache->entries) print(e.path + e.modified.text());
    for (const Error& e : cache->lost) print(e.text());
    for (const Trace& t : servicing_traces(*cache)) print(std::string(to_string(t.kind)) + t.name + t.version.text() + t.path);
  }
  return 0;
}
