#include "image/vhdx/overlay.hpp"

#include <algorithm>
#include <cstring>

namespace tq::image::vhdx_format {

void Overlay::write(std::uint64_t offset, std::vector<std::byte> bytes) {
  if (bytes.empty()) return;
  const std::uint64_t end = offset + bytes.size();
  put(offset, {end, std::make_shared<const std::vector<std::byte>>(std::move(bytes)), 0});
}

void Overlay::zero(std::uint64_t offset, std::uint64_t size) {
  if (size != 0) put(offset, {offset + size, nullptr, 0});
}

void Overlay::grow(std::uint64_t size) { size_ = std::max(size_, size); }

void Overlay::put(std::uint64_t offset, Piece piece) {
  auto at = pieces_.upper_bound(offset);
  if (at != pieces_.begin()) {
    // The piece before may reach in: it keeps its head, and its tail when it reaches out again.
    const auto before = std::prev(at);
    const Piece old = before->second;
    if (old.end > offset) {
      if (old.end > piece.end) pieces_.emplace(piece.end, Piece{old.end, old.bytes, old.skip + (piece.end - before->first)});
      before->second.end = offset;
      if (before->first == offset) pieces_.erase(before);
    }
  }
  for (at = pieces_.lower_bound(offset); at != pieces_.end() && at->first < piece.end; at = pieces_.erase(at))
    if (at->second.end > piece.end)
      pieces_.emplace(piece.end, Piece{at->second.end, at->second.bytes, at->second.skip + (piece.end - at->first)});
  grow(piece.end);
  pieces_.insert_or_assign(offset, std::move(piece));
}

Status Overlay::read_below(std::uint64_t offset, std::span<std::byte> out) const {
  TQ_TRY(const std::size_t n, below_->read_at(offset, out));
  std::memset(out.data() + n, 0, out.size() - n);  // the file was made longer
  return ok();
}

Result<std::size_t> Overlay::read_at(std::uint64_t offset, std::span<std::byte> out) const {
  if (offset >= size_) return std::size_t{0};
  out = out.first(std::min<std::uint64_t>(out.size(), size_ - offset));
  auto piece = pieces_.upper_bound(offset);
  if (piece != pieces_.begin() && std::prev(piece)->second.end > offset) --piece;
  for (std::size_t done = 0; done < out.size();) {
    const std::uint64_t at = offset + done;
    const bool inside = piece != pieces_.end() && piece->first <= at;
    const std::uint64_t end = piece == pieces_.end() ? size_ : inside ? piece->second.end : piece->first;
    const auto part = out.subspan(done, std::min<std::uint64_t>(out.size() - done, end - at));
    if (!inside) {
      TQ_TRY([[maybe_unused]] const auto read, read_below(at, part));
    } else if (piece->second.bytes == nullptr) {
      std::memset(part.data(), 0, part.size());
    } else {
      std::memcpy(part.data(), piece->second.bytes->data() + piece->second.skip + (at - piece->first), part.size());
    }
    if (inside && at + part.size() == piece->second.end) ++piece;
    done += part.size();
  }
  return out.size();
}

}  // namespace tq::image::vhdx_format
