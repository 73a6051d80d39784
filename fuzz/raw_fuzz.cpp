// Raw disks and the parts of split ones: open, read around the disk, print everything. Every part is the input itself.
#include "fuzz/image_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tq::fuzz::open_and_read(data, size, {.format = "raw", .name = "disk.001"});
  return 0;
}
