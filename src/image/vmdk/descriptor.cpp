#include "image/vmdk/descriptor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "core/ascii.hpp"
#include "core/text.hpp"

namespace tq::image::vmdk_format {
namespace {

// A descriptor of a thousand extents has 60 KiB; both bounds leave room for tools that write long ones.
constexpr std::uint64_t kMaxTextBytes = std::uint64_t{1} << 20;
constexpr std::size_t kMaxExtents = 4096;
constexpr std::string_view kFirstLine = "# Disk DescriptorFile";
// All ones in parentCID: the disk stands alone ("CID_NOPARENT").
constexpr std::string_view kNoParent = "ffffffff";

Error bad(const char* field, std::string wanted, std::string_view found) {
  return Error{ErrorCode::corrupt, std::string("vmdk.descriptor.") + field, std::move(wanted), printable(found)};
}

/// Cuts the next word off the front; a word in quotes may hold spaces.
std::string_view next_word(std::string_view& line) {
  line = trim(line);
  if (line.empty()) return {};
  if (line.front() == '"') {
    const auto end = line.find('"', 1);
    const std::string_view word = line.substr(1, end == std::string_view::npos ? end : end - 1);
    line = end == std::string_view::npos ? std::string_view{} : line.substr(end + 1);
    return word;
  }
  const auto end = std::min(line.find_first_of(" \t"), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

bool is_extent_line(std::string_view line) {
  return istarts_with(line, "RW ") || istarts_with(line, "RDONLY ") || istarts_with(line, "NOACCESS ");
}

Result<ExtentLine> parse_extent(std::string_view line) {
  const std::string_view whole = line;
  ExtentLine e;
  e.access = next_word(line);
  if (!parse_u64(next_word(line), e.sectors) || e.sectors == 0) return bad("extent", "a number of sectors", whole);
  e.type = next_word(line);
  std::ranges::transform(e.type, e.type.begin(), to_upper);
  e.name = next_word(line);
  if (e.type.empty() || (e.name.empty() && e.type != "ZERO")) return bad("extent", "a type and a file name", whole);
  const std::string_view first = next_word(line);
  // Behind it may follow the ids of a device; they are of no use here.
  if (!first.empty() && !parse_u64(first, e.first_sector)) return bad("extent", "a first sector", whole);
  return e;
}

/// Ids are written without leading zeros at times.
Result<std::string> parse_cid(const char* field, std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return bad(field, "a hexadecimal number of 32 bits", text);
  return fmt::format("{:08x}", value);
}

/// Keys that are not needed to read the disk (geometry, adapter, tool versions) are passed over.
Status set_value(std::string_view key, std::string_view value, Descriptor& d) {
  if (iequals(key, "CID")) {
    TQ_TRY(d.cid, parse_cid("CID", value));
  } else if (iequals(key, "parentCID")) {
    TQ_TRY(const std::string id, parse_cid("parentCID", value));
    if (id != kNoParent) d.parent_cid = id;
  } else if (iequals(key, "parentFileNameHint")) {
    d.parent_hint = value;
  } else if (iequals(key, "createType")) {
    d.create_type = value;
  } else if (istarts_with(key, "encryption.")) {
    d.encrypted = true;
  }
  return ok();
}

Status parse_line(std::string_view line, Descriptor& d) {
  if (line.empty() || line.front() == '#') return ok();
  if (is_extent_line(line)) {
    if (d.extents.size() >= kMaxExtents)
      return Error{ErrorCode::limit, "vmdk.descriptor", fmt::format("at most {} extents", kMaxExtents), "more"};
    TQ_TRY(ExtentLine e, parse_extent(line));
    d.extents.push_back(std::move(e));
    return ok();
  }
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return ok();
  std::string_view value = trim(line.substr(equals + 1));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  return set_value(trim(line.substr(0, equals)), value, d);
}

Result<Descriptor> parse(std::string_view text) {
  Descriptor d;
  // An embedded descriptor is padded with NULs to its reserved sectors.
  text = text.substr(0, text.find('\0'));
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    TQ_TRY([[maybe_unused]] const auto fine, parse_line(trim(text.substr(0, end)), d));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (d.cid.empty()) return bad("CID", "a content id", "none");
  if (d.extents.empty()) return bad("extent", "at least one extent", "none");
  return d;
}

}  // namespace

bool is_descriptor(const io::ByteSource& file) {
  std::array<char, 512> head{};
  const auto n = file.read_at(0, std::as_writable_bytes(std::span(head)));
  if (!n) return false;
  std::string_view text(head.data(), *n);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return istarts_with(trim(text), kFirstLine);
}

Result<Descriptor> read_descriptor(const io::ByteSource& file, std::uint64_t offset, std::uint64_t size) {
  if (size > kMaxTextBytes)
    return Error{ErrorCode::limit, "vmdk.descriptor", fmt::format("at most {} bytes", kMaxTextBytes), fmt::to_string(size), offset};
  std::string text(size, '\0');
  // Reserved sectors may reach behind the end of a small file: what is there decides.
  std::size_t n = 0;
  if (offset < file.size()) {
    TQ_TRY(n, file.read_at(offset, std::as_writable_bytes(std::span(text))));
  }
  text.resize(n);
  if (ifind(std::string_view(text).substr(0, 512), kFirstLine) == std::string_view::npos)
    return Error{ErrorCode::corrupt, "vmdk.descriptor", std::string(kFirstLine), "another text or none", offset};
  return parse(text);
}

}  // namespace tq::image::vmdk_format
