// VS_VERSIONINFO: nodes of {length, value length, type, key, padding, value, children}, each aligned to 4 bytes.
#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "format/pe/pe.hpp"

namespace tq::format::pe {
namespace {

constexpr std::size_t kKeyLimit = 256, kStringLimit = 512;  // characters of a key; strings kept
constexpr std::uint64_t kHead = 6;
constexpr std::uint32_t kFixedSignature = 0xFEEF04BD;

struct FixedFileInfo {
  le32 signature, struct_version, file_high, file_low, product_high, product_low;
  le32 flags_mask, flags, os, type, subtype, date_high, date_low;
};
static_assert(OnDisk<FixedFileInfo> && sizeof(FixedFileInfo) == 52);

/// One node. `whole` ends at its length field; `value_at` is relative to `whole`.
struct Node {
  Bytes whole;
  std::string key;
  std::uint64_t value_at = 0;
  std::uint16_t value_length = 0;  ///< bytes for binary values, characters for text - some linkers mix these up
};

std::uint64_t aligned(std::uint64_t n) { return (n + 3) & ~std::uint64_t{3}; }

/// Padding counts from the start of the block, so `block_at` (the node's offset in it) matters for alignment.
Result<Node> read_node(Bytes b, std::uint64_t block_at, const char* place) {
  TQ_TRY(const std::uint16_t length, b.get<le16>(0, place));
  TQ_TRY(const std::uint16_t value_length, b.get<le16>(2, place));
  if (length < kHead + 2) return Error{ErrorCode::corrupt, place, "a node length of at least 8", fmt::format("{}", length), b.base()};
  Node n;
  n.whole = *b.try_sub(0, std::min<std::uint64_t>(length, b.size()));
  n.value_length = value_length;
  std::uint64_t end = kHead;
  while (end - kHead < 2 * kKeyLimit) {
    TQ_TRY(const std::uint16_t c, n.whole.get<le16>(end, place));
    if (c == 0) break;
    end += 2;
  }
  n.key = utf16le_to_utf8(*n.whole.try_sub(kHead, end - kHead));
  n.value_at = aligned(block_at + end + 2) - block_at;
  return n;
}

/// Calls `child(node, offset in block)` for the nodes from `at` on; stops at damage, which goes to `lost`.
template <class F>
void each_child(const Node& parent, std::uint64_t block_at, std::uint64_t at, const char* place, std::vector<Error>& lost, F child) {
  while (at + kHead <= parent.whole.size()) {
    const Bytes rest = parent.whole.from(at);
    const auto n = read_node(rest, block_at + at, place);
    if (!n) {
      // Padding at the end of a node reads as a node of length 0: the end, not damage.
      const auto length = rest.try_get<le16>(0);
      if (!length || *length != 0) lost.push_back(n.error());
      return;
    }
    const std::uint16_t length = *rest.try_get<le16>(0);
    if (length > rest.size())
      lost.push_back({ErrorCode::truncated, place, fmt::format("{} bytes", length), fmt::format("{} bytes", rest.size()), rest.base()});
    if (!child(*n, block_at + at)) return;
    at = aligned(block_at + at + n->whole.size()) - block_at;
  }
}

/// The text of a String node: up to its NUL or the node's end, whichever comes first, whatever value_length says.
std::string string_value(const Node& n) {
  const Bytes raw = n.whole.from(n.value_at);
  std::uint64_t end = 0;
  while (end + 2 <= raw.size() && *raw.try_get<le16>(end) != 0) end += 2;
  return n.value_length == 0 ? std::string{} : utf16le_to_utf8(*raw.try_sub(0, end));
}

void read_table(const Node& table, std::uint64_t at, VersionInfo& info) {
  info.translation = table.key;
  each_child(table, at, table.value_at, "pe.version_info.string", info.lost, [&](const Node& s, std::uint64_t) {
    if (info.strings.size() >= kStringLimit) {
      info.lost.push_back({ErrorCode::limit, "pe.version_info.strings", fmt::format("at most {}", kStringLimit), "more", s.whole.base()});
      return false;
    }
    info.strings.emplace_back(s.key, string_value(s));
    return true;
  });
}

FileVersion version_of(std::uint32_t high, std::uint32_t low) {
  return {static_cast<std::uint16_t>(high >> 16), static_cast<std::uint16_t>(high), static_cast<std::uint16_t>(low >> 16),
          static_cast<std::uint16_t>(low)};
}

void read_fixed(const Node& root, VersionInfo& info) {
  if (root.value_length == 0) return;
  const auto fixed = root.whole.get<FixedFileInfo>(root.value_at, "pe.version_info.fixed");
  if (!fixed) {
    info.lost.push_back(fixed.error());
    return;
  }
  if (fixed->signature != kFixedSignature) {
    info.lost.push_back({ErrorCode::corrupt, "pe.version_info.fixed.signature", "0xfeef04bd",
                         fmt::format("0x{:08x}", std::uint32_t{fixed->signature}), root.whole.base() + root.value_at});
    return;
  }
  info.file_fixed = version_of(fixed->file_high, fixed->file_low);
  info.product_fixed = version_of(fixed->product_high, fixed->product_low);
}

}  // namespace

std::string VersionInfo::string(std::string_view key) const {
  for (const auto& [k, v] : strings)
    if (iequals(k, key)) return v;
  return {};
}

Result<VersionInfo> parse_version_block(Bytes block) {
  TQ_TRY(const Node root, read_node(block, 0, "pe.version_info"));
  if (root.key != "VS_VERSION_INFO")
    return Error{ErrorCode::corrupt, "pe.version_info.key", "VS_VERSION_INFO", printable(root.key.substr(0, 40)), block.base()};
  VersionInfo info;
  const std::uint16_t length = *block.try_get<le16>(0);
  if (length > block.size())
    info.lost.push_back(
        {ErrorCode::truncated, "pe.version_info", fmt::format("{} bytes", length), fmt::format("{} bytes", block.size()), block.base()});
  read_fixed(root, info);
  const std::uint64_t children = aligned(root.value_at + root.value_length);
  each_child(root, 0, children, "pe.version_info.child", info.lost, [&](const Node& child, std::uint64_t at) {
    if (child.key != "StringFileInfo") return true;
    each_child(child, at, child.value_at, "pe.version_info.table", info.lost, [&](const Node& table, std::uint64_t table_at) {
      read_table(table, table_at, info);
      return false;  // the first translation only
    });
    return false;
  });
  return info;
}

}  // namespace tq::format::pe
