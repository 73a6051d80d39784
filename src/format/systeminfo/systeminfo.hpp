// The text that `systeminfo` prints, in any language: as a list, as CSV (/fo csv) or as a table (/fo table).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace tq::format::systeminfo {

enum class ProductType { client, server, domain_controller };
const char* to_string(ProductType t);

enum class Layout { list, csv, table };
const char* to_string(Layout l);

/// A line of the text that something was read from. `what`: "host", "os_name", "os_version", "configuration", "system_type", "hotfixes".
struct EvidenceLine {
  std::uint32_t line = 0;  ///< from 1
  std::string what;
  std::string text;  ///< the line as it stands, at most 400 bytes
};

struct SystemInfo {
  Layout layout = Layout::list;
  std::string host;             ///< empty when the text begins behind it
  std::string os_name;          ///< as printed: "Microsoftr Windows Serverr 2008 Standard"
  std::string product;          ///< the same without maker and trade mark signs: "Windows Server 2008 Standard"
  std::string os_version_line;  ///< as printed: "6.0.6002 Service Pack 2 Build 6002"
  std::uint16_t major = 0, minor = 0;
  std::uint32_t build = 0;                  ///< of the dotted version
  std::optional<std::uint32_t> text_build;  ///< the number that is printed again behind "Build"
  bool builds_disagree = false;             ///< text_build is there and is another number: somebody edited the text
  std::optional<std::uint32_t> revision;    ///< only where a fourth number is printed
  std::string service_pack_text;            ///< what stands between version and build: "Service Pack 2", "N/A"
  std::optional<int> service_pack;          ///< 0 when the place is there and holds no number
  std::string system_type;                  ///< "x64-based PC"
  std::optional<std::string> arch;          ///< x86, x64, ia64, arm64
  std::string configuration_line;
  std::optional<ProductType> product_type;
  std::string install_date, boot_time;        ///< as printed; the date order of the locale is not known
  std::vector<std::uint32_t> kbs;             ///< sorted, unique
  std::vector<std::uint32_t> kb_lines;        ///< line of each of kbs
  std::vector<std::string> hotfix_other_ids;  ///< in order of appearance, unique: GUIDs, "File 1", "Q147222"
  bool hotfixes_seen = false;                 ///< there is a hotfix section, also when it says none or N/A
  std::uint32_t hotfixes_announced = 0;
  std::uint32_t hotfixes_listed = 0;
  bool hotfixes_truncated = false;  ///< fewer listed than announced (systeminfo itself cuts long lists), or the text ends within the list
  std::vector<EvidenceLine> evidence;
  std::vector<Error> losses;  ///< what was left out and why
};

/// True when the text has the line, column or table that carries the OS version of systeminfo.
bool looks_like(std::string_view utf8);

/// Reads the first machine of the text. Errors: not_found (no version line), limit (text too long).
Result<SystemInfo> parse(std::string_view utf8);

/// The machines of a text to which several runs were appended, cut before each host line; one element when there is one.
std::vector<std::string_view> split(std::string_view utf8);

}  // namespace tq::format::systeminfo
