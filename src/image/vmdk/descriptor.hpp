// The text that describes a VMDK disk: its ids, its parent, its extents. In a file of its own, or inside a sparse extent.
// Source: VMware, Virtual Disk Format 5.0, "The Descriptor File".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/byte_source.hpp"

namespace tq::image::vmdk_format {

struct ExtentLine {
  std::string access;  ///< "RW", "RDONLY", "NOACCESS"
  std::uint64_t sectors = 0;
  std::string type;                ///< "SPARSE", "FLAT", "ZERO", "VMFS", "VMFSSPARSE", ...
  std::string name;                ///< as it is written; empty for ZERO
  std::uint64_t first_sector = 0;  ///< flat: where it starts in its file
};

struct Descriptor {
  std::string cid;                        ///< content id, eight hex digits in lower case
  std::optional<std::string> parent_cid;  ///< the same; nullopt for a disk without a parent
  std::string parent_hint, create_type;
  std::vector<ExtentLine> extents;
  bool encrypted = false;
};

/// True when a file begins as a descriptor of its own does.
bool is_descriptor(const io::ByteSource& file);
/// The descriptor in `size` bytes at `offset`: text up to the first NUL. Errors: corrupt names what is missing or malformed;
/// limit above 1 MiB or 4096 extents.
Result<Descriptor> read_descriptor(const io::ByteSource& file, std::uint64_t offset, std::uint64_t size);

}  // namespace tq::image::vmdk_format
