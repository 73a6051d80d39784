#include "fs/ntfs/disk.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tq::fs::ntfs {
namespace {

Error past_end(std::uint64_t offset, std::size_t wanted, std::size_t got) {
  return Error{ErrorCode::truncated, "ntfs.volume", fmt::format("{} bytes", wanted), fmt::format("{} before the end", got), offset};
}

}  // namespace

Status Disk::read(std::uint64_t offset, std::span<std::byte> out) const {
  if (offset > size() || out.size() > size() - offset) return past_end(offset, out.size(), offset < size() ? size() - offset : 0);
  TQ_TRY(const std::size_t n, source_->read_at(offset, out));
  if (n != out.size()) return past_end(offset, out.size(), n);
  return ok();
}

/// A miss where one of the last readers stopped is taken as its next step, and fetches twice as much as its last one. A miss
/// anywhere else fetches one page: most lookups jump, and every byte too many counts on slow images.
std::size_t Disk::pages_to_fetch(std::uint64_t number, std::uint64_t pages_ahead) {
  for (Head& h : heads_) {
    if (h.pages == 0 || h.next != number) continue;
    h.pages = std::min(h.pages * 2, kMostAhead);
    const std::size_t n = std::min<std::uint64_t>(h.pages, pages_ahead);
    h.next = number + n;
    return n;
  }
  heads_[oldest_head_] = {number + 1, 1};
  oldest_head_ = (oldest_head_ + 1) % heads_.size();
  return 1;
}

void Disk::keep(std::uint64_t number, std::span<const std::byte> bytes) {
  // Reading ahead can run into pages that are here already.
  if (const auto known = by_number_.find(number); known != by_number_.end()) {
    recent_.splice(recent_.begin(), recent_, known->second);
    return;
  }
  Page p{number, recent_.size(), bytes.size()};
  // The slab grows to its full size only when that many pages are used: a small volume needs little.
  if (recent_.size() == kPages) {
    p.slot = recent_.back().slot;
    by_number_.erase(recent_.back().number);
    recent_.pop_back();
  } else if (slab_.size() < (p.slot + 1) * kPage) {
    slab_.resize((p.slot + 1) * kPage);
  }
  std::copy(bytes.begin(), bytes.end(), slab_.begin() + static_cast<std::ptrdiff_t>(p.slot * kPage));
  recent_.push_front(p);
  by_number_[number] = recent_.begin();
}

Result<const Disk::Page*> Disk::page(std::uint64_t number, std::uint64_t pages_ahead) {
  if (const auto it = by_number_.find(number); it != by_number_.end()) {
    recent_.splice(recent_.begin(), recent_, it->second);
    return &*it->second;
  }
  const std::uint64_t offset = number * kPage;
  if (offset >= size()) return past_end(offset, kPage, 0);
  const std::size_t pages = pages_to_fetch(number, std::max<std::uint64_t>(pages_ahead, 1));
  std::vector<std::byte> buffer(std::min<std::uint64_t>(pages * kPage, size() - offset));
  TQ_TRY(const std::size_t n, source_->read_at(offset, buffer));
  // Last to first: the page that was asked for ends up as the most recent one.
  for (std::size_t i = (n + kPage - 1) / kPage; i-- > 0;)
    keep(number + i, std::span(buffer).subspan(i * kPage, std::min(kPage, n - i * kPage)));
  if (n == 0) return past_end(offset, kPage, 0);
  return &recent_.front();
}

Status Disk::read_cached(std::uint64_t offset, std::span<std::byte> out, std::uint64_t ahead) {
  for (std::size_t done = 0; done < out.size();) {
    const std::uint64_t at = offset + done;
    const std::size_t within = at % kPage;
    const std::uint64_t left = ahead > done ? ahead - done : 0;
    TQ_TRY(const Page* p, page(at / kPage, (within + left + kPage - 1) / kPage));
    const std::size_t n = std::min(kPage - within, out.size() - done);
    if (within + n > p->valid) return past_end(at, n, p->valid > within ? p->valid - within : 0);
    std::copy_n(slab_.begin() + static_cast<std::ptrdiff_t>(p->slot * kPage + within), n, out.begin() + static_cast<std::ptrdiff_t>(done));
    done += n;
  }
  return ok();
}

}  // namespace tq::fs::ntfs
