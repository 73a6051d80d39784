// Where the data of a value lies: in the value itself, in one cell, or in the segments of a big-data list.
#pragma once

#include <cstdint>
#include <vector>

#include "format/regf/image.hpp"

namespace tq::format::regf {

struct DataPlace {
  Bytes direct;                 ///< the data, when it is in one piece
  Bytes segments;               ///< cell offsets of the segments, when it is not; every one was checked
  std::uint32_t size = 0;       ///< bytes
  const char* fault = nullptr;  ///< what is damaged
  std::uint64_t fault_at = 0;   ///< absolute
};

DataPlace locate_data(const Image& image, std::uint64_t value_at, Bytes value);
/// Joins the segments. Shape: place.size bytes.
void join_segments(const Image& image, const DataPlace& place, std::vector<std::byte>& out);

}  // namespace tq::format::regf
