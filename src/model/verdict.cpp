#include "model/verdict.hpp"

#include <fmt/format.h>

namespace tq::model {

const char* to_string(Standing s) {
  switch (s) {
    case Standing::proven: return "proven";
    case Standing::claimed: return "claimed";
    case Standing::contradicted: return "contradicted";
    case Standing::unknown: return "unknown";
  }
  return "?";
}

const char* to_string(Severity s) {
  switch (s) {
    case Severity::info: return "info";
    case Severity::low: return "low";
    case Severity::medium: return "medium";
    case Severity::high: return "high";
    case Severity::critical: return "critical";
  }
  return "?";
}

const char* to_string(ExposureState s) {
  switch (s) {
    case ExposureState::open: return "open";
    case ExposureState::closed: return "closed";
    case ExposureState::default_open: return "default_open";
    case ExposureState::default_closed: return "default_closed";
    case ExposureState::unknown: return "unknown";
  }
  return "?";
}

bool from_string(std::string_view s, Severity& out) {
  for (const Severity e : {Severity::info, Severity::low, Severity::medium, Severity::high, Severity::critical}) {
    if (s != to_string(e)) continue;
    out = e;
    return true;
  }
  return false;
}

std::string cve_text(CveId cve) {
  constexpr std::uint32_t kNumberBits = 20, kAdvisoryYear = 3000;
  const std::uint32_t year = cve >> kNumberBits, number = cve & ((1U << kNumberBits) - 1);
  return year >= kAdvisoryYear ? fmt::format("ADV{:02}{:04}", year - kAdvisoryYear, number) : fmt::format("CVE-{}-{:04}", year, number);
}

}  // namespace tq::model
