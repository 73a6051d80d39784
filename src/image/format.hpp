// A disk image format: what lies in a file, seen as the bytes of the disk. One file each; the build collects them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "io/byte_source.hpp"

namespace tq::image {

/// The files that lie beside an image: its segments, extents and parents are looked for only there.
class Neighbours {
 public:
  virtual ~Neighbours() = default;
  /// Bare names of the regular files beside the image, sorted.
  [[nodiscard]] virtual Result<std::vector<std::string>> names() const = 0;
  /// `name` is a bare file name, matched exactly first, then without case. Anything with a separator is not_found.
  [[nodiscard]] virtual Result<std::unique_ptr<io::ByteSource>> open(std::string_view name) const = 0;
};

/// An image file as a format sees it.
struct File {
  std::string name;  ///< bare name, for extensions and messages
  std::shared_ptr<const io::ByteSource> bytes;
  const Neighbours* beside = nullptr;  ///< null: nothing lies beside (standard input, an archive member)
  int depth = 0;                       ///< of parents above the image the user named; bounded by kMaxParents
  const File* child = nullptr;         ///< the image whose parent this is; null for the one the user named
};
inline constexpr int kMaxParents = 64;

/// The disk in an image.
struct Image {
  std::string format;                          ///< "vhd"
  std::string variant;                         ///< "dynamic", "differencing", "stream_optimised", ...
  std::uint32_t sector_size = 512;             ///< logical sector of the disk, bytes
  std::shared_ptr<const io::ByteSource> disk;  ///< its bytes; unallocated parts read as zeros
  std::vector<std::string> files;              ///< every file that was used: segments, extents, parents, by bare name
  std::vector<std::string> notes;              ///< "log replayed: 3 entries", "header damaged, copy used"
};

/// A kind of image: one object a file of this folder, found by the build.
struct Format {
  const char* name;  ///< wire name, as in docs/formats
  int rank;          ///< lower is asked first: signatures before raw
  /// True when the content carries this format's signature. Never by the name alone.
  bool (*probe)(const File&);
  Result<Image> (*open)(const File&);
};

/// Every format of this folder, by name; open() asks them by rank.
std::span<const Format* const> all();

/// The format whose signature the file carries, raw last; an error names what it is instead.
Result<Image> open(const File& file);
/// As the format of that name, whatever probe() says: the user forces it. Error usage for a name that is none.
Result<Image> open_as(const File& file, std::string_view format);

}  // namespace tq::image
