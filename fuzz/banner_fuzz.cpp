// Banners: decode, recognise, parse, print everything.
#include <cstdint>
#include <cstdio>

#include "format/banner/banner.hpp"
#include "format/textcodec/textcodec.hpp"
#include "fuzz/sink.hpp"

using namespace tq;
using namespace tq::format;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = textcodec::decode(Bytes(std::as_bytes(std::span(data, size))));
  banner::looks_like(text.utf8);
  const auto all = banner::parse(text.utf8);
  if (!all) {
    print(all.error().text());
    return 0;
  }
  for (const auto& m : all->machines) {
    if (m.line == 0) __builtin_trap();
    print(m.product + m.edition + m.arch + m.host + m.domain + m.address + m.text + std::to_string(m.build.value_or(0)));
  }
  for (const auto& e : all->losses) print(e.text());
  return 0;
}
