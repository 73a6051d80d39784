// E01 images (Expert Witness), real bytes, from the bytes of a disk; and raw disks cut into parts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/image_files.hpp"

namespace tq::test {

struct EwfOptions {
  std::string name = "disk.E01";
  bool compress = true;  ///< chunks that get smaller are stored deflated; else all as they are
  std::uint32_t chunk_sectors = 64;
  std::uint32_t sector_bytes = 512;
  std::size_t chunks_per_table = 16375;
  std::size_t chunks_per_segment = 0;  ///< 0: one file; else .E01, .E02, ...
  bool smart = false;                  ///< the older layout (S01): a short volume section, chunks behind the table
};

/// Every segment with its sections; table and table2, hash and digest left to none. Disks are whole sectors.
ImageFiles write_ewf(const std::vector<std::byte>& disk, const EwfOptions& o = {});

/// A raw disk in parts of `part_bytes`: name "disk.001" gives disk.001, disk.002, ...; "disk.aa" gives disk.aa, disk.ab, ...
ImageFiles write_split(const std::vector<std::byte>& disk, std::size_t part_bytes, const std::string& name = "disk.001");

}  // namespace tq::test
