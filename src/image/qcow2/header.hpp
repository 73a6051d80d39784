// The header of a QCOW2 image. Numbers are big-endian. Source: qemu, docs/interop/qcow2.txt.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "image/support/unpack.hpp"
#include "io/byte_source.hpp"

namespace tq::image::qcow2_format {

struct Header {
  std::uint32_t version = 0;       ///< 2 or 3
  std::uint32_t cluster_bits = 0;  ///< 9 to 21
  std::uint64_t disk_size = 0;     ///< bytes
  std::uint64_t l1_at = 0;         ///< bytes
  std::uint32_t l1_entries = 0;
  std::uint32_t snapshots = 0;
  Packing packing = Packing::raw_deflate;
  bool dirty = false, corrupt = false;
  std::optional<std::string> backing_name, backing_format;
  bool external_data = false;  ///< data clusters lie in the file `data_name`
  std::string data_name;

  [[nodiscard]] std::uint64_t cluster_bytes() const { return std::uint64_t{1} << cluster_bits; }
};

bool has_signature(const io::ByteSource& file);
/// Errors: truncated, corrupt (a field out of its range), unsupported (version 1, extended L2, an unknown feature, by name),
/// encrypted.
Result<Header> read_header(const io::ByteSource& file);

}  // namespace tq::image::qcow2_format
