// QCOW2 images, real bytes, from the bytes of a disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/image_files.hpp"

namespace tq::test {

enum class Qcow2Packing { none, zlib, zstd };

struct Qcow2Options {
  std::string name = "disk.qcow2";
  std::uint32_t version = 3;  ///< 2 or 3; zstd needs 3
  std::uint32_t cluster_bits = 16;
  Qcow2Packing packing = Qcow2Packing::none;
  bool zero_clusters = false;       ///< write clusters of zeros as "zero" entries instead of leaving them out; version 3
  std::string backing_name = {};    ///< as it is written into the header; empty: none
  std::string backing_format = {};  ///< "qcow2", "raw"; empty: no hint
};

/// Clusters of zeros are left out; refcounts are right, so that `qemu-img check` is content.
ImageFiles write_qcow2(const std::vector<std::byte>& disk, const Qcow2Options& o = {});
/// Holds only the clusters in which `disk` differs from `backing_disk` (a shorter one counts as followed by zeros); `o` names the
/// backing file. The files of `backing` are included.
ImageFiles write_qcow2_over(const std::vector<std::byte>& disk, const std::vector<std::byte>& backing_disk, const ImageFiles& backing,
                            const Qcow2Options& o);

}  // namespace tq::test
