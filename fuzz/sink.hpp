// Where fuzz targets print to.
#pragma once

#include <cstdio>
#include <string_view>

/// Printing to a sink forces each byte to be looked at.
inline void print(std::string_view s) {
  static std::FILE* const sink = std::fopen("/dev/null", "w");
  if (sink != nullptr) std::fwrite(s.data(), 1, s.size(), sink);
}
