// A month of CVRF, in pieces whose size the first byte gives; what it says becomes tables of a catalog.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "catalog/catalog.hpp"
#include "feeds/cvrf.hpp"
#include "feeds/tables.hpp"
#include "tests/support/catalog_builder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // A catalog of a few rows: the tables of the whole one take longer to make than anything that the input asks for.
  static const auto compiled = tq::test::CatalogBuilder().compile();
  static const auto base = tq::catalog::Catalog::open(tq::bytes_of(compiled.bytes));
  tq::feeds::Gather gather(*base, "");
  tq::feeds::CvrfReader reader("month", gather);
  const tq::Bytes all(std::as_bytes(std::span(data, size)).subspan(1));
  const std::uint64_t step = data[0] + 1U;
  for (std::uint64_t at = 0; at < all.size(); at += step)
    if (!reader.put(*all.try_sub(at, std::min(step, all.size() - at)))) return 0;
  if (!reader.finish()) return 0;
  gather.sort_rows();
  (void)tq::feeds::make_tables(*base, gather);
  return 0;
}
