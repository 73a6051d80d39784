#include "analysis/gates.hpp"

#include "analysis/prefilter.hpp"
#include "analysis/program.hpp"

namespace tq::analysis {

GateReport find_gates(Bytes file, const GateOptions&) {
  GateReport report;
  const auto program = Program::open(file);
  if (!program) {
    report.gate = Gate::unsupported;
    report.why.push_back(program.error().text());
    return report;
  }
  report.arch = program->image().machine;
  if (report.arch != format::pe::Machine::x86 && report.arch != format::pe::Machine::x64) {
    report.gate = Gate::unsupported;
    report.why.push_back(std::string("code for another processor: ") + format::pe::to_string(report.arch));
    return report;
  }
  const Traces traces = find_traces(file);
  report.gate = traces.version.empty() ? Gate::no_source : Gate::undecided;
  report.why = traces.version;
  if (traces.version.empty()) report.why.emplace_back("nothing in the file reads a version");
  return report;
}

}  // namespace tq::analysis
