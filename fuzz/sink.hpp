// Where fuzz targets read from and print to.
#pragma once

#include <cstdio>
#include <memory>
#include <span>
#include <string_view>

#include "io/view.hpp"

/// Printing to a sink forces each byte to be looked at.
inline void print(std::string_view s) {
  static std::FILE* const sink = std::fopen("/dev/null", "w");
  if (sink != nullptr) std::fwrite(s.data(), 1, s.size(), sink);
}

namespace tq::fuzz {

/// Bytes that somebody else keeps, as a file.
inline std::unique_ptr<io::ByteSource> view(std::span<const std::byte> bytes) { return std::make_unique<io::View>(Bytes(bytes)); }

}  // namespace tq::fuzz
