#include "tests/support/qcow2_builder.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <stdexcept>

namespace tq::test {
namespace {

using Buffer = std::vector<std::byte>;

void put_be(Buffer& b, std::size_t at, std::uint64_t v, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) b.at(at + i) = static_cast<std::byte>(v >> (8 * (width - 1 - i)));
}

bool is_zeros(std::span<const std::byte> s) {
  return std::ranges::all_of(s, [](std::byte b) { return b == std::byte{0}; });
}

/// A raw deflate stream with the 4 KiB window that QEMU uses, or empty when it would not be smaller.
Buffer deflated(std::span<const std::byte> in) {
  Buffer out(in.size());
  z_stream z{};
  if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -12, 9, Z_DEFAULT_STRATEGY) != Z_OK) throw std::runtime_error("deflate");
  z.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(in.data()));
  z.avail_in = static_cast<uInt>(in.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size() - 1);
  const bool fits = deflate(&z, Z_FINISH) == Z_STREAM_END;
  out.resize(fits ? z.total_out : 0);
  deflateEnd(&z);
  return out;
}

Buffer zstd_packed(std::span<const std::byte> in) {
  Buffer out(in.size());
  const std::size_t n = ZSTD_compress(out.data(), out.size() - 1, in.data(), in.size(), 3);
  out.resize(ZSTD_isError(n) != 0 ? 0 : n);
  return out;
}

class Writer {
 public:
  explicit Writer(const Qcow2Options& o) : o_(o), cluster_(std::size_t{1} << o.cluster_bits) {}

  Buffer write(const Buffer& disk, const Buffer& beneath) {
    take();  // the header
    const std::size_t per_table = cluster_ / 8;
    const std::size_t clusters = (disk.size() + cluster_ - 1) / cluster_;
    l1_entries_ = std::max<std::size_t>((clusters + per_table - 1) / per_table, 1);
    l1_at_ = take((l1_entries_ * 8 + cluster_ - 1) / cluster_);
    for (std::size_t i = 0; i < clusters; ++i) write_cluster(i, disk, beneath);
    file_.resize((file_.size() + cluster_ - 1) / cluster_ * cluster_);
    write_refcounts();
    write_header(disk.size());
    return file_;
  }

 private:
  /// New clusters at the end of the file, of refcount 1.
  std::size_t take(std::size_t count = 1) {
    file_.resize((file_.size() + cluster_ - 1) / cluster_ * cluster_);
    const std::size_t at = file_.size();
    file_.resize(at + count * cluster_);
    refcounts_.resize(file_.size() / cluster_, 1);
    return at;
  }

  Buffer cluster_of(const Buffer& disk, std::size_t index) const {
    Buffer out(cluster_);
    const std::size_t at = index * cluster_;
    if (at < disk.size()) std::copy_n(disk.begin() + static_cast<std::ptrdiff_t>(at), std::min(cluster_, disk.size() - at), out.begin());
    return out;
  }

  void write_cluster(std::size_t index, const Buffer& disk, const Buffer& beneath) {
    const Buffer content = cluster_of(disk, index);
    const bool over_something = !o_.backing_name.empty();
    if (over_something ? content == cluster_of(beneath, index) : is_zeros(content) && !o_.zero_clusters) return;
    const std::size_t entry = l2_entry_at(index);
    // A cluster of zeros over something must be said; version 2 can only store it.
    const std::uint64_t value = is_zeros(content) && o_.version >= 3 ? 1 : stored(content);
    put_be(file_, entry, value, 8);
  }

  std::size_t l2_entry_at(std::size_t index) {
    const std::size_t per_table = cluster_ / 8, table = index / per_table;
    if (table != l2_number_ || l2_at_ == 0) {
      l2_at_ = take();
      l2_number_ = table;
      put_be(file_, l1_at_ + table * 8, l2_at_ | kCopied, 8);
    }
    return l2_at_ + index % per_table * 8;
  }

  std::uint64_t stored(const Buffer& content) {
    Buffer packed;
    if (o_.packing == Qcow2Packing::zlib) packed = deflated(content);
    if (o_.packing == Qcow2Packing::zstd) packed = zstd_packed(content);
    if (!packed.empty()) return stored_packed(packed);
    const std::size_t at = take();
    std::ranges::copy(content, file_.begin() + static_cast<std::ptrdiff_t>(at));
    return at | kCopied;
  }

