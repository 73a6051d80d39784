#include "image/vhdx/header.hpp"

#include <fmt/format.h>

#include "image/support/crc32c.hpp"
#include "image/vhdx/checksum.hpp"
#include "io/window.hpp"

namespace tq::image::vhdx_format {
namespace {

constexpr std::uint16_t kVersion = 1;

std::optional<Header> whole_header(const io::ByteSource& file, std::uint64_t offset) {
  std::vector<std::byte> raw(kHeaderBytes);
  const auto n = file.read_at(offset, raw);
  if (!n || *n != raw.size()) return std::nullopt;
  const auto h = *bytes_of(raw).try_get<Header>(0);
  const bool whole = std::string_view(h.signature.data(), 4) == "head" && checksum_of(bytes_of(raw)) == h.checksum;
  return whole ? std::optional(h) : std::nullopt;
}

}  // namespace

std::uint32_t checksum_of(Bytes block) {
  // The checksum is taken with its own field as zeros.
  static constexpr std::array<std::byte, 4> kZeros{};
  const std::uint32_t head = crc32c(Bytes(block.span().first(kChecksumAt)));
  return crc32c(block.from(kChecksumAt + 4), crc32c(Bytes(kZeros), head));
}

std::string guid_text(const Guid& g) {
  const auto at = [&](std::size_t i) { return std::to_integer<unsigned>(g[i]); };
  return fmt::format("{:02X}{:02X}{:02X}{:02X}-{:02X}{:02X}-{:02X}{:02X}-{:02X}{:02X}-{:02X}{:02X}{:02X}{:02X}{:02X}{:02X}", at(3), at(2),
                     at(1), at(0), at(5), at(4), at(7), at(6), at(8), at(9), at(10), at(11), at(12), at(13), at(14), at(15));
}

bool has_signature(const io::ByteSource& file) {
  std::array<std::byte, 8> raw{};
  const auto n = file.read_at(0, raw);
  if (n && Bytes(raw).chars() == "vhdxfile") return true;
  return whole_header(file, kHeaderOffsets[0]) || whole_header(file, kHeaderOffsets[1]);
}

Result<Header> read_header(const io::ByteSource& file, std::vector<std::string>& notes) {
  const auto first = whole_header(file, kHeaderOffsets[0]), second = whole_header(file, kHeaderOffsets[1]);
  if (!first && !second)
    return Error{ErrorCode::corrupt, "vhdx.header", "a header with a right checksum", "two damaged ones", kHeaderOffsets[0]};
  // The older header of a file that is new, or was written once, may still be empty; that is no damage worth hiding, but
  // it is said: the two are told apart by nothing else.
  if (!first) notes.push_back("vhdx: the first header is damaged; the second is used");
  if (!second) notes.push_back("vhdx: the second header is damaged; the first is used");
  const Header h = !second || (first && first->sequence >= second->sequence) ? *first : *second;
  if (h.version != kVersion) return Error{ErrorCode::unsupported, "vhdx.header.version", "1", fmt::format("{}", std::uint16_t{h.version})};
  return h;
}

std::optional<std::string> id_of(const io::ByteSource& file) {
  std::vector<std::string> ignored;
  const auto h = read_header(file, ignored);
  if (!h) return std::nullopt;
  return guid_text(h->data_write_guid);
}

}  // namespace tq::image::vhdx_format
