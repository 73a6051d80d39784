// Result<T>: a value or an Error that says where, what was wanted and what was found.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace tq {

enum class ErrorCode { truncated, corrupt, unsupported, limit, io, not_found, usage, encrypted };

/// Wire name of an error code.
constexpr const char* to_string(ErrorCode c) {
  switch (c) {
    case ErrorCode::truncated: return "truncated";
    case ErrorCode::corrupt: return "corrupt";
    case ErrorCode::unsupported: return "unsupported";
    case ErrorCode::limit: return "limit";
    case ErrorCode::io: return "io";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::usage: return "usage";
    case ErrorCode::encrypted: return "encrypted";
  }
  return "?";
}

/// Damaged or absent input is a value, never an exception. `place` names the field
/// ("regf.base_block.signature"), `offset` is absolute in the smallest enclosing file.
struct Error {
  ErrorCode code = ErrorCode::corrupt;
  std::string place;
  std::string wanted;
  std::string found;
  std::optional<std::uint64_t> offset = {};
  std::string advice = {};  ///< what the user can do about it; may be empty

  /// One line: "place at 0x10: wanted X, found Y".
  [[nodiscard]] std::string text() const;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : v_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit on purpose
  Result(Error error) : v_(std::in_place_index<1>, std::move(error)) {}  // NOLINT
  explicit operator bool() const { return v_.index() == 0; }
  [[nodiscard]] bool has_value() const { return v_.index() == 0; }
  T& value() & { return *std::get_if<0>(&v_); }
  const T& value() const& { return *std::get_if<0>(&v_); }
  T&& value() && { return std::move(*std::get_if<0>(&v_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  [[nodiscard]] const Error& error() const { return *std::get_if<1>(&v_); }
  T value_or(T other) && { return has_value() ? std::move(*this).value() : std::move(other); }

 private:
  std::variant<T, Error> v_;
};

using Status = Result<std::monostate>;
inline Status ok() { return std::monostate{}; }

}  // namespace tq

#define TQ_CONCAT2(a, b) a##b
#define TQ_CONCAT(a, b) TQ_CONCAT2(a, b)
/// TQ_TRY(auto x, expr): x = *expr, or return its error from the enclosing function.
#define TQ_TRY(decl, expr)                                                    \
  auto TQ_CONCAT(tq_r_, __LINE__) = (expr);                                   \
  if (!TQ_CONCAT(tq_r_, __LINE__)) return TQ_CONCAT(tq_r_, __LINE__).error(); \
  decl = *std::move(TQ_CONCAT(tq_r_, __LINE__))
