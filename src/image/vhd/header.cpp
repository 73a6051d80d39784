#include "image/vhd/header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "core/hash.hpp"
#include "core/text.hpp"
#include "io/window.hpp"

namespace tq::image::vhd_format {
namespace {

// The table counts 32-bit sectors, so nothing behind 2 TiB can be written down.
constexpr std::uint64_t kMaxDiskBytes = (std::uint64_t{1} << 32) * kSector;
constexpr std::uint64_t kMinBlock = kSector, kMaxBlock = std::uint64_t{1} << 30;
constexpr std::uint64_t kUsualHeaderOffset = 512;
constexpr std::uint32_t kMaxLocatorBytes = 64U << 10;

/// Ones' complement of the sum of all bytes, the checksum field left out.
template <OnDisk T>
std::uint32_t checksum_of(const T& block) {
  const auto bytes = std::as_bytes(std::span(&block, 1));
  std::uint32_t sum = 0;
  for (const std::byte b : bytes) sum += std::to_integer<std::uint32_t>(b);
  for (const std::uint8_t b : block.checksum.raw) sum -= b;
  return ~sum;
}

template <OnDisk T>
std::optional<T> read_struct(const io::ByteSource& file, std::uint64_t offset) {
  std::vector<std::byte> raw(sizeof(T));
  const auto n = file.read_at(offset, raw);
  return n && *n == raw.size() ? bytes_of(raw).try_get<T>(0) : std::nullopt;
}

template <OnDisk T>
bool is(const T& block, std::string_view cookie) {
  return std::string_view(block.cookie.data(), block.cookie.size()) == cookie;
}

std::string uuid_text(const std::array<std::byte, 16>& raw) {
  std::string s = hex(Bytes(raw));
  for (const std::size_t at : {20U, 16U, 12U, 8U}) s.insert(at, "-");
  return s;
}

struct FoundFooter {
  Footer footer;
  bool whole = false;     ///< its checksum is right
  bool at_start = false;  ///< it is the copy
};

/// A footer at the very end. Virtual PC before 2004 wrote one of 511 bytes; the last byte is reserved and zero.
std::optional<FoundFooter> footer_at_end(const io::ByteSource& file) {
  for (const std::uint64_t size : {std::uint64_t{512}, std::uint64_t{511}}) {
    if (file.size() < size) continue;
    std::vector<std::byte> raw(size);
    if (const auto n = file.read_at(file.size() - size, raw); !n || *n != size) continue;
    raw.resize(sizeof(Footer));
    const auto footer = *bytes_of(raw).try_get<Footer>(0);
    if (is(footer, "conectix")) return FoundFooter{footer, checksum_of(footer) == footer.checksum, false};
  }
  return std::nullopt;
}

std::optional<FoundFooter> footer_at_start(const io::ByteSource& file) {
  const auto footer = read_struct<Footer>(file, 0);
  if (!footer || !is(*footer, "conectix")) return std::nullopt;
  return FoundFooter{*footer, checksum_of(*footer) == footer->checksum, true};
}

/// The footer at the end is the one that counts; its copy serves when that is gone or damaged.
std::optional<FoundFooter> find_footer(const io::ByteSource& file) {
  const auto end = footer_at_end(file);
  if (end && end->whole) return end;
  const auto start = footer_at_start(file);
  if (start && (start->whole || !end)) return start;
  return end;
}

Status check_footer(const Footer& f) {
  if (f.version >> 16 != kVersionMajor)
    return Error{ErrorCode::unsupported, "vhd.footer.version", "1.0", fmt::format("0x{:08x}", std::uint32_t{f.version})};
  if (f.disk_type < 2 || f.disk_type > 4)
    return Error{ErrorCode::unsupported, "vhd.footer.disk_type", "2 (fixed), 3 (dynamic) or 4 (differencing)",
                 fmt::format("{}", std::uint32_t{f.disk_type})};
  if (f.disk_bytes == 0 || f.disk_bytes > kMaxDiskBytes)
    return Error{ErrorCode::corrupt, "vhd.footer.current_size", fmt::format("1 to {} bytes", kMaxDiskBytes),
                 fmt::format("{}", std::uint64_t{f.disk_bytes})};
  return ok();
}

std::string utf16be_name(std::span<const std::byte> raw) {
  std::u16string s;
  for (std::size_t i = 0; i + 1 < raw.size(); i += 2) {
    const auto unit = static_cast<char16_t>(std::to_integer<unsigned>(raw[i]) << 8 | std::to_integer<unsigned>(raw[i + 1]));
    if (unit == 0) break;
    s += unit;
  }
  return utf16_to_utf8(s);
}

std::string locator_path(const io::ByteSource& file, const Locator& l) {
  if (l.length == 0 || l.length > kMaxLocatorBytes) return {};
  std::vector<std::byte> raw(l.length);
  const auto n = file.read_at(l.offset, raw);
  if (!n || *n != raw.size()) return {};
  std::string s = utf16le_to_utf8(bytes_of(raw));
  return s.substr(0, s.find('\0'));
}

/// Relative paths first: a moved folder keeps them right.
std::vector<std::string> parent_names(const io::ByteSource& file, const DynamicHeader& h) {
  std::vector<std::string> out;
  for (const std::string_view platform : {"W2ru", "W2ku"})
    for (const Locator& l : h.locators)
      if (std::string_view(l.platform.data(), l.platform.size()) == platform)
        if (std::string path = locator_path(file, l); !path.empty()) out.push_back(std::move(path));
  if (std::string name = utf16be_name(h.parent_name); !name.empty()) out.push_back(std::move(name));
  return out;
}

/// Where the footer says, else right behind its copy, where every known writer puts it.
Result<std::uint64_t> find_dynamic_header(const io::ByteSource& file, std::uint64_t said, std::vector<std::string>& notes) {
  const auto there = [&](std::uint64_t at) {
    const auto h = read_struct<DynamicHeader>(file, at);
    return h && is(*h, "cxsparse");
  };
  if (there(said)) return said;
  if (!there(kUsualHeaderOffset)) {
    return Error{ErrorCode::corrupt, "vhd.dynamic_header.cookie", "cxsparse", "none", said};
  }
  notes.push_back("vhd: the footer's pointer to the dynamic header is damaged; the header behind its copy is used");
  return kUsualHeaderOffset;
}

Status read_dynamic(const io::ByteSource& file, std::uint64_t said, Header& out) {
  TQ_TRY(out.header_offset, find_dynamic_header(file, said, out.notes));
  const auto h = *read_struct<DynamicHeader>(file, out.header_offset);
  if (h.version >> 16 != kVersionMajor)
    return Error{ErrorCode::unsupported, "vhd.dynamic_header.version", "1.0", fmt::format("0x{:08x}", std::uint32_t{h.version})};
  if (checksum_of(h) != h.checksum) out.notes.push_back("vhd: the checksum of the dynamic header is wrong");
  out.table_offset = h.table_offset;
  out.table_entries = h.table_entries;
  out.block_bytes = h.block_bytes;
  if (!std::has_single_bit(out.block_bytes) || out.block_bytes < kMinBlock || out.block_bytes > kMaxBlock)
    return Error{ErrorCode::corrupt, "vhd.dynamic_header.block_size", "a power of two from 512 bytes to 1 GiB",
                 fmt::format("{}", out.block_bytes)};
  if (out.table_offset >= file.size())
    return Error{ErrorCode::corrupt, "vhd.dynamic_header.table_offset", fmt::format("below {}", file.size()),
                 fmt::format("{}", out.table_offset)};
  if (std::uint64_t{out.table_entries} * out.block_bytes < out.disk_bytes)
    out.notes.push_back(
        fmt::format("vhd: the allocation table holds {} blocks of {} bytes, less than the disk", out.table_entries, out.block_bytes));
  if (out.type == DiskType::differencing) {
    out.parent_id = uuid_text(h.parent_id);
    out.parent_names = parent_names(file, h);
  }
  return ok();
}

}  // namespace

bool has_signature(const io::ByteSource& file) {
  // The end of a raw disk may be anything: there the checksum has to be right too.
  const auto end = footer_at_end(file);
  return (end && end->whole) || footer_at_start(file);
}

std::optional<std::string> id_of(const io::ByteSource& file) {
  const auto found = find_footer(file);
  if (!found) return std::nullopt;
  return uuid_text(found->footer.id);
}

Result<Header> read_header(const io::ByteSource& file) {
  const auto found = find_footer(file);
  if (!found) return Error{ErrorCode::corrupt, "vhd.footer.cookie", "conectix", "none"};
  const Footer& f = found->footer;
  TQ_TRY([[maybe_unused]] const auto fine, check_footer(f));
  Header out;
  out.type = static_cast<DiskType>(std::uint32_t{f.disk_type});
  out.disk_bytes = f.disk_bytes;
  out.id = uuid_text(f.id);
  if (found->at_start) out.notes.push_back("vhd: the footer is damaged; its copy at the start is used");
  if (!found->whole) out.notes.push_back("vhd: the checksum of the footer is wrong");
  if (f.saved_state != 0) out.notes.push_back("vhd: the machine was suspended, not shut down");
  if (out.type == DiskType::fixed) return out;
  TQ_TRY([[maybe_unused]] const auto dynamic, read_dynamic(file, f.data_offset, out));
  return out;
}

}  // namespace tq::image::vhd_format
