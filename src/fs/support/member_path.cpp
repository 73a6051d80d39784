#include <fmt/format.h>

#include "core/ascii.hpp"
#include "fs/support/archive_stream.hpp"

namespace tq::fs {
namespace {

bool is_separator(char c) { return c == '/' || c == '\\'; }

/// Rooted for any system that might unpack it: "/x", "\\x", "\\\\server\\x", "C:\\x", "C:x".
bool is_absolute(std::string_view s) { return is_separator(s[0]) || (s.size() >= 2 && is_letter(s[0]) && s[1] == ':'); }

Error refused(std::string_view name, ErrorCode code, std::string wanted, std::string found) {
  return Error{code, "member " + std::string(name), std::move(wanted), std::move(found)};
}

}  // namespace

Result<std::string> member_path(std::string_view name, const ArchiveLimits& limits) {
  if (name.empty() || name.find('\0') != std::string_view::npos)
    return refused(name, ErrorCode::corrupt, "a name", name.empty() ? "none" : "a NUL in it");
  if (name.size() > limits.path_bytes)
    return refused(name.substr(0, 80), ErrorCode::limit, fmt::format("a name of at most {} bytes", limits.path_bytes),
                   fmt::format("{} bytes", name.size()));
  if (is_absolute(name)) return refused(name, ErrorCode::usage, "a path below the archive", "an absolute path");
  std::string out;
  std::uint64_t depth = 0;
  for (std::size_t at = 0; at < name.size();) {
    std::size_t end = at;
    while (end < name.size() && !is_separator(name[end])) ++end;
    const auto part = name.substr(at, end - at);
    at = end + 1;
    if (part.empty() || part == ".") continue;
    if (part == "..") return refused(name, ErrorCode::usage, "a path below the archive", "a path that leads out of it");
    if (++depth > limits.path_depth)
      return refused(name.substr(0, 80), ErrorCode::limit, fmt::format("at most {} folders deep", limits.path_depth), "a deeper path");
    out += (out.empty() ? "" : "/") + std::string(part);
  }
  return out;
}

}  // namespace tq::fs
