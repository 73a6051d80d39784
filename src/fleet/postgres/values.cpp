#include "fleet/postgres/values.hpp"

#include <algorithm>

namespace tq::fleet {
namespace {

// Numbers of types, as the server's catalog pg_type has them; they never change.
constexpr Oid kBytea = 17, kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25, kFloat4 = 700, kFloat8 = 701, kNumeric = 1700;

template <class N>
std::string big_endian(N n) {
  std::string out(sizeof n, '\0');
  for (std::size_t i = sizeof n; i-- > 0; n = static_cast<N>(n >> 8)) out[i] = static_cast<char>(n & 0xFF);
  return out;
}

std::string_view bytes_of_value(const Value& v, std::string& held) {
  if (const auto* n = std::get_if<std::int64_t>(&v)) return held = big_endian(static_cast<std::uint64_t>(*n));
  if (const auto* t = std::get_if<std::string_view>(&v)) return *t;
  return std::get<Bytes>(v).chars();
}

Oid type_of(const Value& v) {
  if (std::holds_alternative<std::int64_t>(v)) return kInt8;
  if (std::holds_alternative<std::string_view>(v)) return kText;
  return std::holds_alternative<Bytes>(v) ? kBytea : 0;  // 0: what the statement wants there
}

}  // namespace

Parameters::Parameters(std::span<const Value> values) {
  numbers_.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool null = std::holds_alternative<std::monostate>(values[i]);
    const std::string_view bytes = null ? std::string_view{} : bytes_of_value(values[i], numbers_[i]);
    types_.push_back(type_of(values[i]));
    values_.push_back(null ? nullptr : bytes.data() == nullptr ? "" : bytes.data());
    lengths_.push_back(static_cast<int>(bytes.size()));
    formats_.push_back(1);
  }
}

std::string copy_text(std::span<const Value> values, std::size_t columns) {
  std::string out("PGCOPY\n\377\r\n\0", 11), held;
  out += big_endian(std::uint32_t{0}) + big_endian(std::uint32_t{0});  // no flags, no more header
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i % columns == 0) out += big_endian(static_cast<std::uint16_t>(columns));
    if (std::holds_alternative<std::monostate>(values[i])) {
      out += big_endian(std::uint32_t{0xFFFFFFFF});
      continue;
    }
    const auto bytes = bytes_of_value(values[i], held);
    out += big_endian(static_cast<std::uint32_t>(bytes.size()));
    out += bytes;
  }
  return out + big_endian(std::uint16_t{0xFFFF});
}

bool is_number(Oid type) {
  return type == kInt8 || type == kInt4 || type == kInt2 || type == kNumeric || type == kFloat4 || type == kFloat8;
}

std::vector<std::byte> from_hex_output(std::string_view text) {
  std::vector<std::byte> out;
  if (!text.starts_with("\\x")) return out;
  const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  out.reserve(text.size() / 2);
  for (std::size_t i = 2; i + 1 < text.size(); i += 2) out.push_back(static_cast<std::byte>(value(text[i]) * 16 + value(text[i + 1])));
  return out;
}

}  // namespace tq::fleet
