// Streams as byte sources: plain ones read straight from the disk, compressed ones unit by unit.
#include <algorithm>

#include "fs/ntfs/lznt1.hpp"
#include "fs/ntfs/stream.hpp"

namespace tq::fs::ntfs {
namespace {

class PlainSource final : public io::ByteSource {
 public:
  PlainSource(std::shared_ptr<const Medium> medium, Stream s) : medium_(std::move(medium)), stream_(std::move(s)) {}
  [[nodiscard]] std::uint64_t size() const override { return stream_.size; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    if (offset >= stream_.size) return std::size_t{0};
    const std::size_t n = std::min<std::uint64_t>(out.size(), stream_.size - offset);
    TQ_TRY(const auto done, read_plain(medium_->disk, medium_->geometry, stream_, offset, out.first(n)));
    static_cast<void>(done);
    return n;
  }

 private:
  std::shared_ptr<const Medium> medium_;
  Stream stream_;
};

/// A unit whose clusters all lie on the disk is stored as it is, one without any is zeros, and one with some at its
/// beginning and a hole behind is compressed.
class CompressedSource final : public io::ByteSource {
 public:
  CompressedSource(std::shared_ptr<const Medium> medium, Stream s)
      : medium_(std::move(medium)), raw_(std::move(s)), size_(raw_.size), initialized_(raw_.initialized) {
    // The sizes are those of the content; what lies on the disk is packed and has others.
    raw_.size = raw_.initialized = std::uint64_t{1} << 62;
  }
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    if (offset >= size_) return std::size_t{0};
    const std::size_t all = std::min<std::uint64_t>(out.size(), size_ - offset);
    for (std::size_t done = 0; done < all;) {
      const std::uint64_t at = offset + done, within = at % unit_bytes();
      const std::size_t n = std::min<std::uint64_t>(unit_bytes() - within, all - done);
      TQ_TRY(const auto got, read_in_unit(at / unit_bytes(), within, out.subspan(done, n)));
      static_cast<void>(got);
      // Bytes that were never written are zeros, whatever the clusters hold.
      const std::size_t written = at < initialized_ ? std::min<std::uint64_t>(n, initialized_ - at) : 0;
      std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(done + written), n - written, std::byte{});
      done += n;
    }
    return all;
  }

 private:
  [[nodiscard]] std::uint64_t unit_bytes() const { return std::uint64_t{raw_.unit} * medium_->geometry.cluster_size; }

  /// Clusters of the unit that lie on the disk, counted from its beginning; nullopt when a part was lost.
  [[nodiscard]] std::optional<std::uint64_t> stored_clusters(std::uint64_t unit) const {
    const std::uint64_t first = unit * raw_.unit;
    std::uint64_t n = 0;
    while (n < raw_.unit) {
      const auto e = raw_.runs.at(first + n);
      if (!e) return std::nullopt;
      if (e->lcn == kHole) break;
      n += std::min<std::uint64_t>(e->clusters, raw_.unit - n);
    }
    return n;
  }

  [[nodiscard]] Status read_in_unit(std::uint64_t unit, std::uint64_t within, std::span<std::byte> out) const {
    const std::uint64_t start = unit * unit_bytes();
    if (start >= initialized_) return ok();
    const auto stored = stored_clusters(unit);
    // A part that was lost, a hole, or a plain unit: reading it plainly gives the error, the zeros or the bytes.
    if (!stored || *stored == 0 || *stored == raw_.unit) return read_plain(medium_->disk, medium_->geometry, raw_, start + within, out);
    if (kept_ != unit) {
      kept_ = kNone;
      TQ_TRY(const auto done, decompress(start, *stored));
      static_cast<void>(done);
      kept_ = unit;
    }
    std::copy_n(plain_.begin() + static_cast<std::ptrdiff_t>(within), out.size(), out.begin());
    return ok();
  }

  [[nodiscard]] Status decompress(std::uint64_t start, std::uint64_t clusters) const {
    const Geometry& g = medium_->geometry;
    packed_.resize(clusters * g.cluster_size);
    plain_.resize(unit_bytes());
    TQ_TRY(const auto got, read_plain(medium_->disk, g, raw_, start, packed_));
    static_cast<void>(got);
    const auto first = raw_.runs.at(start / g.cluster_size);
    return lznt1(Bytes(packed_, first ? first->lcn * g.cluster_size : 0), plain_);
  }

  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  std::shared_ptr<const Medium> medium_;
  Stream raw_;
  std::uint64_t size_, initialized_;
  mutable std::vector<std::byte> packed_, plain_;
  mutable std::uint64_t kept_ = kNone;  ///< the unit that plain_ holds
};

}  // namespace

std::unique_ptr<io::ByteSource> stream_source(std::shared_ptr<const Medium> medium, Stream s) {
  if (!s.resident && s.unit != 0) return std::make_unique<CompressedSource>(std::move(medium), std::move(s));
  return std::make_unique<PlainSource>(std::move(medium), std::move(s));
}

}  // namespace tq::fs::ntfs
