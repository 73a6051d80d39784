// One record of the master file table, and the attributes that lie in it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace tq::fs::ntfs {

/// Types of attributes that this reader looks at.
enum class AttributeType : std::uint32_t {
  standard_information = 0x10,
  attribute_list = 0x20,
  file_name = 0x30,
  volume_name = 0x60,
  volume_information = 0x70,
  data = 0x80,
  index_root = 0x90,
  index_allocation = 0xA0,
  bitmap = 0xB0,
  reparse_point = 0xC0,
};
inline constexpr auto kAttributeList = static_cast<std::uint32_t>(AttributeType::attribute_list);

/// A record number (48 bits) and, above it, the sequence number it had when the reference was made (0: any).
struct Reference {
  std::uint64_t raw = 0;
  [[nodiscard]] std::uint64_t number() const { return raw & 0xFFFFFFFFFFFFULL; }
  [[nodiscard]] std::uint16_t sequence() const { return static_cast<std::uint16_t>(raw >> 48); }
  static Reference of(std::uint64_t number, std::uint16_t sequence = 0) { return {number | (std::uint64_t{sequence} << 48)}; }
};

/// An attribute as its header says; what it holds is read by Stream, or by resident_value().
struct Attribute {
  std::uint32_t type = 0;
  std::uint16_t id = 0;
  std::uint16_t flags = 0;
  std::u16string name;
  bool resident = true;
  std::uint64_t first_vcn = 0;  ///< 0 for a resident one
  Bytes whole;                  ///< from its header on; a view into the record
};
inline constexpr std::uint16_t kCompressed = 0x00FF, kEncrypted = 0x4000;

/// A record whose update sequence was checked and undone.
struct Record {
  std::uint64_t number = 0;
  std::uint64_t offset = 0;  ///< in the volume
  std::uint16_t sequence = 0;
  bool in_use = false, folder = false;
  Reference base;  ///< 0, or the record whose attribute list names this one
  std::vector<std::byte> bytes;
  std::vector<Attribute> attributes;
  std::optional<Error> damage;  ///< why there may be attributes that are not listed
};

/// Puts the record together from its raw bytes. Errors: corrupt (signature, torn write, the number of another record).
/// Attributes after a damaged one are lost, which `damage` says.
Result<std::shared_ptr<const Record>> parse_record(std::vector<std::byte> raw, std::uint64_t number, std::uint64_t offset);

/// An attribute with the record that owns its bytes.
struct Piece {
  std::shared_ptr<const Record> record;
  const Attribute* attribute = nullptr;
};

/// Content of a resident attribute; corrupt when it reaches out of its record or is not resident.
Result<Bytes> resident_value(const Attribute& a);

}  // namespace tq::fs::ntfs
