#include "io/window.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <mutex>

namespace tq::io {
namespace {

class Window final : public ByteSource {
 public:
  Window(std::shared_ptr<const ByteSource> source, std::uint64_t offset, std::uint64_t size)
      : source_(std::move(source)), offset_(offset), size_(size) {}
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    if (offset >= size_) return std::size_t{0};
    return source_->read_at(offset_ + offset, out.first(std::min<std::uint64_t>(out.size(), size_ - offset)));
  }

 private:
  std::shared_ptr<const ByteSource> source_;
  std::uint64_t offset_, size_;
};

class Joined final : public ByteSource {
 public:
  explicit Joined(std::vector<std::shared_ptr<const ByteSource>> parts) : parts_(std::move(parts)) {
    ends_.reserve(parts_.size());
    for (const auto& p : parts_) ends_.push_back(size() + p->size());
  }
  [[nodiscard]] std::uint64_t size() const override { return ends_.empty() ? 0 : ends_.back(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    std::size_t done = 0;
    auto part = std::upper_bound(ends_.begin(), ends_.end(), offset);
    while (done < out.size() && part != ends_.end()) {
      const auto& source = *parts_[static_cast<std::size_t>(part - ends_.begin())];
      const std::uint64_t in_part = offset + done - (*part - source.size());
      const std::size_t wanted = std::min<std::uint64_t>(out.size() - done, source.size() - in_part);
      TQ_TRY(const std::size_t n, source.read_at(in_part, out.subspan(done, wanted)));
      done += n;
      if (n < wanted) break;  // the part became shorter while it was read
      ++part;
    }
    return done;
  }

 private:
  std::vector<std::shared_ptr<const ByteSource>> parts_;
  std::vector<std::uint64_t> ends_;  ///< offset behind each part in the whole
};

class Cached final : public ByteSource {
 public:
  Cached(std::shared_ptr<const ByteSource> source, std::size_t page_bytes, std::size_t pages)
      : source_(std::move(source)), page_bytes_(page_bytes), pages_(std::max<std::size_t>(pages, 1)) {}
  [[nodiscard]] std::uint64_t size() const override { return source_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    if (out.size() >= page_bytes_) return source_->read_at(offset, out);
    if (offset >= size()) return std::size_t{0};
    const std::scoped_lock lock(mutex_);
    std::size_t done = 0;
    while (done < out.size()) {
      TQ_TRY(const std::size_t n, from_page(offset + done, out.subspan(done)));
      if (n == 0) break;
      done += n;
    }
    return done;
  }

 private:
  struct Page {
    std::uint64_t number = ~std::uint64_t{0};
    std::vector<std::byte> bytes;
  };

  /// Direct-mapped: the tables read through it are walked in order, and a lookup must cost next to nothing.
  Result<std::size_t> from_page(std::uint64_t offset, std::span<std::byte> out) const {
    const std::uint64_t number = offset / page_bytes_;
    Page& page = pages_[number % pages_.size()];
    if (page.number != number) {
      page.number = ~std::uint64_t{0};  // stays so when the read fails
      page.bytes.resize(page_bytes_);
      TQ_TRY(const std::size_t n, source_->read_at(number * page_bytes_, page.bytes));
      page.bytes.resize(n);
      page.number = number;
    }
    const std::uint64_t in_page = offset % page_bytes_;
    if (in_page >= page.bytes.size()) return std::size_t{0};
    const std::size_t n = std::min<std::uint64_t>(out.size(), page.bytes.size() - in_page);
    std::memcpy(out.data(), page.bytes.data() + in_page, n);
    return n;
  }

  std::shared_ptr<const ByteSource> source_;
  std::size_t page_bytes_;
  mutable std::mutex mutex_;
  mutable std::vector<Page> pages_;
};

}  // namespace

std::unique_ptr<ByteSource> window(std::shared_ptr<const ByteSource> source, std::uint64_t offset, std::uint64_t size) {
  const std::uint64_t all = source->size();
  const std::uint64_t there = offset >= all ? 0 : std::min(size, all - offset);
  return std::make_unique<Window>(std::move(source), offset, there);
}

std::unique_ptr<ByteSource> join(std::vector<std::shared_ptr<const ByteSource>> parts) {
  return std::make_unique<Joined>(std::move(parts));
}

std::unique_ptr<ByteSource> cached(std::shared_ptr<const ByteSource> source, std::size_t page_bytes, std::size_t pages) {
  return std::make_unique<Cached>(std::move(source), page_bytes, pages);
}

Status read_exactly(const ByteSource& source, std::uint64_t offset, std::span<std::byte> out, const char* place) {
  if (out.empty()) return ok();  // a span without bytes has no address to hand on
  TQ_TRY(const std::size_t n, source.read_at(offset, out));
  if (n == out.size()) return ok();
  return Error{ErrorCode::truncated, place, fmt::format("{} bytes", out.size()), fmt::format("{} bytes", n), offset};
}

}  // namespace tq::io
