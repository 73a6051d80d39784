// Facts as JSON: what is taken is written again, and taken again as the same.
#include "fuzz/sink.hpp"
#include "model/facts_json.hpp"

using namespace tq;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto machines = model::facts_from_json({reinterpret_cast<const char*>(data), size});
  if (!machines) {
    print(machines.error().text());
    return 0;
  }
  const std::string text = model::facts_to_json(*machines);
  print(text);
  const auto again = model::facts_from_json(text);
  if (!again || model::facts_to_json(*again) != text) __builtin_trap();
  return 0;
}
