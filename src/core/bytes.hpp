// Bytes: a span that knows its absolute offset. Every length test of the program is written here, once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/result.hpp"

namespace tq {

/// Little-endian integer for on-disk structs; alignment 1, so such structs have no padding.
template <class T>
struct le {
  static_assert(std::is_integral_v<T>);
  std::array<std::uint8_t, sizeof(T)> raw;
  constexpr operator T() const {  // NOLINT: reads as the integer it is
    std::make_unsigned_t<T> v = 0;
    for (std::size_t i = sizeof(T); i-- > 0;) v = static_cast<std::make_unsigned_t<T>>((static_cast<std::uint64_t>(v) << 8) | raw[i]);
    return static_cast<T>(v);
  }
};
using le16 = le<std::uint16_t>;
using le32 = le<std::uint32_t>;
using le64 = le<std::uint64_t>;

template <class T>
concept OnDisk = std::is_trivially_copyable_v<T> && (alignof(T) == 1 || std::is_integral_v<T>);

class Bytes {
 public:
  Bytes() = default;
  /// `base`: absolute offset of the first byte in the smallest enclosing file.
  explicit Bytes(std::span<const std::byte> s, std::uint64_t base = 0) : s_(s), base_(base) {}
  [[nodiscard]] std::uint64_t size() const { return s_.size(); }
  [[nodiscard]] bool empty() const { return s_.empty(); }
  [[nodiscard]] std::uint64_t base() const { return base_; }
  [[nodiscard]] std::span<const std::byte> span() const { return s_; }
  [[nodiscard]] const std::byte* data() const { return s_.data(); }
  [[nodiscard]] std::string_view chars() const { return {reinterpret_cast<const char*>(s_.data()), s_.size()}; }
  [[nodiscard]] bool holds(std::uint64_t off, std::uint64_t n) const { return off <= s_.size() && n <= s_.size() - off; }

  /// Hot path: no error text. nullopt when [off, off+n) is not inside.
  [[nodiscard]] std::optional<Bytes> try_sub(std::uint64_t off, std::uint64_t n) const {
    if (!holds(off, n)) return std::nullopt;
    return Bytes(s_.subspan(off, n), base_ + off);
  }
  /// Everything from off on; empty when off is past the end.
  [[nodiscard]] Bytes from(std::uint64_t off) const {
    if (off > s_.size()) off = s_.size();
    return Bytes(s_.subspan(off), base_ + off);
  }
  template <OnDisk T>
  [[nodiscard]] std::optional<T> try_get(std::uint64_t off) const {
    if (!holds(off, sizeof(T))) return std::nullopt;
    T v;
    std::memcpy(&v, s_.data() + off, sizeof(T));
    return v;
  }
  /// As try_sub, with an Error that names `what`.
  [[nodiscard]] Result<Bytes> sub(std::uint64_t off, std::uint64_t n, const char* what) const {
    if (auto b = try_sub(off, n)) return *b;
    return short_of(off, n, what);
  }
  template <OnDisk T>
  [[nodiscard]] Result<T> get(std::uint64_t off, const char* what) const {
    if (auto v = try_get<T>(off)) return *v;
    return short_of(off, sizeof(T), what);
  }

 private:
  [[nodiscard]] Error short_of(std::uint64_t off, std::uint64_t n, const char* what) const;
  std::span<const std::byte> s_;
  std::uint64_t base_ = 0;
};

inline Bytes bytes_of(std::string_view s) { return Bytes(std::as_bytes(std::span(s.data(), s.size()))); }
inline Bytes bytes_of(const std::vector<std::byte>& v) { return Bytes(std::span(v)); }

}  // namespace tq
