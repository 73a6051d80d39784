// Cuts a write off: the old hive, and the log that Windows would have left beside it.
#include <algorithm>
#include <cstring>

#include "format/regf/base_block.hpp"
#include "format/regf/marvin32.hpp"
#include "tests/support/hive_builder.hpp"
#include "tests/support/hive_writer.hpp"

namespace tq::test {
namespace {

constexpr std::size_t kHeader = 4096, kPage = 4096, kSector = 512;

std::uint32_t get32(const std::vector<std::byte>& b, std::size_t at) {
  std::uint32_t v = 0;
  std::memcpy(&v, b.data() + at, sizeof v);
  return v;
}

/// Offsets (relative to the first bin) of the 4 KiB pages that the write changes.
std::vector<std::size_t> changed_pages(const std::vector<std::byte>& a, const std::vector<std::byte>& b) {
  std::vector<std::size_t> out;
  for (std::size_t at = kHeader; at < b.size(); at += kPage) {
    const bool same = at + kPage <= a.size() && std::memcmp(a.data() + at, b.data() + at, kPage) == 0;
    if (!same) out.push_back(at - kHeader);
  }
  return out;
}

/// The state of the header while the write was under way: first sequence number raised, time already that of the new state.
std::vector<std::byte> cut_off(const std::vector<std::byte>& old_state, const std::vector<std::byte>& new_state) {
  std::vector<std::byte> out = old_state;
  put32(out, 4, get32(old_state, 8) + 1);
  std::memcpy(out.data() + 12, new_state.data() + 12, 8);
  fix_checksum(out);
  return out;
}

/// The log's own base block: a copy of the new header with its type and sequence.
std::vector<std::byte> log_header(const std::vector<std::byte>& new_state, std::uint32_t type, std::uint32_t sequence) {
  std::vector<std::byte> out(new_state.begin(), new_state.begin() + kSector);
  put32(out, 4, sequence);
  put32(out, 8, sequence);
  put32(out, 28, type);
  fix_checksum(out);
  return out;
}

void append_entry(std::vector<std::byte>& log, const std::vector<std::byte>& hive, const std::vector<std::size_t>& pages,
                  std::uint32_t sequence) {
  const std::size_t at = log.size();
  const std::size_t size = (40 + pages.size() * (8 + kPage) + kSector - 1) / kSector * kSector;
  log.resize(at + size);
  put_text(log, at, "HvLE");
  put32(log, at + 4, static_cast<std::uint32_t>(size));
  put32(log, at + 12, sequence);
  put32(log, at + 16, static_cast<std::uint32_t>(hive.size() - kHeader));
  put32(log, at + 20, static_cast<std::uint32_t>(pages.size()));
  std::size_t data = at + 40 + pages.size() * 8;
  for (std::size_t i = 0; i < pages.size(); ++i, data += kPage) {
    put32(log, at + 40 + 8 * i, static_cast<std::uint32_t>(pages[i]));
    put32(log, at + 44 + 8 * i, kPage);
    std::memcpy(log.data() + data, hive.data() + kHeader + pages[i], kPage);
  }
  const auto bytes = std::span<const std::byte>(log).subspan(at);
  put64(log, at + 24, format::regf::marvin32(Bytes(bytes.subspan(40))));
  put64(log, at + 32, format::regf::marvin32(Bytes(bytes.first(32))));
}

}  // namespace

void fix_checksum(std::vector<std::byte>& hive) { put32(hive, 508, format::regf::base_block_checksum(bytes_of(hive))); }

DirtyHive dirty_with_dirt_log(const std::vector<std::byte>& old_state, const std::vector<std::byte>& new_state) {
  DirtyHive out{cut_off(old_state, new_state), {}, {}};
  const auto pages = changed_pages(old_state, new_state);
  out.log1 = log_header(new_state, 1, get32(old_state, 8) + 1);
  const std::size_t bitmap = (new_state.size() - kHeader) / kSector / 8;
  out.log1.resize((kSector + 4 + bitmap + kSector - 1) / kSector * kSector);
  put_text(out.log1, kSector, "DIRT");
  for (const std::size_t p : pages) {
    out.log1[kSector + 4 + p / kPage] = std::byte{0xFF};  // Windows marks whole pages: eight sectors at once
    const auto from = new_state.begin() + static_cast<std::ptrdiff_t>(kHeader + p);
    out.log1.insert(out.log1.end(), from, from + kPage);
  }
  return out;
}

DirtyHive dirty_with_hvle_logs(const std::vector<std::byte>& old_state, const std::vector<std::byte>& new_state, std::uint32_t entries) {
  const auto pages = changed_pages(old_state, new_state);
  const std::uint32_t first = get32(old_state, 8);
  DirtyHive out{cut_off(old_state, new_state), log_header(new_state, 6, first), log_header(new_state, 6, first + entries)};
  const std::size_t share = pages.size() / (entries + 1);
  for (std::uint32_t i = 0; i <= entries; ++i) {
    const auto from = pages.begin() + static_cast<std::ptrdiff_t>(i * share);
    const auto to = i == entries ? pages.end() : from + static_cast<std::ptrdiff_t>(share);
    append_entry(i == entries ? out.log2 : out.log1, new_state, {from, to}, first + i);
  }
  return out;
}

}  // namespace tq::test
