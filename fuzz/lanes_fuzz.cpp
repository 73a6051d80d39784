// Both questions about any bytes: gates between builds, and the clock. Small budgets: a hang would be a bug of the budget.
#include "analysis/exposure.hpp"
#include "analysis/gates.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const tq::Bytes file(std::as_bytes(std::span(data, size)));
  tq::analysis::GateOptions options;
  options.max_steps = 20000;
  options.max_milliseconds = 1000;
  const auto gates = tq::analysis::find_gates(file, options);
  const auto exposure = tq::analysis::find_exposure(file, {20000, 1000});
  std::size_t printed = gates.partition.size();
  for (const auto& s : gates.sites) printed += s.comparison.size() + s.instruction.size() + s.on.size();
  for (const auto& w : exposure.why) printed += w.size();
  return printed == ~std::size_t{0} ? 1 : 0;
}
