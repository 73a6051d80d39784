// PE reader: open, walk everything, print everything.
#include <cstdint>
#include <cstdio>

#include "format/pe/pe.hpp"
#include "fuzz/sink.hpp"

using namespace tq;
using namespace tq::format;

namespace {
using ::print;
void print(const std::vector<Error>& lost) {
  for (const Error& e : lost) print(e.text());
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(std::as_bytes(std::span(data, size)));
  const pe::View source(bytes);
  if (const auto block = pe::parse_version_block(bytes)) print(block->lost);
  const auto image = pe::open(source);
  if (!image) {
    print(image.error().text());
    return 0;
  }
  print(image->lost);
  for (const pe::Section& s : image->sections) print(s.name);
  if (const auto v = pe::version_info(source, *image)) {
    for (const auto& [key, value] : v->strings) print(key + "=" + value);
    print(v->lost);
  }
  const auto in = pe::imports(source, *image);
  for (const pe::Import& i : in.dlls) {
    print(i.dll);
    for (const std::string& n : i.names) print(n);
  }
  print(in.lost);
  const auto out = pe::exports(source, *image);
  for (const pe::Export& e : out.entries) print(e.name + e.forwarder);
  print(out.lost);
  if (const auto sum = pe::computed_checksum(source, *image)) print(std::to_string(*sum));
  return 0;
}
