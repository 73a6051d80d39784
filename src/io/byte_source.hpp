// Read-only bytes from somewhere: a file, memory, later a disk image or an archive member.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace tq::io {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// Fills `out` from `offset`. Short only at the end of the source; returns the bytes written.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const = 0;
};

/// Opens a regular file or block device for reading only. Links are followed: the user named this path.
Result<std::unique_ptr<ByteSource>> open_file(const std::string& path);
/// Bytes that are there already, as a source.
std::unique_ptr<ByteSource> from_memory(std::vector<std::byte> bytes);

/// Everything of a source, refused above `limit` bytes.
Result<std::vector<std::byte>> read_all(const ByteSource& s, std::uint64_t limit);
/// A file of the host as a whole. Errors: io; too_large above `limit` bytes.
Result<std::vector<std::byte>> read_file(const std::string& path, std::uint64_t limit);
/// Standard input to its end.
Result<std::vector<std::byte>> read_stdin(std::uint64_t limit);
/// Bytes read from files so far in this process (for --stats).
std::uint64_t bytes_read();

}  // namespace tq::io
