// $ATTRIBUTE_LIST: where the attributes of a file lie when one record is not enough for them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "fs/ntfs/record.hpp"

namespace tq::fs::ntfs {

struct ListEntry {
  std::uint32_t type = 0;
  std::uint16_t id = 0;
  std::u16string name;
  std::uint64_t first_vcn = 0;
  Reference record;
};

struct AttributeList {
  std::vector<ListEntry> entries;
  std::optional<Error> damage;  ///< the entries behind it are lost
};

/// Entries up to the first that cannot be; what is behind it is lost and named.
AttributeList parse_attribute_list(Bytes b);

}  // namespace tq::fs::ntfs
