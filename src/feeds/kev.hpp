// CISA's list of vulnerabilities known to be exploited (CSV).
#pragma once

#include <map>
#include <string>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/version.hpp"
#include "feeds/limits.hpp"

namespace tq::feeds {

struct Exploited {
  Date added;
  bool ransomware = false;
};
struct KevList {
  std::map<std::string, Exploited> cves;
  Date newest;  ///< the newest day on which one was added
};

/// Errors: corrupt (no such columns, a row that is none), limit.
Result<KevList> read_kev(const std::string& name, Bytes text, std::uint32_t most_rows = limits::kNames);

}  // namespace tq::feeds
