#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "format/pe/pe.hpp"

namespace tq::format::pe {
namespace {

constexpr std::uint64_t kHeadBytes = 4096;   // the headers of nearly every image; read at once
constexpr std::uint16_t kSectionLimit = 96;  // the loader's limit up to NT 5.2; no NT 6.0 system file comes near it
constexpr std::uint16_t kPe32 = 0x10B, kPe32Plus = 0x20B;
constexpr std::uint16_t kDllFlag = 0x2000;

struct CoffHeader {
  le16 machine, section_count;
  le32 time_stamp, symbol_table, symbol_count;
  le16 optional_size, characteristics;
};
static_assert(OnDisk<CoffHeader> && sizeof(CoffHeader) == 20);

struct SectionHeader {
  std::array<std::uint8_t, 8> name;
  le32 virtual_size, rva, file_size, file_offset, relocations, line_numbers;
  le16 relocation_count, line_number_count;
  le32 characteristics;
};
static_assert(OnDisk<SectionHeader> && sizeof(SectionHeader) == 40);

/// The part of the optional header that lies at the same offsets in PE32 and PE32+ (from byte 32 on).
struct CommonOptional {
  le32 section_alignment, file_alignment;
  std::array<le16, 6> versions;
  le32 win32_version, size_of_image, size_of_headers, checksum;
  le16 subsystem, dll_characteristics;
};
static_assert(OnDisk<CommonOptional> && sizeof(CommonOptional) == 40);
constexpr std::uint64_t kCommonAt = 32;
constexpr std::uint64_t kChecksumAt = 64;

Machine machine_of(std::uint16_t raw) {
  switch (raw) {
    case 0x014C: return Machine::x86;
    case 0x8664: return Machine::x64;
    case 0x0200: return Machine::ia64;
    case 0x01C0:
    case 0x01C2:
    case 0x01C4: return Machine::arm;
    case 0xAA64: return Machine::arm64;
    default: return Machine::other;
  }
}

Result<std::vector<std::byte>> read_some(const io::ByteSource& source, std::uint64_t offset, std::uint64_t size) {
  std::vector<std::byte> out(size);
  TQ_TRY(const std::size_t n, source.read_at(offset, out));
  out.resize(n);
  return out;
}

/// File offset of "PE\0\0".
Result<std::uint64_t> pe_offset(Bytes head) {
  TQ_TRY(const std::uint16_t mz, head.get<le16>(0, "pe.dos_header.signature"));
  if (mz != 0x5A4D) return Error{ErrorCode::corrupt, "pe.dos_header.signature", "MZ", fmt::format("0x{:04x}", mz), 0};
  TQ_TRY(const std::uint32_t at, head.get<le32>(0x3C, "pe.dos_header.e_lfanew"));
  return std::uint64_t{at};
}

void read_directories(Bytes optional, std::uint64_t count_at, Image& image) {
  const auto count = optional.try_get<le32>(count_at);
  if (!count) return;
  const std::uint64_t wanted = std::min<std::uint64_t>(*count, kDirectories);
  for (std::uint64_t i = 0; i < wanted; ++i) {
    const auto rva = optional.try_get<le32>(count_at + 4 + 8 * i);
    const auto size = optional.try_get<le32>(count_at + 8 + 8 * i);
    if (!rva || !size) {
      image.lost.push_back({ErrorCode::truncated, "pe.optional_header.directories", fmt::format("{} entries", wanted),
                            fmt::format("{} entries", i), optional.base() + count_at + 4 + 8 * i});
      return;
    }
    image.directories[i] = {*rva, *size};
  }
}

Status read_optional(Bytes optional, Image& image) {
  TQ_TRY(const std::uint16_t magic, optional.get<le16>(0, "pe.optional_header.magic"));
  if (magic != kPe32 && magic != kPe32Plus)
    return Error{ErrorCode::unsupported, "pe.optional_header.magic", "0x10b or 0x20b", fmt::format("0x{:x}", magic), optional.base()};
  image.pe32_plus = magic == kPe32Plus;
  TQ_TRY(const std::uint32_t entry, optional.get<le32>(16, "pe.optional_header.entry"));
  TQ_TRY(const auto c, optional.get<CommonOptional>(kCommonAt, "pe.optional_header"));
  image.entry_rva = entry;
  // Both reads lie before byte 32 and so inside what was just read.
  image.image_base = image.pe32_plus ? std::uint64_t{*optional.try_get<le64>(24)} : std::uint64_t{*optional.try_get<le32>(28)};
  image.section_alignment = c.section_alignment;
  image.size_of_image = c.size_of_image;
  image.size_of_headers = c.size_of_headers;
  image.stored_checksum = c.checksum;
  image.checksum_offset = optional.base() + kChecksumAt;
  image.subsystem = c.subsystem;
  image.dll_characteristics = c.dll_characteristics;
  read_directories(optional, image.pe32_plus ? 108 : 92, image);
  return ok();
}

std::string section_name(const std::array<std::uint8_t, 8>& raw) {
  std::string s;
  for (const std::uint8_t c : raw) {
    if (c == 0) break;
    s += static_cast<char>(c);
  }
  return latin1_to_utf8(bytes_of(s));
}

void read_sections(Bytes table, std::uint16_t promised, Image& image) {
  const std::uint16_t count = std::min(promised, kSectionLimit);
  if (count < promised)
    image.lost.push_back(
        {ErrorCode::limit, "pe.sections", fmt::format("at most {}", kSectionLimit), fmt::format("{}", promised), table.base()});
  for (std::uint16_t i = 0; i < count; ++i) {
    const auto h = table.get<SectionHeader>(std::uint64_t{i} * sizeof(SectionHeader), "pe.section_header");
    if (!h) {
      image.lost.push_back(h.error());
      return;
    }
    Section s{section_name(h->name), h->rva, h->virtual_size, h->file_offset, h->file_size, h->characteristics};
    const std::uint64_t end = std::uint64_t{s.file_offset} + s.file_size;
    if (s.file_size != 0 && end > image.file_size)
      image.lost.push_back({ErrorCode::truncated, fmt::format("pe.section {}", printable(s.name)), fmt::format("data up to byte {}", end),
                            fmt::format("a file of {} bytes", image.file_size), s.file_offset});
    image.sections.push_back(std::move(s));
  }
}

void note_certificates(Image& image) {
  const DirectoryEntry& d = image.directory(Directory::certificates);
  if (!d.present()) return;
  const std::uint64_t end = std::uint64_t{d.rva} + d.size;
  if (end > image.file_size) {
    image.lost.push_back({ErrorCode::truncated, "pe.certificates", fmt::format("data up to byte {}", end),
                          fmt::format("a file of {} bytes", image.file_size), d.rva});
    return;
  }
  image.has_authenticode = true;
  image.authenticode_offset = d.rva;
  image.authenticode_size = d.size;
}

/// `nt` starts at "PE\0\0" and holds at least the optional header and the section table when the file does.
Result<Image> read_nt(Bytes nt, std::uint64_t file_size) {
  TQ_TRY(const std::uint32_t signature, nt.get<le32>(0, "pe.signature"));
  if (signature != 0x00004550) return Error{ErrorCode::corrupt, "pe.signature", "PE\\0\\0", fmt::format("0x{:08x}", signature), nt.base()};
  TQ_TRY(const auto coff, nt.get<CoffHeader>(4, "pe.coff_header"));
  Image image;
  image.file_size = file_size;
  image.machine_raw = coff.machine;
  image.machine = machine_of(coff.machine);
  image.time_stamp = coff.time_stamp;
  image.characteristics = coff.characteristics;
  image.is_dll = (coff.characteristics & kDllFlag) != 0;
  constexpr std::uint64_t kOptionalAt = 4 + sizeof(CoffHeader);
  const Bytes rest = nt.from(kOptionalAt);
  const Bytes optional = *rest.try_sub(0, std::min<std::uint64_t>(rest.size(), coff.optional_size));
  TQ_TRY([[maybe_unused]] const auto done, read_optional(optional, image));
  read_sections(rest.from(coff.optional_size), coff.section_count, image);
  note_certificates(image);
  image.is_dotnet = image.directory(Directory::clr).present();
  return image;
}

}  // namespace

const char* to_string(Machine m) {
  switch (m) {
    case Machine::x86: return "x86";
    case Machine::x64: return "x64";
    case Machine::ia64: return "ia64";
    case Machine::arm: return "arm";
    case Machine::arm64: return "arm64";
    case Machine::other: return "other";
  }
  return "?";
}

std::uint16_t machine_number(Machine m) {
  switch (m) {
    case Machine::x86: return 0x014C;
    case Machine::x64: return 0x8664;
    case Machine::ia64: return 0x0200;
    case Machine::arm: return 0x01C4;
    case Machine::arm64: return 0xAA64;
    case Machine::other: return 0;
  }
  return 0;
}

Result<Image> open(const io::ByteSource& source) {
  TQ_TRY(const auto head, read_some(source, 0, std::min(kHeadBytes, source.size())));
  TQ_TRY(const std::uint64_t at, pe_offset(bytes_of(head)));
  const Bytes nt = bytes_of(head).from(at);
  // Signature, COFF header, optional header and section table end here; both counts are 16 bit, so this stays small.
  const auto coff = at < head.size() ? nt.try_get<CoffHeader>(4) : std::nullopt;
  if (coff) {
    const std::uint64_t sections = std::min<std::uint16_t>(coff->section_count, kSectionLimit);
    const std::uint64_t need = 4 + sizeof(CoffHeader) + coff->optional_size + sections * sizeof(SectionHeader);
    if (nt.holds(0, need) || head.size() == source.size()) return read_nt(nt, source.size());
  }
  if (at >= source.size())
    return Error{ErrorCode::truncated, "pe.dos_header.e_lfanew", "an offset inside the file", fmt::format("0x{:x}", at), 0x3C};
  constexpr std::uint64_t kMost = 4 + sizeof(CoffHeader) + 0xFFFF + kSectionLimit * sizeof(SectionHeader);
  TQ_TRY(const auto far, read_some(source, at, std::min(kMost, source.size() - at)));
  return read_nt(Bytes(std::span(far), at), source.size());
}

}  // namespace tq::format::pe
