// What the three layouts of systeminfo share: the version value, the role, the hotfix list.
#pragma once

#include <string_view>

#include "format/systeminfo/systeminfo.hpp"
#include "format/textcodec/scan.hpp"

namespace tq::format::systeminfo {

/// The value "6.0.6002 Service Pack 2 Build 6002": version first, nothing but blanks before it.
std::optional<textcodec::VersionText> version_value(std::string_view value);

/// Fills everything that comes out of the version value.
void take_version(std::string_view value, const textcodec::VersionText& v, SystemInfo& out);
/// Fills os_name as it stands and product as this program spells it.
void take_name(std::string_view value, SystemInfo& out);
/// Fills system_type and arch when the value has the form "x64-based PC"; false when it has not.
bool take_system_type(std::string_view value, SystemInfo& out);
/// Role from the configuration value, else from the product name.
void take_role(SystemInfo& out);

/// "[01]: id", also with blanks or a wide colon: the text behind; nullopt for other lines.
std::optional<std::string_view> bracket_entry(std::string_view line);

/// Collects hotfix ids in any order; call finish() once at the end.
class HotfixList {
 public:
  explicit HotfixList(SystemInfo& out) : out_(out) {}
  /// "247 Hotfix(s) Installed.": how many should follow.
  void announce(std::string_view header_value);
  void add(std::string_view id, std::uint32_t line);
  /// Sorts, and drops the last entry of a list that is cut: its number may lack digits.
  /// open: the text ends in the list without a line end, so that its last word may be a part of one.
  void finish(bool open = false);

 private:
  [[nodiscard]] bool ends_in_doubt() const;
  void drop_cut_entry();
  SystemInfo& out_;
  std::string header_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> found_;  // kb, line
  std::string last_id_;
  bool full_ = false;
};

/// True when a label in one of the known languages names the hotfixes. Needed only where the list is empty.
bool names_hotfixes(std::string_view label);

/// True for the form of a product id, which every language prints before install date and boot time.
bool is_product_id(std::string_view value);

void note(SystemInfo& out, std::uint32_t line, const char* what, std::string_view text);

Result<SystemInfo> parse_list(std::string_view utf8);
/// nullopt-like: an Error of code not_found when the text has not this layout.
Result<SystemInfo> parse_csv(std::string_view utf8);
Result<SystemInfo> parse_table(std::string_view utf8);

}  // namespace tq::format::systeminfo
