// Cabinets: header, list of files, and the content of each within limits.
#include <cstdint>

#include "format/cab/cab.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const tq::Bytes file(std::as_bytes(std::span(data, size)));
  static_cast<void>(tq::format::cab::read_header(file));
  const auto c = tq::format::cab::Cabinet::open(file);
  if (!c) return 0;
  for (std::size_t i = 0; i < c->files().size() && i < 50; ++i) {
    const auto content = c->extract(i, 1 << 20);
    if (!content) static_cast<void>(content.error().text());
  }
  return 0;
}
