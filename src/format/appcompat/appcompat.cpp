#include "format/appcompat/appcompat.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/limits.hpp"
#include "core/text.hpp"

namespace tq::format::appcompat {
namespace {

constexpr std::uint32_t kSignature60 = 0xBADC0FFE;  // NT 5.2 and 6.0
constexpr std::uint32_t kSignature61 = 0xBADC0FEE;
constexpr std::uint32_t kEntryLimit = 16384;     // the kernels keep 512 (5.2) or 1024 entries
constexpr std::uint64_t kTextLimit = 32u << 20;  // paths may overlap, so their sum is not bounded by the value
constexpr std::uint32_t kProbe = 64;             // entries that decide the word size and the generation
constexpr std::uint32_t kLargestFlags = 0xFF;    // insertion flags seen on NT 6.0 are 1 to 3; a program of 255 bytes is none

struct Record32 {
  le16 length, maximum;
  le32 offset;
  le64 modified;
  le32 tail_low, tail_high;
};
static_assert(OnDisk<Record32> && sizeof(Record32) == 24);
struct Record64 {
  le16 length, maximum;
  le32 padding;
  le64 offset, modified;
  le32 tail_low, tail_high;
};
static_assert(OnDisk<Record64> && sizeof(Record64) == 32);

/// An entry of either width. `tail` is flags and shim flags, or a file size.
struct Record {
  std::uint64_t at = 0, path_at = 0, modified = 0;
  std::uint32_t length = 0, maximum = 0, padding = 0, tail_low = 0, tail_high = 0;
};

struct Layout {
  std::uint64_t first, width32, width64;  ///< NT 6.1 appends a blob (size, offset) to each record
};

Layout layout_of(std::uint32_t signature) { return signature == kSignature61 ? Layout{128, 32, 48} : Layout{8, 24, 32}; }

std::optional<Record> record_at(Bytes value, std::uint64_t at, bool x64) {
  if (x64) {
    const auto r = value.try_get<Record64>(at);
    if (!r) return std::nullopt;
    return Record{at, r->offset, r->modified, r->length, r->maximum, r->padding, r->tail_low, r->tail_high};
  }
  const auto r = value.try_get<Record32>(at);
  if (!r) return std::nullopt;
  return Record{at, r->offset, r->modified, r->length, r->maximum, 0, r->tail_low, r->tail_high};
}

bool plausible(Bytes value, const Record& r) {
  return r.length != 0 && r.length % 2 == 0 && r.maximum >= r.length && r.padding == 0 && r.path_at > r.at &&
         value.holds(r.path_at, r.length);
}

std::uint32_t plausible_count(Bytes value, const Layout& l, std::uint32_t count, bool x64) {
  std::uint32_t good = 0;
  for (std::uint32_t i = 0; i < std::min(count, kProbe); ++i) {
    const auto r = record_at(value, l.first + i * (x64 ? l.width64 : l.width32), x64);
    if (r && plausible(value, *r)) ++good;
  }
  return good;
}

/// File sizes of programs are larger than any flags, so the median of the values tells the two apart.
Generation guess(Bytes value, const Layout& l, std::uint32_t count, bool x64) {
  std::uint32_t sizes = 0, seen = 0;
  for (std::uint32_t i = 0; i < std::min(count, kProbe); ++i) {
    const auto r = record_at(value, l.first + i * (x64 ? l.width64 : l.width32), x64);
    if (!r || !plausible(value, *r)) continue;
    ++seen;
    if (r->tail_low > kLargestFlags) ++sizes;
  }
  return sizes * 2 > seen ? Generation::nt52 : Generation::nt60;
}

class Reader {
 public:
  Reader(Bytes value, Layout layout, bool x64, bool sizes) : value_(value), layout_(layout), x64_(x64), sizes_(sizes) {}

  void read(std::uint32_t count, Cache& cache) {
    const std::uint32_t wanted = std::min(count, kEntryLimit);
    if (wanted < count)
      cache.lost.push_back(
          {ErrorCode::limit, "appcompat.count", fmt::format("at most {}", kEntryLimit), fmt::format("{}", count), value_.base() + 4});
    for (std::uint32_t i = 0; i < wanted; ++i) {
      const std::uint64_t at = layout_.first + std::uint64_t{i} * (x64_ ? layout_.width64 : layout_.width32);
      const auto r = record_at(value_, at, x64_);
      if (!r) {
        cache.lost.push_back({ErrorCode::truncated, "appcompat.entries", fmt::format("{} entries", count), fmt::format("{} entries", i),
                              value_.base() + at});
        return;
      }
      if (text_ > kTextLimit) {
        cache.lost.push_back(
            {ErrorCode::limit, "appcompat.paths", fmt::format("at most {} bytes", kTextLimit), "more", value_.base() + at});
        return;
      }
      add(i, *r, cache);
    }
  }

 private:
  void add(std::uint32_t index, const Record& r, Cache& cache) {
    const auto path = r.length % 2 == 0 ? value_.try_sub(r.path_at, r.length) : std::nullopt;
    if (!path) {
      if (cache.lost.size() < limits::kLossesListed)
        cache.lost.push_back({ErrorCode::corrupt, fmt::format("appcompat.entry {}.path", index), "an even length inside the value",
                              fmt::format("{} bytes at 0x{:x}", r.length, r.path_at), value_.base() + r.at});
      return;
    }
    Entry e;
    e.path = utf16le_to_utf8(*path);
    text_ += e.path.size();
    e.modified = {r.modified};
    e.offset = value_.base() + r.at;
    e.has_flags = !sizes_;
    if (sizes_) {
      e.file_size_or_0 = (std::uint64_t{r.tail_high} << 32) | r.tail_low;
    } else {
      e.flags = r.tail_low;
      e.shim_flags = r.tail_high;
    }
    cache.entries.push_back(std::move(e));
  }

  Bytes value_;
  Layout layout_;
  bool x64_, sizes_;
  std::uint64_t text_ = 0;
};

}  // namespace

Result<Cache> parse(Bytes value, Generation generation) {
  TQ_TRY(const std::uint32_t signature, value.get<le32>(0, "appcompat.signature"));
  TQ_TRY(const std::uint32_t count, value.get<le32>(4, "appcompat.count"));
  if (signature != kSignature60 && signature != kSignature61)
    return Error{ErrorCode::unsupported, "appcompat.signature", "0xbadc0ffe or 0xbadc0fee", fmt::format("0x{:08x}", signature),
                 value.base()};
  const Layout l = layout_of(signature);
  Cache cache;
  // The word size is not written down. The wrong one turns offsets into time stamps, so hardly any entry stays plausible.
  const std::uint32_t good32 = plausible_count(value, l, count, false), good64 = plausible_count(value, l, count, true);
  if (count != 0 && good32 == 0 && good64 == 0)
    return Error{ErrorCode::corrupt, "appcompat.entries", "entries of 32 or 64 bit", "no entry that fits", value.base() + l.first};
  const bool x64 = good64 >= good32;
  const bool nt61 = signature == kSignature61;
  cache.guessed = !nt61 && generation == Generation::guess;
  if (cache.guessed) generation = guess(value, l, count, x64);
  cache.layout = std::string(nt61 ? "nt61" : generation == Generation::nt52 ? "nt52" : "nt60") + (x64 ? "_x64" : "_x86");
  Reader(value, l, x64, !nt61 && generation == Generation::nt52).read(count, cache);
  return cache;
}

}  // namespace tq::format::appcompat
