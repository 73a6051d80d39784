// What an archive may ask for. A triage collection of a whole server stays far below each of these.
#pragma once

#include <cstdint>

namespace tq::fs {

struct ArchiveLimits {
  std::uint64_t members = 500000;
  std::uint64_t name_bytes = std::uint64_t{64} << 20;   ///< of all names together
  std::uint64_t path_bytes = 4096;                      ///< of one name
  std::uint64_t path_depth = 64;                        ///< components of one name
  std::uint64_t member_bytes = std::uint64_t{1} << 30;  ///< of one member that is taken into memory
  /// Unpacked to packed bytes. Hives and programs pack 3 to 10 times; deflate ends at 1032, xz near 7000. Counted only past
  /// `free_bytes`, so that a small file of zeros is no bomb.
  std::uint64_t ratio = 200;
  std::uint64_t free_bytes = std::uint64_t{64} << 20;
  /// Of the members held ready, see ArchiveOptions::keep. What does not fit is unpacked again when it is opened.
  std::uint64_t kept_bytes = std::uint64_t{96} << 20;
  std::uint64_t again_bytes = std::uint64_t{16} << 30;      ///< unpacked to reach single files of a packed tar: a minute or so
  std::uint64_t handed_out_bytes = std::uint64_t{8} << 20;  ///< of those that were opened once
};

}  // namespace tq::fs
