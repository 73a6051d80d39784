// The lists that people hand over beside a target: approvals (CSV), a plan (JSON).
#include <cstdint>

#include "cli/support/approvals.hpp"
#include "fuzz/sink.hpp"
#include "plan/render.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const tq::Bytes file(std::as_bytes(std::span(data, size)));
  const auto approvals = tq::cli::approvals_from(file, "approvals.csv");
  if (!approvals) print(approvals.error().text());
  if (approvals)
    for (const auto& a : *approvals) print(a.status + a.date + a.by + a.note);
  const auto kbs = tq::plan::kbs_of_json(file, "plan.json");
  print(kbs ? std::to_string(kbs->size()) : kbs.error().text());
  return 0;
}