  /// Packed clusters lie end to end; each counts in every cluster of the file that it touches.
  std::uint64_t stored_packed(const Buffer& packed) {
    const std::size_t at = file_.size();
    file_.insert(file_.end(), packed.begin(), packed.end());
    const std::size_t sectors = (at + packed.size() - 1) / 512 - at / 512;
    refcounts_.resize((file_.size() + cluster_ - 1) / cluster_, 0);
    const std::size_t end = (at / 512 + sectors + 1) * 512 - 1;  // as the entry says it, rounded to sectors
    for (std::size_t c = at / cluster_; c <= std::min(end / cluster_, refcounts_.size() - 1); ++c) ++refcounts_[c];
    const unsigned offset_bits = 62 - (o_.cluster_bits - 8);
    return kPacked | std::uint64_t{sectors} << offset_bits | at;
  }

  void write_refcounts() {
    const std::size_t per_block = cluster_ / 2;
    std::size_t blocks = 1, table_clusters = 1;
    while (blocks * per_block < refcounts_.size() + blocks + table_clusters) ++blocks;
    table_clusters = (blocks * 8 + cluster_ - 1) / cluster_;
    while (blocks * per_block < refcounts_.size() + blocks + table_clusters) ++blocks;
    refcount_clusters_ = table_clusters;
    refcounts_at_ = take(table_clusters);
    const std::size_t first = take(blocks);
    for (std::size_t i = 0; i < blocks; ++i) put_be(file_, refcounts_at_ + i * 8, first + i * cluster_, 8);
    for (std::size_t i = 0; i < refcounts_.size(); ++i) put_be(file_, first + i * 2, refcounts_[i], 2);
  }

  void put_extension(std::size_t& at, std::uint32_t type, const std::string& data) {
    put_be(file_, at, type, 4);
    put_be(file_, at + 4, data.size(), 4);
    std::memcpy(file_.data() + at + 8, data.data(), data.size());
    at += 8 + (data.size() + 7) / 8 * 8;
  }

  void write_header(std::size_t disk_size) {
    const bool zstd = o_.packing == Qcow2Packing::zstd;
    put_be(file_, 0, 0x514649FB, 4);
    put_be(file_, 4, o_.version, 4);
    put_be(file_, 20, o_.cluster_bits, 4);
    put_be(file_, 24, disk_size, 8);
    put_be(file_, 36, l1_entries_, 4);
    put_be(file_, 40, l1_at_, 8);
    put_be(file_, 48, refcounts_at_, 8);
    put_be(file_, 56, refcount_clusters_, 4);
    std::size_t at = 72;
    if (o_.version >= 3) {
      put_be(file_, 72, zstd ? 8 : 0, 8);
      put_be(file_, 96, 4, 4);  // refcounts of 16 bits
      put_be(file_, 100, 112, 4);
      file_[104] = static_cast<std::byte>(zstd ? 1 : 0);
      at = 112;
    }
    if (!o_.backing_format.empty()) put_extension(at, 0xE2792ACA, o_.backing_format);
    put_extension(at, 0, "");
    if (o_.backing_name.empty()) return;
    put_be(file_, 8, at, 8);
    put_be(file_, 16, o_.backing_name.size(), 4);
    std::memcpy(file_.data() + at, o_.backing_name.data(), o_.backing_name.size());
  }

  static constexpr std::uint64_t kCopied = std::uint64_t{1} << 63, kPacked = std::uint64_t{1} << 62;
  const Qcow2Options& o_;
  std::size_t cluster_;
  Buffer file_;
  std::vector<std::uint16_t> refcounts_;
  std::size_t l1_at_ = 0, l1_entries_ = 0, l2_at_ = 0, l2_number_ = 0, refcounts_at_ = 0, refcount_clusters_ = 0;
};

}  // namespace

ImageFiles write_qcow2(const std::vector<std::byte>& disk, const Qcow2Options& o) {
  ImageFiles out;
  out.main = o.name;
  out.files[o.name] = Writer(o).write(disk, {});
  return out;
}

ImageFiles write_qcow2_over(const std::vector<std::byte>& disk, const std::vector<std::byte>& backing_disk, const ImageFiles& backing,
                            const Qcow2Options& o) {
  ImageFiles out;
  out.main = o.name;
  out.add(backing);
  out.files[o.name] = Writer(o).write(disk, backing_disk);
  return out;
}

}  // namespace tq::test
