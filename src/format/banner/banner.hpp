// What scanners write about a machine: SMB banners, nmap reports, crackmapexec and netexec lines, CPE names, `ver`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace tq::format::banner {

/// One machine as a scanner saw it. What is not printed stays empty: nothing is concluded from a build or a name.
struct Banner {
  std::string product;  ///< "Windows Server 2008 Standard", without trade mark signs
  std::string edition;  ///< "Standard", "Enterprise without Hyper-V", or empty
  std::optional<std::uint16_t> major, minor;
  std::optional<std::uint32_t> build, revision;
  bool builds_disagree = false;  ///< two lines about the machine give different builds; the first is kept
  std::optional<int> service_pack;
  std::string arch;  ///< x86, x64, ia64, arm64 or empty
  std::string host, domain, address;
  std::uint32_t line = 0;  ///< of the first line with a product or a version, from 1
  std::string text;        ///< that line, at most 400 bytes
};

inline constexpr std::size_t kBanners = 1'000'000;

struct Banners {
  std::vector<Banner> machines;  ///< in order of appearance
  std::vector<Error> losses;
};

/// What one line says; nullopt when it names neither a build, a version, a service pack nor a CPE of Windows.
std::optional<Banner> parse_line(std::string_view line);

/// All machines of a text. Lines of one nmap host are put together. Errors: not_found, limit.
Result<Banners> parse(std::string_view utf8);

/// True when the text has the marks of such tools, or begins with a line that is a banner by itself.
bool looks_like(std::string_view utf8);

}  // namespace tq::format::banner
