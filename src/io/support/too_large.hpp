// The one message for input above its limit.
#pragma once

#include <cstdint>
#include <string>

#include "core/result.hpp"

namespace tq::io {

/// Error limit: `what` may have `limit` bytes and has `size` or more.
Error too_large(const std::string& what, std::uint64_t limit, std::uint64_t size);

}  // namespace tq::io
