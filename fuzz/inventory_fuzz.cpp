// Inventories: decode, recognise, read row by row, print everything. The first byte chooses a mapping.
#include <cstdint>
#include <cstdio>

#include "format/inventory/inventory.hpp"
#include "format/textcodec/textcodec.hpp"
#include "fuzz/sink.hpp"

using namespace tq;
using namespace tq::format;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = textcodec::decode(Bytes(std::as_bytes(std::span(data, size))));
  inventory::looks_like(text.utf8);
  inventory::Mapping mapping;
  if (size > 0 && data[0] % 4 == 0) mapping = inventory::parse_map("name=a,version=b").value_or({});
  if (const auto map = inventory::parse_map(text.utf8)) print(map->column[0]);
  const auto all = inventory::parse(text.utf8, mapping);
  if (!all) {
    print(all.error().text());
    return 0;
  }
  for (const auto& m : all->machines) {
    print(m.name + m.product + m.version_text + m.arch + m.site + m.kernel_text);
    for (const auto kb : m.kbs) print(std::to_string(kb));
    for (const auto& id : m.other_ids) print(id);
    for (const auto& [key, value] : m.labels) print(key + value);
    for (const auto& e : m.conflicts) print(e.text());
  }
  for (const auto& e : all->losses) print(e.text());
  return 0;
}
