// wesng's definitions behind a true header, so that the fuzzer gets to the rows; then as they are.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "catalog/catalog.hpp"
#include "feeds/tables.hpp"
#include "feeds/wesng.hpp"
#include "tests/support/catalog_builder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A catalog of a few rows: the tables of the whole one take longer to make than anything that the input asks for.
  static const auto compiled = tq::test::CatalogBuilder().compile();
  static const auto base = tq::catalog::Catalog::open(tq::bytes_of(compiled.bytes));
  const std::string header = "DatePosted,CVE,BulletinKB,Title,AffectedProduct,AffectedComponent,Severity,Impact,Supersedes,Exploits\n";
  const tq::Bytes rows(std::as_bytes(std::span(data, size)));
  for (const bool with_header : {true, false}) {
    tq::feeds::Gather gather(*base, "");
    tq::feeds::WesngReader reader("rows", gather);
    if (with_header && !reader.put(tq::bytes_of(header))) continue;
    if (!reader.put(rows) || !reader.finish()) continue;
    gather.sort_rows();
    (void)tq::feeds::make_tables(*base, gather);
  }
  return 0;
}
