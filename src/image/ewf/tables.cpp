#include "image/ewf/tables.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "image/ewf/adler32.hpp"
#include "io/window.hpp"

namespace tq::image::ewf_format {
namespace {

/// Tables of the usual size are 64 or 256 KiB; a single larger one is kept alone.
constexpr std::size_t kKeptBytes = 4U << 20;

/// The entries that stand at `offset`, and whether the checksum behind them is right.
struct Read {
  std::vector<std::byte> entries;
  bool whole = false;
};

Result<Read> read_entries(const io::ByteSource& source, std::uint64_t offset, std::uint32_t count) {
  Read out;
  out.entries.resize(std::uint64_t{4} * count);
  TQ_TRY([[maybe_unused]] const auto read, io::read_exactly(source, offset, out.entries, "ewf.table.entries"));
  std::array<std::byte, 4> sum{};
  const auto n = source.read_at(offset + out.entries.size(), sum);
  out.whole = n && *n == sum.size() && adler32(bytes_of(out.entries)) == *Bytes(sum).try_get<le32>(0);
  return out;
}

}  // namespace

Result<Tables::Entries> Tables::load(const Table& table) const {
  const io::ByteSource& source = *segments_.sources[table.segment];
  auto first = read_entries(source, table.offset, table.entries);
  if (table.copy_offset != 0 && (!first || !first->whole)) {
    auto copy = read_entries(source, table.copy_offset, table.entries);
    if (copy && (copy->whole || !first)) first = std::move(copy);
  }
  if (!first) return first.error();
  // Without a whole copy the entries are used as they are: each chunk's own checksum tells the wrong ones.
  return std::make_shared<const std::vector<std::byte>>(std::move(first->entries));
}

Result<Tables::Entries> Tables::entries_of(std::size_t table) const {
  const std::scoped_lock lock(mutex_);
  const auto at = std::find_if(loaded_.begin(), loaded_.end(), [&](const Loaded& l) { return l.table == table; });
  if (at != loaded_.end()) {
    std::rotate(at, at + 1, loaded_.end());
    return loaded_.back().entries;
  }
  TQ_TRY(Entries fresh, load(segments_.tables[table]));
  std::size_t kept = fresh->size();
  for (const Loaded& l : loaded_) kept += l.entries->size();
  while (kept > kKeptBytes && !loaded_.empty()) {
    kept -= loaded_.front().entries->size();
    loaded_.erase(loaded_.begin());
  }
  loaded_.push_back({table, fresh});
  return fresh;
}

Result<Chunk> Tables::chunk(std::uint64_t number) const {
  if (number >= segments_.chunks_listed)
    return Error{ErrorCode::corrupt,
                 "ewf.table",
                 fmt::format("chunk {}", number),
                 fmt::format("{} chunks listed", segments_.chunks_listed),
                 {},
                 "are all segments there?"};
  const auto behind = std::ranges::upper_bound(segments_.tables, number, {}, [](const Table& t) { return t.first_chunk; });
  const std::size_t index = static_cast<std::size_t>(behind - segments_.tables.begin()) - 1;
  const Table& table = segments_.tables[index];
  TQ_TRY(const Entries entries, entries_of(index));
  const std::uint64_t in_table = number - table.first_chunk;
  const auto entry = bytes_of(*entries).try_get<le32>(4 * in_table);
  const auto next = bytes_of(*entries).try_get<le32>(4 * (in_table + 1));
  if (!entry) return Error{ErrorCode::truncated, "ewf.table", fmt::format("chunk {}", number), "a shorter table", table.offset};
  const auto place = [&](std::uint32_t e) { return table.base + (e & ~kCompressed); };
  const std::uint64_t at = place(*entry);
  std::uint64_t end = next ? place(*next) : table.data_end;
  if (end <= at) end = std::max(table.data_end, at);  // the last one before a gap: see Chunk::size
  return Chunk{segments_.sources[table.segment].get(), at, end - at, (*entry & kCompressed) != 0};
}

}  // namespace tq::image::ewf_format
