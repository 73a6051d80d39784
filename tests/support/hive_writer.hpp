// What HiveBuilder collects, and the layout pass that turns it into bytes. Tests use hive_builder.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/version.hpp"

namespace tq::test {

struct HiveValue {
  std::u16string name;
  std::uint32_t type = 0;
  std::vector<std::byte> data;
};
struct HiveKey {
  std::u16string name, class_name;
  bool link = false;
  FileTime last_written;  ///< 0: that of the hive
  std::vector<HiveValue> values;
  std::vector<std::unique_ptr<HiveKey>> children;
};
struct HiveSpec {
  std::u16string file_name;
  FileTime last_written{132234336000000000};  // 2020-01-14T00:00:00Z
  std::uint32_t minor_version = 5;
  std::uint32_t sequence = 7;
  std::string list_kind;  ///< "lh", "lf", "li"; "" = by version
  HiveKey root;
};

/// Upper case as the sort order and the hashes of subkey lists need it: ASCII and Latin-1.
char16_t hive_upcase(char16_t c);
std::vector<std::byte> write_hive(const HiveSpec& spec);

/// Little-endian store at an offset that the caller made room for.
void put16(std::vector<std::byte>& out, std::size_t at, std::uint16_t v);
void put32(std::vector<std::byte>& out, std::size_t at, std::uint32_t v);
void put64(std::vector<std::byte>& out, std::size_t at, std::uint64_t v);
void put_text(std::vector<std::byte>& out, std::size_t at, std::string_view ascii);

}  // namespace tq::test
