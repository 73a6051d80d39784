// Partition tables: read with both sector sizes, name what every volume holds, print everything.
#include <cstdint>

#include "fuzz/mend.hpp"
#include "fuzz/sink.hpp"
#include "fuzz/sparse.hpp"
#include "volume/volume.hpp"

using namespace tq;

namespace {

void read_tables(const std::vector<std::byte>& bytes) {
  const auto disk = fuzz::view(bytes);
  for (const std::uint32_t sector_size : {512U, 4096U}) {
    const auto table = volume::read_table(*disk, sector_size);
    if (!table) {
      print(table.error().text());
      continue;
    }
    for (const volume::Volume& v : table->volumes) {
      if (v.size == 0 || v.offset >= bytes.size() || v.size > bytes.size() - v.offset) __builtin_trap();  // what every caller relies on
      print(v.scheme + v.type + v.name + v.id + v.role);
      print(std::string(volume::filesystem_of(*disk, v.offset)));
    }
    for (const Error& e : table->lost) print(e.text());
    for (const std::string& note : table->notes) print(note);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::byte>& bytes = fuzz::unfold(std::as_bytes(std::span(data, size)));
  read_tables(bytes);
  fuzz::mend_gpt(bytes);
  read_tables(bytes);
  return 0;
}
