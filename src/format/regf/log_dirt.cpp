// DIRT logs of NT 5.x to 6.1: a bitmap of 512-byte pages, then the pages.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>

#include "format/regf/base_block.hpp"
#include "format/regf/log.hpp"

namespace tq::format::regf {
namespace {

constexpr std::uint64_t kPageBytes = 512;  // whatever the sector size of the disk

struct DirtLog {
  NamedLog log;
  BaseBlock header;
  Bytes bitmap;
  std::uint64_t pages_at = 0;
  std::uint64_t pages = 0;
};

/// The copy of the last-written time in the first bin, for a base block that cannot be trusted.
std::optional<std::uint64_t> first_bin_time(Bytes primary) {
  const auto bin = primary.try_sub(kBaseBlockBytes, kBinHeaderBytes);
  if (!bin || !bin->chars().starts_with("hbin")) return std::nullopt;
  return bin->try_get<std::uint64_t>(20);
}

std::uint64_t count_bits(Bytes bitmap) {
  std::uint64_t n = 0;
  for (const std::byte b : bitmap.span()) n += static_cast<unsigned>(std::popcount(std::to_integer<unsigned>(b)));
  return n;
}

/// Reads the frame of the log. `why` says what is wrong when nothing comes back.
std::optional<DirtLog> read_frame(const NamedLog& log, std::string& why) {
  DirtLog d{log, *log.bytes.try_get<BaseBlock>(0), {}, 0, 0};
  const std::uint64_t bins = d.header.bins_bytes;
  if (bins == 0 || bins % kBinAlign != 0) return why = fmt::format("hive bins size {} is no multiple of 4096", bins), std::nullopt;
  const auto vector = log.bytes.try_sub(kSectorBytes, 4);
  if (!vector || vector->chars() != "DIRT") return why = "no DIRT signature at 512", std::nullopt;
  const auto bitmap = log.bytes.try_sub(kSectorBytes + 4, bins / kPageBytes / 8);
  if (!bitmap) return why = "the dirty vector is cut off", std::nullopt;
  d.bitmap = *bitmap;
  d.pages = count_bits(d.bitmap);
  if (d.pages == 0) return why = "the dirty vector names no page", std::nullopt;
  const std::uint64_t end = kSectorBytes + 4 + bitmap->size();
  d.pages_at = (end + kPageBytes - 1) / kPageBytes * kPageBytes;
  // What lies behind the last page is left from earlier, larger logs and is ignored.
  if (!log.bytes.holds(d.pages_at, d.pages * kPageBytes))
    return why = fmt::format("{} pages are named, {} are there", d.pages,
                             (log.bytes.size() - std::min(d.pages_at, log.bytes.size())) / kPageBytes),
           std::nullopt;
  return d;
}

bool dirty_page(const DirtLog& d, std::uint64_t page) {
  const auto b = d.bitmap.try_get<std::uint8_t>(page / 8);
  return b && ((*b >> (page % 8)) & 1) != 0;
}

void write_pages(const DirtLog& d, std::vector<std::byte>& hive) {
  std::uint64_t from = d.pages_at;
  for (std::uint64_t page = 0; page < d.bitmap.size() * 8; ++page) {
    if (!dirty_page(d, page)) continue;
    std::memcpy(hive.data() + kBaseBlockBytes + page * kPageBytes, d.log.bytes.data() + from, kPageBytes);
    from += kPageBytes;
  }
}

/// Windows gives the recovery up when a bin that the log rewrote is no bin. A bin that was bad before, and that
/// the log does not touch, is the hive's own damage and is not held against the log.
std::optional<std::uint64_t> bad_dirty_bin(const DirtLog& d, Bytes hive) {
  const std::uint64_t bins = d.header.bins_bytes;
  for (std::uint64_t at = 0; at < bins;) {
    const auto head = hive.try_sub(kBaseBlockBytes + at, kBinHeaderBytes);
    const std::uint64_t size = head ? head->try_get<std::uint32_t>(8).value_or(0) : 0;
    const bool good = head && head->chars().starts_with("hbin") && head->try_get<std::uint32_t>(4) == at && size != 0 &&
                      size % kBinAlign == 0 && size <= bins - at;
    if (!good && dirty_page(d, at / kPageBytes)) return kBaseBlockBytes + at;
    at += good ? size : kBinAlign;
  }
  return std::nullopt;
}

/// Applies to a copy first: a refused log must leave no trace.
std::string apply(const DirtLog& d, std::vector<std::byte>& primary) {
  std::vector<std::byte> copy = primary;
  const std::uint32_t bins = d.header.bins_bytes;
  if (copy.size() < kBaseBlockBytes + bins) copy.resize(kBaseBlockBytes + bins);
  write_pages(d, copy);
  if (const auto at = bad_dirty_bin(d, bytes_of(copy))) return fmt::format("the page for file offset {:#x} holds no hive bin", *at);
  write_base_block(copy, d.header, d.header.seq1, bins);
  primary = std::move(copy);
  return {};
}

/// Why this log does not belong to this state of the primary; empty when it does.
std::string mismatch(const DirtLog& d, const std::vector<std::byte>& primary, std::span<const NamedLog> logs) {
  const std::uint64_t time = d.header.last_written;
  if (base_block_valid(bytes_of(primary))) {
    if (bytes_of(primary).try_get<BaseBlock>(0)->last_written != time) return "last-written time differs from the hive's";
  } else {
    // Windows does not renew the copy at every write (it lags behind in the sample BadBaseBlockHive): only an older log is wrong.
    const auto bin = first_bin_time(bytes_of(primary));
    if (!bin) return "the hive has neither a valid base block nor a first bin to compare times with";
    if (time < *bin) return "last-written time is before that of the hive's first bin";
  }
  if (!growth_plausible(d.header.bins_bytes, primary, logs))
    return fmt::format("hive bins size {} is not plausible", std::uint32_t{d.header.bins_bytes});
  return {};
}

}  // namespace

Applied replay_dirt(std::vector<std::byte>& primary, std::span<const NamedLog> logs) {
  Applied out;
  const auto note = [&](const NamedLog& log, const std::string& text) {
    if (!out.detail.empty()) out.detail += "; ";
    out.detail += fmt::format("{}: {}", log.name, text);
  };
  for (const NamedLog& log : logs) {
    std::string why;
    const auto frame = read_frame(log, why);
    if (frame) why = mismatch(*frame, primary, logs);
    if (frame && why.empty()) why = apply(*frame, primary);
    if (why.empty()) {
      out.entries = 1;
      out.pages = static_cast<std::uint32_t>(frame->pages);
      note(log, fmt::format("{} pages of 512 bytes replayed", frame->pages));
      return out;
    }
    note(log, why);
  }
  return out;
}

}  // namespace tq::format::regf
