#include "image/vhdx/locator.hpp"

#include <algorithm>
#include <map>

#include "core/text.hpp"
#include "image/vhdx/header.hpp"

namespace tq::image::vhdx_format {
namespace {

constexpr std::uint16_t kMaxPairs = 64;  // five keys are known

/// "{83ed1b0e-...}" as guid_text() writes it.
std::string plain_guid(std::string_view value) {
  std::string out;
  for (const char c : value)
    if (c != '{' && c != '}' && c != ' ') out += static_cast<char>(c >= 'a' && c <= 'f' ? c - 'a' + 'A' : c);
  return out;
}

}  // namespace

Status read_locator(Bytes item, Parameters& out) {
  TQ_TRY(const LocatorHeader head, item.get<LocatorHeader>(0, "vhdx.parent_locator"));
  if (head.type != kVhdxLocator)
    return Error{ErrorCode::unsupported, "vhdx.parent_locator.type", "a VHDX parent", guid_text(head.type), item.base()};
  std::map<std::string, std::string> values;
  for (std::uint64_t i = 0; i < std::min<std::uint64_t>(head.entries, kMaxPairs); ++i) {
    TQ_TRY(const LocatorEntry e, item.get<LocatorEntry>(sizeof head + i * sizeof(LocatorEntry), "vhdx.parent_locator.entry"));
    TQ_TRY(const Bytes key, item.sub(e.key_offset, e.key_bytes, "vhdx.parent_locator.key"));
    TQ_TRY(const Bytes value, item.sub(e.value_offset, e.value_bytes, "vhdx.parent_locator.value"));
    values[lower_ascii(utf16le_to_utf8(key))] = utf16le_to_utf8(value);
  }
  for (const char* key : {"parent_linkage", "parent_linkage2"})
    if (const auto at = values.find(key); at != values.end()) out.parent_ids.push_back(plain_guid(at->second));
  for (const char* key : {"relative_path", "volume_path", "absolute_win32_path"})
    if (const auto at = values.find(key); at != values.end()) out.parent_names.push_back(at->second);
  if (!out.parent_ids.empty()) return ok();
  return Error{ErrorCode::corrupt, "vhdx.parent_locator", "parent_linkage", "none", item.base()};
}

}  // namespace tq::image::vhdx_format
