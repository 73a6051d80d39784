// E01 and S01: Expert Witness images of EnCase, FTK Imager, ewfacquire and SMART, in one segment or many.
#include "image/ewf/disk.hpp"
#include "image/ewf/segments.hpp"
#include "image/format.hpp"

namespace tq::image {

extern const Format ewf;

namespace {

bool is_ewf(const File& file) { return ewf_format::has_signature(*file.bytes); }

Result<Image> open_ewf(const File& file) {
  TQ_TRY(ewf_format::Segments segments, ewf_format::read_segments(file));
  Image image;
  image.format = "ewf";
  image.variant = segments.sources.size() > 1 ? "segments" : "single";
  // Sizes other than these two are of optical media, on which partitions count in 512 all the same.
  image.sector_size = segments.sector_bytes == 4096 ? 4096 : 512;
  image.files = segments.names;
  image.notes = segments.notes;
  image.disk = ewf_format::open_disk(std::move(segments));
  return image;
}

}  // namespace

const Format ewf{"ewf", 10, is_ewf, open_ewf};

}  // namespace tq::image
