// VMDK reader: open, read around the disk, print everything. Every file beside the input is what follows the first 1024 bytes of it, so
// that one input can hold a descriptor and an extent.
#include "fuzz/image_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tq::fuzz::open_and_read(data, size, {.format = "vmdk", .name = "disk.vmdk", .beside_from = 1024});
  return 0;
}
