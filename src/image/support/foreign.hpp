// Content that is no disk, named for messages.
#pragma once

#include "core/bytes.hpp"

namespace tq::image {
/// What the first bytes of a file say it is, when that is no disk and none of the formats here: "a zip archive".
/// nullptr when they say nothing. 512 bytes are enough.
const char* foreign_content(Bytes head);
/// True when the first bytes are nothing but printable text.
bool plain_text(Bytes head);
}  // namespace tq::image
