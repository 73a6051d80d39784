// 8-bit code pages: the tables, the conversion, and the choice by plausibility.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace tq::format::textcodec {

struct SingleByte {
  const char* name;
  std::array<std::uint16_t, 128> upper;  ///< code points of 0x80-0xFF; 0 = unused
};
inline constexpr std::size_t kSingleByteCount = 11;
const std::array<SingleByte, kSingleByteCount>& single_byte_pages();

/// Stands for bytes without a meaning.
inline constexpr std::uint32_t kReplacement = 0xFFFD;

struct Converted {
  std::string utf8;
  std::size_t bad = 0;  ///< bytes without a meaning, each kReplacement in utf8
};

/// A byte that the page does not have becomes U+FFFD and is counted.
Converted from_single_byte(const SingleByte& page, std::string_view s);

/// A double-byte code page ("CP932", "CP936", "CP949", "CP950") through iconv(3), on Windows through its own tables. This is the only
/// place that needs them: where they are missing it returns false, and such texts are read with a single-byte page, which keeps all
/// structure.
bool from_double_byte(const char* iconv_name, std::string_view s, Converted& out);

/// How much decoded text looks like words; higher is better. Counts only non-ASCII characters and their neighbours.
int plausibility(const Converted& c);

struct Choice {
  std::string utf8, name;
  bool lossy = false;
};
/// Decodes with the most plausible page. Ties go to the first in the order: console pages before the others.
Choice choose_code_page(std::string_view s);

}  // namespace tq::format::textcodec
