// QCOW2 reader: open, read around the disk, print everything. Its backing file is the input itself.
#include "fuzz/image_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tq::fuzz::open_and_read(data, size, {.format = "qcow2", .name = "disk.qcow2"});
  return 0;
}
