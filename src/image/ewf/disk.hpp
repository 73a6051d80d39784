// The disk in an EWF image.
#pragma once

#include <memory>

#include "image/ewf/segments.hpp"

namespace tq::image::ewf_format {
/// Reads the tables as they are needed and checks every chunk's Adler-32. A chunk that is damaged, or that no table lists, is
/// an error of the read that touches it only.
std::unique_ptr<io::ByteSource> open_disk(Segments segments);
}  // namespace tq::image::ewf_format
