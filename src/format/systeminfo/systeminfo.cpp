#include "format/systeminfo/systeminfo.hpp"

#include "core/limits.hpp"
#include "core/text.hpp"
#include "format/systeminfo/pieces.hpp"

namespace tq::format::systeminfo {

namespace {
constexpr std::size_t kProbeBytes = std::size_t{64} * 1024;  // captures may begin with a long log-on banner
}

bool looks_like(std::string_view utf8) {
  const std::string_view head = utf8.substr(0, kProbeBytes);
  // The CSV layout is one record that may be longer than the head; its reader has a limit of its own.
  if (parse_table(head) || parse_csv(utf8)) return true;
  const auto list = parse_list(head);
  // A version line alone may come from any program. systeminfo repeats the build or shows its other lines around it.
  return list && (list->text_build || !list->system_type.empty() || list->hotfixes_seen) && !(list->os_name.empty() && list->host.empty());
}

Result<SystemInfo> parse(std::string_view utf8) {
  if (utf8.size() > limits::kTextBytes)
    return Error{ErrorCode::limit,
                 "systeminfo",
                 "at most " + std::to_string(limits::kTextBytes) + " bytes",
                 std::to_string(utf8.size()),
                 std::nullopt,
                 "give the text of one machine"};
  if (auto table = parse_table(utf8)) return table;
  if (auto csv = parse_csv(utf8)) return csv;
  return parse_list(utf8);
}

}  // namespace tq::format::systeminfo
