// A catalog file as --catalog takes it. The input is tried as it is and with a true size and hash, so that the fuzzer
// gets past the seal; what opens is read to its last field.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "catalog/level.hpp"
#include "tests/support/catalog_walk.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const std::vector<std::byte> raw(bytes.begin(), bytes.end());
  for (const auto& file : {raw, tq::test::sealed(raw)}) {
    const auto c = tq::catalog::Catalog::open(tq::bytes_of(file));
    if (!c) continue;
    (void)tq::test::walk(*c);
    for (std::uint16_t revision : {std::uint16_t{18005}, std::uint16_t{20489}, std::uint16_t{23717}})
      (void)tq::catalog::level_of_kernel(*c, {6, 0, 6003, revision});
  }
  return 0;
}
