// Code points to UTF-8.
#pragma once

#include <cstdint>
#include <string>

namespace tq {

/// Appends one to four bytes. What is no code point (a surrogate, above U+10FFFF) is the caller's to replace.
void append_utf8(std::string& out, std::uint32_t code_point);

}  // namespace tq
