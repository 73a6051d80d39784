#include "image/support/run_disk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "io/window.hpp"

namespace tq::image {
namespace {

/// Memory for unpacked blocks, per layer of a chain of parents.
constexpr std::uint64_t kRememberedBytes = std::uint64_t{1} << 20;
constexpr std::uint64_t kMaxRemembered = 16;

bool goes_on(const Run& a, const Run& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == Run::Kind::zeros) return true;
  return a.kind != Run::Kind::packed && a.source == b.source && a.at + a.size == b.at;
}

}  // namespace

RunDisk::RunDisk(std::uint64_t size, std::uint64_t block_bytes, const char* place) : size_(size), block_bytes_(block_bytes), place_(place) {
  if (block_bytes != 0) blocks_.resize(std::clamp<std::uint64_t>(kRememberedBytes / block_bytes, 1, kMaxRemembered));
}

Result<std::size_t> RunDisk::read_at(std::uint64_t offset, std::span<std::byte> out) const {
  if (offset >= size_) return std::size_t{0};
  const std::size_t wanted = std::min<std::uint64_t>(out.size(), size_ - offset);
  std::optional<Run> ahead;  // looked up already, but not part of the run before it
  for (std::size_t done = 0; done < wanted;) {
    if (!ahead) {
      TQ_TRY(ahead, run_at(offset + done));
    }
    Run run = *ahead;
    ahead.reset();
    run.size = std::min<std::uint64_t>(run.size, wanted - done);
    while (done + run.size < wanted) {
      TQ_TRY(ahead, run_at(offset + done + run.size));
      if (!goes_on(run, *ahead)) break;
      run.size = std::min<std::uint64_t>(run.size + ahead->size, wanted - done);
      ahead.reset();
    }
    TQ_TRY([[maybe_unused]] const auto fine, read_run(run, offset + done, out.subspan(done, run.size)));
    done += run.size;
  }
  return wanted;
}

Status RunDisk::read_run(const Run& run, std::uint64_t offset, std::span<std::byte> out) const {
  switch (run.kind) {
    case Run::Kind::zeros: std::ranges::fill(out, std::byte{0}); return ok();
    case Run::Kind::stored: return io::read_exactly(*run.source, run.at, out, place_);
    case Run::Kind::beneath: {
      TQ_TRY(const std::size_t n, run.source->read_at(run.at, out));
      std::ranges::fill(out.subspan(n), std::byte{0});
      return ok();
    }
    case Run::Kind::packed: return read_packed(run, offset - run.skip, out);
  }
  return ok();
}

Result<std::size_t> RunDisk::unpack(const Run& run, std::uint64_t /*block_at*/, std::span<std::byte> /*out*/) const {
  return Error{ErrorCode::unsupported, place_, "data as it is", "packed data", run.at};
}

Status RunDisk::read_packed(const Run& run, std::uint64_t block_at, std::span<std::byte> out) const {
  const auto short_of = [&](std::size_t n) {
    return Error{ErrorCode::corrupt, place_, fmt::format("{} bytes when unpacked", run.skip + out.size()), fmt::format("{}", n), run.at};
  };
  if (run.skip == 0 && out.size() == block_bytes_) {  // a whole block: nobody will come back for a part of it
    TQ_TRY(const std::size_t n, unpack(run, block_at, out));
    return n == out.size() ? ok() : Status(short_of(n));
  }
  auto block = remembered(block_at);
  if (block == nullptr) {
    std::vector<std::byte> fresh(block_bytes_);
    TQ_TRY(const std::size_t n, unpack(run, block_at, fresh));
    fresh.resize(n);
    block = std::make_shared<const std::vector<std::byte>>(std::move(fresh));
    remember(block_at, block);
  }
  const auto part = bytes_of(*block).try_sub(run.skip, out.size());
  if (!part) return short_of(block->size());
  std::memcpy(out.data(), part->data(), out.size());
  return ok();
}

std::shared_ptr<const std::vector<std::byte>> RunDisk::remembered(std::uint64_t block_at) const {
  const std::scoped_lock lock(mutex_);
  for (Block& b : blocks_) {
    if (b.bytes == nullptr || b.block_at != block_at) continue;
    b.used = ++clock_;
    return b.bytes;
  }
  return nullptr;
}

void RunDisk::remember(std::uint64_t block_at, std::shared_ptr<const std::vector<std::byte>> bytes) const {
  const std::scoped_lock lock(mutex_);
  const auto oldest = std::ranges::min_element(blocks_, {}, &Block::used);
  if (oldest != blocks_.end()) *oldest = Block{block_at, ++clock_, std::move(bytes)};
}

}  // namespace tq::image
