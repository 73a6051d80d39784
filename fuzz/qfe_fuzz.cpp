// Lists of updates: decode, recognise, parse, print everything.
#include <cstdint>
#include <cstdio>

#include "format/qfe/qfe.hpp"
#include "format/textcodec/textcodec.hpp"
#include "fuzz/sink.hpp"

using namespace tq;
using namespace tq::format;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = textcodec::decode(Bytes(std::as_bytes(std::span(data, size))));
  qfe::looks_like(text.utf8);
  const auto list = qfe::parse(text.utf8);
  if (!list) {
    print(list.error().text());
    return 0;
  }
  print(std::string(qfe::to_string(list->layout)) + list->computer);
  for (const auto& e : list->entries) {
    if (e.id.empty()) __builtin_trap();
    print(std::to_string(e.kb) + e.id + e.description + e.installed_on + e.caption + e.computer);
    if (e.date) print(e.date->text());
    if (e.file_time) print(e.file_time->text());
  }
  for (const auto& e : list->losses) print(e.text());
  return 0;
}
