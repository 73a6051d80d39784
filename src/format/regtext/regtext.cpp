#include "format/regtext/regtext.hpp"

#include "core/text.hpp"
#include "format/regtext/build.hpp"
#include "format/textcodec/lines.hpp"

namespace tq::format::regtext {
namespace {

constexpr std::size_t kProbeBytes = std::size_t{64} * 1024;

/// Layout by the first lines that say it; nullopt when none does.
std::optional<Layout> layout_of(std::string_view utf8) {
  textcodec::LineReader lines(utf8.substr(0, kProbeBytes));
  std::string path;
  for (std::string_view line; lines.next(line);) {
    std::string_view s = trim(line);
    if (s.starts_with("\xEF\xBB\xBF")) s.remove_prefix(3);
    if (istarts_with(s, "Windows Registry Editor Version 5")) return Layout::version5;
    if (s == "REGEDIT4") return Layout::regedit4;
    if (s.starts_with("[") && root_path(s.substr(s.starts_with("[-") ? 2 : 1,
                                                 s.find(']') == std::string_view::npos ? 0 : s.find(']') - (s.starts_with("[-") ? 2 : 1)),
                                        path))
      return Layout::headless;
    if (!s.empty() && s.data() == line.data() && s.find('\\') != std::string_view::npos && root_path(s, path)) return Layout::query;
  }
  return std::nullopt;
}

}  // namespace

const char* to_string(Layout l) {
  switch (l) {
    case Layout::version5: return "version5";
    case Layout::regedit4: return "regedit4";
    case Layout::headless: return "headless";
    case Layout::query: return "query";
  }
  return "?";
}

bool looks_like(std::string_view utf8) {
  const auto layout = layout_of(utf8);
  if (!layout) return false;
  if (*layout == Layout::version5 || *layout == Layout::regedit4) return true;
  const auto text = parse(utf8.substr(0, kProbeBytes));
  if (!text) return false;
  for (const auto& key : text->keys)
    if (!key.values.empty()) return true;
  return false;
}

Result<RegText> parse(std::string_view utf8, std::size_t most_keys_and_values) {
  if (utf8.size() > kTextBytes)
    return Error{ErrorCode::limit, "registry text",    "at most " + std::to_string(kTextBytes) + " bytes", std::to_string(utf8.size()),
                 std::nullopt,     "export fewer keys"};
  const auto layout = layout_of(utf8);
  if (!layout) return Error{ErrorCode::not_found, "registry text", "a .reg header or a line with a HKEY_ path", "none"};
  RegText out;
  out.layout = *layout;
  if (*layout == Layout::query)
    read_query(utf8, out, most_keys_and_values);
  else
    read_export(utf8, out, most_keys_and_values);
  return out;
}

const Value* find_value(const Key& key, std::string_view name) {
  for (const auto& value : key.values)
    if (!value.deleted && iequals(value.name, name)) return &value;
  return nullptr;
}

}  // namespace tq::format::regtext
