#include "core/bytes.hpp"

#include <fmt/format.h>

namespace tq {

Error Bytes::short_of(std::uint64_t off, std::uint64_t n, const char* what) const {
  const std::uint64_t left = off <= s_.size() ? s_.size() - off : 0;
  return Error{ErrorCode::truncated, what, fmt::format("{} bytes", n), fmt::format("{} bytes", left), base_ + off};
}

}  // namespace tq
