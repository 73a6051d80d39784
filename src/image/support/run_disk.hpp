// A disk put together from runs: stretches that are zeros, lie somewhere as they are, or are packed. Formats that map a
// disk by tables derive from it and answer one question: what lies at this offset.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "image/support/unpack.hpp"
#include "io/byte_source.hpp"

namespace tq::image {

struct Run {
  enum class Kind {
    zeros,
    stored,   ///< in `source` from `at` on; the bytes must be there
    beneath,  ///< the same, but in a parent, which may be shorter than the disk: what it lacks is zeros
    packed,   ///< inside one packed block, see RunDisk::unpack()
  };
  Kind kind = Kind::zeros;
  std::uint64_t size = 0;  ///< bytes, never 0
  const io::ByteSource* source = nullptr;
  std::uint64_t at = 0;    ///< stored, beneath: offset in source; packed: whatever unpack() needs
  std::uint64_t skip = 0;  ///< packed: bytes of the unpacked block before the run
};

class RunDisk : public io::ByteSource {
 public:
  [[nodiscard]] std::uint64_t size() const final { return size_; }
  /// Neighbouring runs that go on where the one before ends are read in one piece.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const final;

 protected:
  /// `block_bytes`: of an unpacked block, 0 when nothing is packed. `place` names the data in errors: "vmdk.grain".
  RunDisk(std::uint64_t size, std::uint64_t block_bytes, const char* place);

  /// What lies at `offset`, which is inside the disk.
  [[nodiscard]] virtual Result<Run> run_at(std::uint64_t offset) const = 0;
  /// Fills `out` with the whole block of a packed run, which begins at `block_at` of the disk. Returns the bytes written: fewer
  /// than a block only where the disk ends.
  [[nodiscard]] virtual Result<std::size_t> unpack(const Run& run, std::uint64_t block_at, std::span<std::byte> out) const;

 private:
  [[nodiscard]] Status read_run(const Run& run, std::uint64_t offset, std::span<std::byte> out) const;
  [[nodiscard]] Status read_packed(const Run& run, std::uint64_t block_at, std::span<std::byte> out) const;

  std::uint64_t size_, block_bytes_;
  const char* place_;
  /// The last few unpacked blocks: readers of file systems come back to the same ones.
  struct Block {
    std::uint64_t block_at = 0, used = 0;
    std::shared_ptr<const std::vector<std::byte>> bytes;
  };
  [[nodiscard]] std::shared_ptr<const std::vector<std::byte>> remembered(std::uint64_t block_at) const;
  void remember(std::uint64_t block_at, std::shared_ptr<const std::vector<std::byte>> bytes) const;
  mutable std::mutex mutex_;
  mutable std::vector<Block> blocks_;
  mutable std::uint64_t clock_ = 0;
};

}  // namespace tq::image
