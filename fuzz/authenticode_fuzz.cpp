// Signatures: the PKCS#7 alone, and the places of cabinets and programs where one is looked for.
#include <cstdint>

#include "format/authenticode/authenticode.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace ac = tq::format::authenticode;
  const tq::Bytes file(std::as_bytes(std::span(data, size)));
  static_cast<void>(ac::check(file, [&](const std::string& a) { return ac::digest(a, {file}); }, nullptr));
  if (const auto h = tq::format::cab::read_header(file)) static_cast<void>(ac::check_cabinet(file, *h, nullptr));
  const tq::format::pe::View view(file);
  if (const auto image = tq::format::pe::open(view)) static_cast<void>(ac::check_program(file, *image, nullptr));
  return 0;
}
