#include "core/stored_zip.hpp"

#include <array>
#include <limits>

namespace tq {
namespace {

// APPNOTE.TXT, sections 4.3.7 (local header), 4.3.12 (central directory) and 4.3.16 (its end).
constexpr std::uint32_t kLocal = 0x04034b50, kCentral = 0x02014b50, kEnd = 0x06054b50;
constexpr std::uint16_t kVersion = 20, kFirstDay = (1 << 5) | 1;  // 1980-01-01

struct LocalHeader {
  le32 signature;
  le16 version, flags, method, time, date;
  le32 crc, packed, size;
  le16 name_length, extra_length;
};
static_assert(OnDisk<LocalHeader> && sizeof(LocalHeader) == 30);

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>((value >> (8 * i)) & 0xFF);
}

std::uint32_t crc32(std::string_view s) {
  static const auto kTable = [] {
    std::array<std::uint32_t, 256> t{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t c = i;
      for (int k = 0; k < 8; ++k) c = (c >> 1) ^ ((c & 1) != 0 ? 0xEDB88320u : 0);
      t[i] = c;
    }
    return t;
  }();
  std::uint32_t c = ~std::uint32_t{0};
  for (const char ch : s) c = kTable[(c ^ static_cast<std::uint8_t>(ch)) & 0xFF] ^ (c >> 8);
  return ~c;
}

/// What both headers of a member have in common, from the version on.
std::string common(const StoredMember& m, std::uint32_t crc) {
  std::string out;
  put(out, kVersion, 2);
  put(out, 0, 2);  // flags
  put(out, 0, 2);  // method: stored
  put(out, 0, 2);  // midnight
  put(out, kFirstDay, 2);
  put(out, crc, 4);
  put(out, m.data.size(), 4);
  put(out, m.data.size(), 4);
  put(out, m.name.size(), 2);
  put(out, 0, 2);  // extra field
  return out;
}

void put_central(std::string& out, const StoredMember& m, const std::string& header, std::size_t offset) {
  put(out, kCentral, 4);
  put(out, kVersion, 2);
  out += header;
  put(out, 0, 2);  // comment
  put(out, 0, 2);  // disk
  put(out, 0, 2);  // internal attributes
  put(out, 0, 4);  // external attributes
  put(out, offset, 4);
  out += m.name;
}

Status fits(const std::vector<StoredMember>& members) {
  std::uint64_t bytes = 0;
  for (const auto& m : members) bytes += m.data.size() + 2 * m.name.size() + 128;
  if (members.size() <= 0xFFFF && bytes <= std::numeric_limits<std::uint32_t>::max()) return ok();
  return Error{ErrorCode::limit, "zip", "at most 65535 members and 4 GiB", std::to_string(bytes) + " bytes", {}, "name fewer targets"};
}

}  // namespace

Result<std::string> write_stored_zip(const std::vector<StoredMember>& members) {
  TQ_TRY(const auto checked, fits(members));
  static_cast<void>(checked);
  std::string out, directory;
  for (const auto& m : members) {
    const std::string header = common(m, crc32(m.data));
    put_central(directory, m, header, out.size());
    put(out, kLocal, 4);
    out += header + m.name + m.data;
  }
  const std::size_t start = out.size();
  out += directory;
  put(out, kEnd, 4);
  put(out, 0, 4);  // this disk and the first
  put(out, members.size(), 2);
  put(out, members.size(), 2);
  put(out, directory.size(), 4);
  put(out, start, 4);
  put(out, 0, 2);  // comment
  return out;
}

std::vector<StoredMember> read_stored_members(Bytes zip) {
  std::vector<StoredMember> out;
  for (std::uint64_t at = 0;;) {
    const auto header = zip.try_get<LocalHeader>(at);
    if (!header || header->signature != kLocal || header->method != 0 || header->flags != 0 || header->packed != header->size) return out;
    const std::uint64_t name_at = at + sizeof(LocalHeader), data_at = name_at + header->name_length + header->extra_length;
    const auto name = zip.try_sub(name_at, header->name_length);
    const auto data = zip.try_sub(data_at, header->size);
    if (!name || !data) return out;
    out.push_back({std::string(name->chars()), std::string(data->chars())});
    at = data_at + header->size;
  }
}

}  // namespace tq
