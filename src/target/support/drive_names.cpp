#include "target/support/drive_names.hpp"

#include "core/ascii.hpp"
#include "core/text.hpp"

namespace tq::target {
std::string percent_decoded(std::string_view s) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const bool escape = s[i] == '%' && i + 2 < s.size() && is_hex_digit(s[i + 1]) && is_hex_digit(s[i + 2]);
    out += escape ? static_cast<char>(hex_digit(s[i + 1]) * 16 + hex_digit(s[i + 2])) : s[i];
    if (escape) i += 2;
  }
  return out;
}

char drive_letter(std::string_view folder) {
  const std::string decoded = percent_decoded(folder);
  std::string_view name = decoded;
  if (name.starts_with("\\\\.\\") || name.starts_with("\\\\?\\")) name.remove_prefix(4);
  if (name.empty() || name.size() > 2 || (name.size() == 2 && name[1] != ':' && name[1] != '_')) return 0;
  return is_letter(name[0]) ? to_upper(name[0]) : '\0';
}

bool is_shadow_copy(std::string_view folder) {
  const std::string name = percent_decoded(folder);
  // "VSS1", "VSS2": the folders KAPE makes beside the drive's own.
  const bool kape = name.size() >= 4 && istarts_with(name, "VSS") && name.find_first_not_of("0123456789", 3) == std::string::npos;
  return kape || ifind(name, "HarddiskVolumeShadowCopy") != std::string::npos;
}

bool is_accessor(std::string_view folder) {
  for (const char* name : {"auto", "ntfs", "lazy_ntfs", "raw_ntfs", "file", "mft", "ntfs_vss"})
    if (iequals(folder, name)) return true;
  return false;
}

}  // namespace tq::target
