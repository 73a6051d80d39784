// Without a decoder of instructions nothing can be said of a program, and that is what is said.
#include "analysis/exposure.hpp"
#include "analysis/gates.hpp"

namespace tq::analysis {
namespace {

constexpr const char* kWhy = "this build has no decoder of instructions (it needs Zydis): use the Linux build";

}  // namespace

GateReport find_gates(Bytes, const GateOptions&) {
  GateReport r;
  r.gate = Gate::unsupported;
  r.why = {kWhy};
  return r;
}

ExposureReport find_exposure(Bytes, const ExposureOptions&) {
  ExposureReport r;
  r.exposure = Exposure::not_analysed;
  r.why = {kWhy};
  return r;
}

}  // namespace tq::analysis
