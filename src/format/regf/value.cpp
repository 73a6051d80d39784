#include "core/text.hpp"
#include "format/regf/hive.hpp"
#include "format/regf/value_data.hpp"

namespace tq::format::regf {
namespace {

/// Units up to the first NUL, from `from` on; `next` is behind that NUL (or at the end).
Bytes until_nul(Bytes utf16, std::uint64_t from, std::uint64_t& next) {
  std::uint64_t at = from;
  while (at + 2 <= utf16.size() && field<std::uint16_t>(utf16, at) != 0) at += 2;
  next = at + 2 <= utf16.size() ? at + 2 : utf16.size();
  return utf16.try_sub(from, at - from).value_or(Bytes{});
}

}  // namespace

Result<std::vector<std::byte>> Value::data() const {
  const DataPlace place = locate_data(*image_, offset(), node_);
  if (place.fault != nullptr) return Error{ErrorCode::corrupt, "regf.value.data", "readable data", place.fault, place.fault_at};
  std::vector<std::byte> out;
  if (place.segments.empty())
    out.assign(place.direct.span().begin(), place.direct.span().end());
  else
    join_segments(*image_, place, out);
  return out;
}

std::optional<Bytes> Value::view(std::vector<std::byte>& scratch) const {
  if (const auto plain = plain_data(*image_, node_)) return plain;
  const DataPlace place = locate_data(*image_, offset(), node_);
  if (place.fault != nullptr) return std::nullopt;
  join_segments(*image_, place, scratch);
  return Bytes(std::span<const std::byte>(scratch));
}

std::optional<std::string> Value::text() const {
  if (type() != kRegSz && type() != kRegExpandSz) return std::nullopt;
  std::vector<std::byte> scratch;
  const auto bytes = view(scratch);
  if (!bytes) return std::nullopt;
  std::uint64_t next = 0;
  return utf16le_to_utf8(until_nul(*bytes, 0, next));
}

std::optional<std::vector<std::string>> Value::multi_text() const {
  if (type() != kRegMultiSz) return std::nullopt;
  std::vector<std::byte> scratch;
  const auto bytes = view(scratch);
  if (!bytes) return std::nullopt;
  std::vector<std::string> out;
  for (std::uint64_t at = 0; at + 2 <= bytes->size();) {
    const Bytes one = until_nul(*bytes, at, at);
    if (one.empty()) break;
    out.push_back(utf16le_to_utf8(one));
  }
  return out;
}

std::optional<std::uint32_t> Value::dword() const {
  if (type() != kRegDword && type() != kRegDwordBig) return std::nullopt;
  std::vector<std::byte> scratch;
  const auto bytes = view(scratch);
  if (!bytes || bytes->size() != 4) return std::nullopt;
  const auto v = field<std::uint32_t>(*bytes, 0);
  if (type() == kRegDword) return v;
  return (v >> 24) | ((v >> 8) & 0xFF00) | ((v << 8) & 0xFF0000) | (v << 24);
}

std::optional<std::uint64_t> Value::qword() const {
  if (type() != kRegQword) return std::nullopt;
  std::vector<std::byte> scratch;
  const auto bytes = view(scratch);
  if (!bytes || bytes->size() != 8) return std::nullopt;
  return field<std::uint64_t>(*bytes, 0);
}

}  // namespace tq::format::regf
