#include "tests/support/ewf_builder.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "image/ewf/segments.hpp"
#include "image/raw/parts.hpp"

namespace tq::test {
namespace {

using Blob = std::vector<std::byte>;
constexpr std::size_t kSectionBytes = 76;

void put(Blob& b, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) b[at + i] = static_cast<std::byte>(value >> (8 * i));
}
std::uint32_t adler(const Blob& b, std::size_t at, std::size_t size) {
  return static_cast<std::uint32_t>(::adler32(1, reinterpret_cast<const Bytef*>(b.data() + at), static_cast<uInt>(size)));
}
void append(Blob& b, const Blob& more) { b.insert(b.end(), more.begin(), more.end()); }

Blob deflated(const Blob& b) {
  uLongf size = ::compressBound(static_cast<uLong>(b.size()));
  Blob out(size);
  ::compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(b.data()), static_cast<uLong>(b.size()), 1);
  out.resize(size);
  return out;
}

/// One segment file while it is written.
class Segment {
 public:
  explicit Segment(std::size_t number) : file_(13) {
    std::memcpy(file_.data(), "EVF\x09\r\n\xff\0", 8);
    file_[8] = std::byte{1};
    put(file_, 9, number, 2);
  }
  void section(std::string_view type, const Blob& body) {
    const std::size_t at = file_.size();
    file_.resize(at + kSectionBytes);
    std::memcpy(file_.data() + at, type.data(), type.size());
    const bool last = type == "next" || type == "done";
    put(file_, at + 16, last ? at : at + kSectionBytes + body.size(), 8);
    put(file_, at + 24, kSectionBytes + body.size(), 8);
    put(file_, at + 72, adler(file_, at, 72), 4);
    append(file_, body);
  }
  [[nodiscard]] std::size_t size() const { return file_.size(); }
  Blob take() { return std::move(file_); }

 private:
  Blob file_;
};

struct Writer {
  const Blob& disk;
  const EwfOptions& o;
  std::size_t chunk_bytes = std::size_t{o.chunk_sectors} * o.sector_bytes;
  std::size_t chunks = (disk.size() + chunk_bytes - 1) / chunk_bytes;

  [[nodiscard]] Blob volume() const {
    Blob b(o.smart ? 94 : 1052);
    put(b, 0, 1, 1);
    put(b, 4, chunks, 4);
    put(b, 8, o.chunk_sectors, 4);
    put(b, 12, o.sector_bytes, 4);
    put(b, 16, disk.size() / o.sector_bytes, o.smart ? 4 : 8);
    if (!o.smart) std::memset(b.data() + 64, 0x42, 16);
    put(b, b.size() - 4, adler(b, 0, b.size() - 4), 4);
    return b;
  }

  /// One chunk as it is stored; `packed` says whether it is deflated.
  Blob chunk(std::size_t number, bool& packed) const {
    const std::size_t at = number * chunk_bytes, n = std::min(chunk_bytes, disk.size() - at);
    Blob plain(disk.begin() + static_cast<std::ptrdiff_t>(at), disk.begin() + static_cast<std::ptrdiff_t>(at + n));
    if (const Blob small = deflated(plain); o.compress && small.size() < n) {
      packed = true;
      return small;
    }
    packed = false;
    const std::uint32_t sum = adler(plain, 0, n);
    plain.resize(n + 4);
    put(plain, n, sum, 4);
    return plain;
  }

  /// Chunks [from, to) with the sections that hold and list them.
  void table(Segment& segment, std::size_t from, std::size_t to) const {
    const std::size_t count = to - from;
    Blob data, table(24 + 4 * count);
    const std::size_t base = segment.size();  // offsets are counted from the start of the section with the data
    const std::size_t data_at = kSectionBytes + (o.smart ? table.size() : 0);
    for (std::size_t i = 0; i < count; ++i) {
      bool packed = false;
      const Blob stored = chunk(from + i, packed);
      put(table, 24 + 4 * i, (data_at + data.size()) | (packed ? 0x80000000U : 0), 4);
      append(data, stored);
    }
    put(table, 0, count, 4);
    put(table, 8, base, 8);
    put(table, 20, adler(table, 0, 20), 4);
    if (o.smart) {
      append(table, data);
      segment.section("table", table);
      return;
    }
    table.resize(table.size() + 4);
    put(table, table.size() - 4, adler(table, 24, 4 * count), 4);
    segment.section("sectors", data);
    segment.section("table", table);
    segment.section("table2", table);
  }

  ImageFiles write() const {
    ImageFiles out{o.name, {}};
    std::string name = o.name;
    const std::size_t per_segment = o.chunks_per_segment == 0 ? std::max<std::size_t>(chunks, 1) : o.chunks_per_segment;
    for (std::size_t from = 0, number = 1; from < chunks || number == 1; from += per_segment, ++number) {
      Segment segment(number);
      if (number == 1) {
        segment.section("header", deflated(Blob(40, std::byte{'a'})));
        segment.section("volume", volume());
      } else {
        segment.section("data", volume());
      }
      const std::size_t to = std::min(chunks, from + per_segment);
      for (std::size_t at = from; at < to; at += o.chunks_per_table) table(segment, at, std::min(to, at + o.chunks_per_table));
      segment.section(to == chunks ? "done" : "next", {});
      out.files[name] = segment.take();
      name = image::ewf_format::next_name(name).value_or("");
    }
    return out;
  }
};

}  // namespace

ImageFiles write_ewf(const Blob& disk, const EwfOptions& o) { return Writer{disk, o}.write(); }

ImageFiles write_split(const Blob& disk, std::size_t part_bytes, const std::string& name) {
  ImageFiles out{name, {}};
  std::string part = name;
  for (std::size_t at = 0; at < disk.size(); at += part_bytes) {
    const auto begin = disk.begin() + static_cast<std::ptrdiff_t>(at);
    out.files[part] = Blob(begin, begin + static_cast<std::ptrdiff_t>(std::min(part_bytes, disk.size() - at)));
    part = image::raw_parts::next_name(part).value_or("");
  }
  return out;
}

}  // namespace tq::test
