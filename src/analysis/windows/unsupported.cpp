// Without a decoder of instructions nothing can be said of a program, and that is what is said.
#include "analysis/exposure.hpp"
#include "analysis/gates.hpp"
#include "analysis/kept.hpp"

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

Result<KeptAnswers> KeptAnswers::open(const std::string& folder, std::vector<std::string>) {
  return Error{ErrorCode::unsupported, "--cache " + folder, "answers about programs", "none", {}, kWhy};
}
GateReport KeptAnswers::gates(const std::string&, Bytes file, const GateOptions& options) const { return find_gates(file, options); }
ExposureReport KeptAnswers::exposure(const std::string&, Bytes file, const ExposureOptions& options) const {
  return find_exposure(file, options);
}

}  // namespace tq::analysis
