// One stretch of a VMDK disk and the file it lies in.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "io/byte_source.hpp"

namespace tq::image::vmdk_format {

inline constexpr std::uint64_t kSector = 512;

/// What lies at one place of an extent, and how far it goes on (it may go on behind the extent's end).
struct Piece {
  enum class Kind {
    hole,  ///< not in this image: the parent's, or zeros
    zeros,
    stored,  ///< in the file, from `at` on
    packed,  ///< a packed grain, at `at` in the file
  };
  Kind kind = Kind::hole;
  std::uint64_t size = 0;
  std::uint64_t at = 0;
  std::uint64_t skip = 0;  ///< packed: bytes of the grain before the piece
};

class Extent {
 public:
  virtual ~Extent() = default;
  /// `offset`: bytes from the start of the extent, inside it.
  [[nodiscard]] virtual Result<Piece> piece_at(std::uint64_t offset) const = 0;
  /// The packed grain at `at`, which is the one for byte `grain_at` of the extent. Returns the bytes written.
  [[nodiscard]] virtual Result<std::size_t> unpack(std::uint64_t at, std::uint64_t grain_at, std::span<std::byte> out) const;
  [[nodiscard]] virtual std::uint64_t packed_bytes() const { return 0; }  ///< of an unpacked grain; 0: never packed
  [[nodiscard]] virtual const io::ByteSource* file() const = 0;           ///< null when it has none
};

/// Bytes of `file` from `first` (bytes) on, as they are.
std::unique_ptr<Extent> flat_extent(std::shared_ptr<const io::ByteSource> file, std::uint64_t first);
/// An extent of zeros without a file.
std::unique_ptr<Extent> zero_extent();

/// A sparse extent and what its header says besides.
struct Sparse {
  std::unique_ptr<Extent> extent;
  std::uint64_t size = 0;  ///< bytes of the disk it stands for
  bool packed = false;
  std::uint64_t descriptor_at = 0, descriptor_size = 0;  ///< bytes; size 0 when it has no embedded one
  std::vector<std::string> notes;
};

bool is_sparse(const io::ByteSource& file);    ///< "KDMV": VMware's hosted products, OVF
bool is_cowd(const io::ByteSource& file);      ///< "COWD": snapshots and thin disks of ESX on VMFS up to 5
bool is_sesparse(const io::ByteSource& file);  ///< snapshots of ESXi on VMFS 6

/// `pages`: how many pages of 4 KiB of tables are kept in memory.
Result<Sparse> open_sparse(std::shared_ptr<const io::ByteSource> file, std::size_t pages);
Result<Sparse> open_cowd(std::shared_ptr<const io::ByteSource> file, std::size_t pages);

}  // namespace tq::image::vmdk_format
