// Reading by RVA through a page cache, so that a walk over many small structures costs few reads of the source.
#pragma once

#include <map>

#include "format/pe/pe.hpp"

namespace tq::format::pe {

// Of imports and exports: the linker's own limit of a name (C++ names get long), and of the text of all names, because names that overlap
// can ask for far more than the file holds.
inline constexpr std::size_t kNameBytes = 4096;
inline constexpr std::uint64_t kTextLimit = 8u << 20;

/// The place names in errors are literals; `offset` of an error is the file offset when it is known.
class Mapped {
 public:
  Mapped(const io::ByteSource& source, const Image& image) : source_(source), image_(image) {}

  /// Fills all of `out` from `rva`, or says which byte is missing.
  Status read(std::uint64_t rva, std::span<std::byte> out, const char* place);

  template <OnDisk T>
  Result<T> get(std::uint64_t rva, const char* place) {
    std::array<std::byte, sizeof(T)> raw{};
    TQ_TRY([[maybe_unused]] const auto done, read(rva, raw, place));
    T v;
    std::memcpy(&v, raw.data(), sizeof(T));
    return v;
  }

  /// A NUL-terminated name of at most `limit` bytes (Latin-1 to UTF-8). Errors: limit when no NUL comes in time.
  Result<std::string> name(std::uint64_t rva, std::size_t limit, const char* place);

  /// The longest run of at most `most` bytes at `rva` that lies in one page: at least one byte. Valid until the next call.
  Result<Bytes> run(std::uint64_t rva, std::uint64_t most, const char* place);

 private:
  Result<const std::vector<std::byte>*> page(std::uint64_t number);
  const io::ByteSource& source_;
  const Image& image_;
  std::map<std::uint64_t, std::vector<std::byte>> pages_;  ///< by file offset / kPage
};

}  // namespace tq::format::pe
