#include "fs/support/zip_end.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"

namespace tq::fs {
namespace {

constexpr std::size_t kRecordBytes = 22, kMostComment = 65535;
constexpr std::size_t kMembersAt = 10, kCommentBytesAt = 20;
constexpr std::string_view kMark = "PK\x05\x06";
constexpr std::uint16_t kElsewhere = 0xFFFF;

}  // namespace

std::optional<std::uint64_t> zip_members(const io::ByteSource& file) {
  std::vector<std::byte> end(std::min<std::uint64_t>(file.size(), kRecordBytes + kMostComment));
  const auto read = file.read_at(file.size() - end.size(), end);
  if (!read || *read != end.size()) return std::nullopt;
  const Bytes bytes = bytes_of(end);
  // A comment may hold the mark as well: from the end on, the first whose comment ends with the file.
  std::string_view before = bytes.chars();
  for (std::size_t at = before.rfind(kMark); at != std::string_view::npos; at = before.rfind(kMark)) {
    const auto comment = bytes.try_get<le16>(at + kCommentBytesAt);
    const auto members = bytes.try_get<le16>(at + kMembersAt);
    if (comment && members && at + kRecordBytes + *comment == end.size())
      return *members == kElsewhere ? std::nullopt : std::optional<std::uint64_t>(*members);
    before = before.substr(0, at);
  }
  return std::nullopt;
}

}  // namespace tq::fs
