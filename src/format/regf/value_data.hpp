// Where the data of a value lies: in the value itself, in one cell, or in the segments of a big-data list.
#pragma once

#include <cstdint>
#include <optional>
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

/// The common case on the shortest way: data in the value itself or in one cell that holds it. nullopt: ask locate_data.
inline std::optional<Bytes> plain_data(const Image& image, Bytes value) {
  const auto stated = field<std::uint32_t>(value, Vk::kDataBytes);
  const std::uint32_t size = stated & ~Vk::kInline;
  if ((stated & Vk::kInline) != 0) return size <= 4 ? value.try_sub(Vk::kData, size) : std::nullopt;
  const auto cell = image.cell(field<std::uint32_t>(value, Vk::kData));
  return cell ? cell->try_sub(0, size) : std::nullopt;
}

/// Where the data of a value lies: in the value itself, in a cell, or in the parts of a big one. Nothing is copied; damage is in the
/// answer.
DataPlace locate_data(const Image& image, std::uint64_t value_at, Bytes value);
/// Joins the segments. Shape: place.size bytes.
void join_segments(const Image& image, const DataPlace& place, std::vector<std::byte>& out);

}  // namespace tq::format::regf
