// The texts inside an .msu, and an update file as a whole.
#include <cstdint>

#include "format/update_media/answer_file.hpp"
#include "format/update_media/update_media.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace um = tq::format::update_media;
  const tq::Bytes file(std::as_bytes(std::span(data, size)));
  static_cast<void>(um::read_answer_file(file));
  static_cast<void>(um::read_properties(file));
  static_cast<void>(um::identify(file, "windows6.0-kb1234567-x64.msu", nullptr));
  return 0;
}
