// 2038: does a program cut a clock value to 32 bits and use it as a signed number, or call 32-bit time functions?
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "format/pe/pe.hpp"

namespace tq::analysis {

/// Words of the contract. There is no word for "safe": absence of evidence is all that can be said.
enum class Exposure { exposed, uses_32bit_api, no_evidence, not_analysed };
constexpr const char* to_string(Exposure e) {
  switch (e) {
    case Exposure::exposed: return "exposed";
    case Exposure::uses_32bit_api: return "uses_32bit_api";
    case Exposure::no_evidence: return "no_evidence";
    case Exposure::not_analysed: return "not_analysed";
  }
  return "?";
}

/// The answer for one file; `why` has a line for each kind of evidence.
struct ExposureReport {
  Exposure exposure = Exposure::not_analysed;
  format::pe::Machine arch = format::pe::Machine::other;
  std::vector<std::string> why;
  std::uint64_t steps = 0;  ///< instructions followed
};

struct ExposureOptions {
  std::uint64_t max_steps = 3'000'000;
  std::uint32_t max_milliseconds = 4000;  ///< of the processor
};

/// The whole question for one file. Never fails: what cannot be looked at is `not_analysed` with the reason.
ExposureReport find_exposure(Bytes file, const ExposureOptions& options);

/// Does an import of a C run time handle times of 32 bits? By the generation of the run time: plain names are 32-bit in the
/// run times before Visual C++ 2005 on x86, names with "32" everywhere.
bool is_32bit_time_import(const std::string& dll, const std::string& name, bool x64);

}  // namespace tq::analysis
