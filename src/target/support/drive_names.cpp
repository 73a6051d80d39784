#include "target/support/drive_names.hpp"

#include "core/text.hpp"

namespace tq::target {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = static_cast<char>(c | 0x20);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

}  // namespace

std::string percent_decoded(std::string_view s) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const bool escape = s[i] == '%' && i + 2 < s.size() && hex_digit(s[i + 1]) >= 0 && hex_digit(s[i + 2]) >= 0;
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
  const char upper = static_cast<char>(name[0] & ~0x20);
  return upper >= 'A' && upper <= 'Z' ? upper : '\0';
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
