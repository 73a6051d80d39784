// EWF reader: open, read around the disk, print everything. Every later segment is the same file again.
#include "fuzz/image_target.hpp"
#include "fuzz/mend.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tq::fuzz::open_and_read(data, size, {.format = "ewf", .name = "disk.E01", .mend = tq::fuzz::mend_ewf});
  return 0;
}
