// VMDK images of all layouts, real bytes, from the bytes of a disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/image_files.hpp"

namespace tq::test {

struct VmdkOptions {
  std::string name = "disk.vmdk";
  std::uint32_t cid = 0x1234ABCD;
  std::uint32_t grain_sectors = 128;
  std::uint32_t entries_per_table = 512;
  bool zeroed_grains = false;                              ///< write grains of zeros as "zeroed" entries instead of leaving them out
  std::uint64_t extent_bytes = std::uint64_t{2047} << 20;  ///< of the split layouts
};

/// Monolithic sparse: embedded descriptor, both grain directories, grains of zeros left out.
ImageFiles write_vmdk_sparse(const std::vector<std::byte>& disk, const VmdkOptions& o = {});
/// Stream-optimised as the OVF tools write it: compressed grains with markers, grain directory at the end, footer.
ImageFiles write_vmdk_stream(const std::vector<std::byte>& disk, const VmdkOptions& o = {});
/// Monolithic flat: a descriptor file and NAME-flat.vmdk.
ImageFiles write_vmdk_flat(const std::vector<std::byte>& disk, const VmdkOptions& o = {});
/// 2 GB extents, flat: NAME-f001.vmdk, ...
ImageFiles write_vmdk_split_flat(const std::vector<std::byte>& disk, const VmdkOptions& o = {});
/// 2 GB extents, sparse: NAME-s001.vmdk, ...
ImageFiles write_vmdk_split_sparse(const std::vector<std::byte>& disk, const VmdkOptions& o = {});
/// ESX copy-on-write extent (COWD) with its descriptor: NAME-delta.vmdk.
ImageFiles write_vmdk_cowd(const std::vector<std::byte>& disk, const VmdkOptions& o = {});
/// A snapshot over `parent`, holding only the grains in which `disk` differs from `parent_disk`. The files of the parent are
/// included. Disks of equal size.
ImageFiles write_vmdk_delta(const std::vector<std::byte>& disk, const std::vector<std::byte>& parent_disk, const ImageFiles& parent,
                            std::uint32_t parent_cid, const VmdkOptions& o = {});

}  // namespace tq::test
