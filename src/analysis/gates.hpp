// Build-number gates: does a program act differently on two builds of Windows, where, and between which builds?
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/bytes.hpp"
#include "format/pe/pe.hpp"

namespace tq::analysis {

/// Words of the contract. `same` is said only when the analysis was complete.
enum class Gate { differs, same, no_source, undecided, unsupported };
constexpr const char* to_string(Gate g) {
  switch (g) {
    case Gate::differs: return "differs";
    case Gate::same: return "same";
    case Gate::no_source: return "no_source";
    case Gate::undecided: return "undecided";
    case Gate::unsupported: return "unsupported";
  }
  return "?";
}

/// One place where the two builds part.
struct GateSite {
  std::uint32_t rva = 0;
  std::string source;      ///< "PsGetVersion"
  std::string comparison;  ///< "build == 6002"
  std::string instruction;
  std::vector<std::pair<std::uint32_t, std::string>> on;  ///< build -> what happens there, for the two builds asked for
  std::vector<std::uint32_t> path;                        ///< rvas of the calls that lead here, outermost first
};

/// The answer for one file.
struct GateReport {
  Gate gate = Gate::undecided;
  format::pe::Machine arch = format::pe::Machine::other;
  std::vector<GateSite> sites;
  std::vector<std::string> why;  ///< reasons, for every gate but `differs` at least one
  std::string partition;         ///< "6000-6002 | 6003-": the whole build line; empty unless builds differ
  std::uint64_t steps = 0;       ///< instructions followed
};

/// The two builds that are compared, and how much work a file may cost.
struct GateOptions {
  std::uint32_t first = 6002, second = 6003;
  std::uint64_t max_steps = 3'000'000;
  /// Of the processor, for all of a file. Last resort: mostly the steps end an analysis first.
  std::uint32_t max_milliseconds = 4000;
};

/// The whole question for one file. Never fails: what cannot be read is `unsupported` or `undecided` with the reason.
GateReport find_gates(Bytes file, const GateOptions& options);

}  // namespace tq::analysis
