// Registry text: decode, recognise, parse, look everything up again, print everything.
#include <cstdint>
#include <cstdio>

#include "format/regtext/regtext.hpp"
#include "format/textcodec/textcodec.hpp"
#include "fuzz/sink.hpp"

using namespace tq;
using namespace tq::format;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = textcodec::decode(Bytes(std::as_bytes(std::span(data, size))));
  regtext::looks_like(text.utf8);
  const auto all = regtext::parse(text.utf8);
  if (!all) {
    print(all.error().text());
    return 0;
  }
  print(regtext::to_string(all->layout));
  for (const auto& key : all->keys) {
    print(key.path);
    for (const auto& value : key.values) {
      print(value.name + value.text);
      if (!value.deleted && regtext::find_value(key, value.name) == nullptr) __builtin_trap();
    }
  }
  for (const auto& e : all->losses) print(e.text());
  return 0;
}
