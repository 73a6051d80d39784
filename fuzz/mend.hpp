// Right checksums for mutants of the formats that have them: nothing behind a checksum would ever be reached otherwise. Bytes that are no
// such file are left as they are.
#pragma once

#include <zlib.h>

#include <cstring>
#include <vector>

#include "tests/support/disk_builder.hpp"
#include "tests/support/vhd_builder.hpp"
#include "tests/support/vhdx_builder.hpp"

namespace tq::fuzz {

using Blob = std::vector<std::byte>;

inline void mend_vhd(Blob& b) {
  constexpr std::size_t kFooter = 512;
  if (b.size() < 4 * kFooter) return;
  test::fix_vhd_footer(b, 0);
  test::fix_vhd_header(b);
  test::fix_vhd_footer(b, b.size() - kFooter);
}

/// Both headers, both region tables, and each sector of the log's first MiB that begins an entry.
inline void mend_vhdx(Blob& b) {
  constexpr std::size_t kUnit = std::size_t{64} << 10, kHeader = 4096, kLog = std::size_t{1} << 20;
  if (b.size() < 5 * kUnit) return;
  for (const std::size_t n : {1U, 2U}) test::fix_vhdx_checksum(b, n * kUnit, kHeader);
  for (const std::size_t n : {3U, 4U}) test::fix_vhdx_checksum(b, n * kUnit, kUnit);
  for (std::size_t at = kLog; at < 2 * kLog && b.size() >= kHeader && at <= b.size() - kHeader; at += kHeader) {
    std::uint32_t length = 0;
    if (std::memcmp(b.data() + at, "loge", 4) != 0) continue;
    std::memcpy(&length, b.data() + at + 8, sizeof length);
    if (length >= kHeader && length <= b.size() - at) test::fix_vhdx_checksum(b, at, length);
  }
}

/// Every section header, and the volume section behind its own.
inline void mend_ewf(Blob& b) {
  constexpr std::size_t kFirst = 13, kSection = 76, kVolume = 1052, kSum = 4;
  const auto fix = [&](std::size_t at, std::size_t size) {
    const auto sum =
        static_cast<std::uint32_t>(::adler32(1, reinterpret_cast<const Bytef*>(b.data()) + at, static_cast<uInt>(size - kSum)));
    std::memcpy(b.data() + at + size - kSum, &sum, kSum);
  };
  std::size_t at = kFirst;
  for (int i = 0; i < 100 && at <= b.size() && b.size() - at >= kSection; ++i) {
    std::uint64_t next = 0;
    std::memcpy(&next, b.data() + at + 16, sizeof next);
    fix(at, kSection);
    if (std::memcmp(b.data() + at, "volume", 6) == 0 && b.size() - at >= kSection + kVolume) fix(at + kSection, kVolume);
    if (next <= at) break;
    at = next;
  }
}

inline void mend_gpt(Blob& b) {
  constexpr std::size_t kSector = 512;
  if (b.size() < 2 * kSector + kSector) return;
  test::fix_gpt_checksums(b, 1);
}

}  // namespace tq::fuzz
