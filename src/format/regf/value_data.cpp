#include "format/regf/value_data.hpp"

#include <algorithm>

namespace tq::format::regf {
namespace {

constexpr std::uint32_t kSegmentBytes = 16344;  // a 16 KiB cell less its size field and padding
constexpr std::uint32_t kLastVersionWithoutBigData = 3;

DataPlace bad(const char* what, std::uint64_t at) { return {{}, {}, 0, what, at}; }

DataPlace locate_big(const Image& image, std::uint64_t list_at, Bytes list, std::uint32_t size) {
  const std::uint64_t count = field<std::uint16_t>(list, 2);
  const std::uint64_t wanted = (std::uint64_t{size} + kSegmentBytes - 1) / kSegmentBytes;
  if (count < wanted) return bad("big data: too few segments", list_at);
  const auto offsets = image.cell(field<std::uint32_t>(list, 4));
  const auto used = offsets ? offsets->try_sub(0, wanted * 4) : std::nullopt;
  if (!used) return bad("big data: segment list unreadable", list_at);
  for (std::uint64_t i = 0; i < wanted; ++i) {
    const auto segment = image.cell(field<std::uint32_t>(*used, i * 4));
    const std::uint64_t need = std::min<std::uint64_t>(kSegmentBytes, size - i * kSegmentBytes);
    if (!segment || segment->size() < need) return bad("big data: segment unreadable", list_at);
  }
  return {{}, *used, size, nullptr, 0};
}

}  // namespace

DataPlace locate_data(const Image& image, std::uint64_t value_at, Bytes value) {
  if (const auto data = plain_data(image, value)) return {*data, {}, static_cast<std::uint32_t>(data->size()), nullptr, 0};
  const auto size = field<std::uint32_t>(value, Vk::kDataBytes);
  if ((size & Vk::kInline) != 0) return bad("value: more than 4 bytes said to lie in the value itself", value_at);
  if (size == 0) return {};
  const auto offset = field<std::uint32_t>(value, Vk::kData);
  const auto cell = image.cell(offset);
  if (!cell) return bad("value: data cell unreadable", value_at);
  const bool big = size > kSegmentBytes && image.header().minor_version > kLastVersionWithoutBigData && cell->size() >= 8 &&
                   cell->chars().starts_with("db");
  return big ? locate_big(image, image.absolute(offset), *cell, size) : bad("value: data cell too short", value_at);
}

void join_segments(const Image& image, const DataPlace& place, std::vector<std::byte>& out) {
  out.clear();
  out.reserve(place.size);
  for (std::uint64_t i = 0; i < place.segments.size() / 4; ++i) {
    const auto segment = image.cell(field<std::uint32_t>(place.segments, i * 4));
    const std::uint64_t need = std::min<std::uint64_t>(kSegmentBytes, place.size - out.size());
    if (!segment || segment->size() < need) return;  // locate_data checked it; kept so that no order of calls can overrun
    out.insert(out.end(), segment->span().begin(), segment->span().begin() + static_cast<std::ptrdiff_t>(need));
  }
}

}  // namespace tq::format::regf
