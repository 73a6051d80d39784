// Bytes of an inventory text to UTF-8, whatever console, editor or mail program wrote them.
#pragma once

#include <string>

#include "core/bytes.hpp"

namespace tq::format::textcodec {

struct Decoded {
  std::string utf8;      ///< always well-formed; NUL and control characters are kept, escaping is the report's job
  std::string encoding;  ///< "ascii", "utf-8", "utf-16le", "utf-16be", "cp850", ...; parts of a mixed text joined with "+"
  bool lossy = false;    ///< some bytes had no meaning and became U+FFFD
};

/// Decodes a text: UTF-8, UTF-16 of both byte orders with or without a mark, else the most plausible 8-bit code page. Texts of
/// two encodings in one file (a console message before `wmic` output, `>>` behind a PowerShell file) are decoded part by part.
/// Never fails. A code page that would swallow part of a KB number or of a version is not taken.
Decoded decode(Bytes bytes);

}  // namespace tq::format::textcodec
