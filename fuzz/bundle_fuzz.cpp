// Evidence bundles: recognise, check, print what is wrong or what is in it.
#include <cstdint>
#include <cstdio>

#include "fuzz/sink.hpp"
#include "model/bundle.hpp"

using namespace tq;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(std::as_bytes(std::span(data, size)));
  model::looks_like_bundle(bytes);
  for (const auto& m : read_stored_members(bytes)) print(m.name + m.data);
  const auto opened = model::open_bundle(bytes, {});
  if (!opened) {
    print(opened.error().text());
    return 0;
  }
  // What was taken is what the program itself would have written.
  const auto again = write_stored_zip(read_stored_members(bytes));
  if (!again || *again != bytes.chars()) __builtin_trap();
  print(opened->facts + opened->note.tool_version);
  return 0;
}
