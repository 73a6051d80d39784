// How many bytes each room handed out (--stats): what was read of files, of disks, of volumes, of files inside.
#pragma once

#include <cstdint>
#include <memory>

#include "io/byte_source.hpp"

namespace tq::io {

enum class Meter {
  image,   ///< bytes of the disk, out of its container
  volume,  ///< bytes of volumes, asked for by file systems
  fs,      ///< bytes of files, out of file systems and archives
};

/// `source`, every byte it hands out counted.
std::shared_ptr<const ByteSource> metered(std::shared_ptr<const ByteSource> source, Meter meter);
/// The same bytes, counted for --stats as they are read.
std::unique_ptr<ByteSource> metered(std::unique_ptr<ByteSource> source, Meter meter);
/// Counted so far in this process. bytes_read() is what came from files of the host.
std::uint64_t metered_bytes(Meter meter);

}  // namespace tq::io
