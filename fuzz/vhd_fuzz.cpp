// VHD reader: open, read around the disk, print everything. A differencing disk has itself as the only file beside it.
#include "fuzz/image_target.hpp"
#include "fuzz/mend.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tq::fuzz::open_and_read(data, size, {.format = "vhd", .name = "disk.vhd", .mend = tq::fuzz::mend_vhd});
  return 0;
}
