// A disk or a volume byte for byte, in one file or split into parts. It has no signature of its own: what makes a file
// raw is that it begins, or ends, as a disk or a Windows volume does, and as nothing else.
#include <algorithm>

#include "core/text.hpp"
#include "image/format.hpp"
#include "image/raw/parts.hpp"
#include "image/support/foreign.hpp"
#include "io/window.hpp"

namespace tq::image {

extern const Format raw;

namespace {

constexpr std::uint64_t kSector = 512, kBigSector = 4096;

/// As many of the `size` bytes from `offset` on as are there and can be read.
std::vector<std::byte> bytes_at(const io::ByteSource& source, std::uint64_t offset, std::size_t size) {
  std::vector<std::byte> out(size);
  out.resize(source.read_at(offset, out).value_or(0));
  return out;
}

bool has(Bytes b, std::uint64_t offset, std::string_view magic) {
  const auto at = b.try_sub(offset, magic.size());
  return at && at->chars() == magic;
}

/// A boot sector: of a disk (MBR), or of an NTFS, FAT, exFAT or BitLocker volume.
bool boot_sector(Bytes sector) { return has(sector, 510, "\x55\xAA") || has(sector, 3, "NTFS    ") || has(sector, 3, "-FVE-FS-"); }
bool gpt_header(Bytes sector) { return has(sector, 0, "EFI PART"); }

/// Where the GPT's copy and NTFS' copy of its boot sector lie: the last sector, of either size.
bool ends_as_disk(const io::ByteSource& source) {
  for (const std::uint64_t sector : {kSector, kBigSector}) {
    if (source.size() < 2 * sector) continue;
    const auto last = bytes_at(source, source.size() - sector, kSector);
    if (gpt_header(bytes_of(last)) || has(bytes_of(last), 3, "NTFS    ")) return true;
  }
  return false;
}

bool foreign(Bytes head) { return foreign_content(head) != nullptr || plain_text(head.from(0)); }

bool is_raw(const File& file) {
  const auto head = bytes_at(*file.bytes, 0, kBigSector + kSector);
  const Bytes b = bytes_of(head);
  if (head.size() < kSector || foreign(Bytes(b.span().first(kSector)))) return false;
  return boot_sector(b) || gpt_header(b.from(kSector)) || gpt_header(b.from(kBigSector)) || ends_as_disk(*file.bytes);
}

/// Raw would show the container's own bytes as a disk: never right, not even when it is asked for.
Status refuse_others(const File& file) {
  for (const Format* other : all())
    if (other != &raw && other->probe(file))
      return Error{ErrorCode::unsupported, printable(file.name), "a raw disk", std::string("the signature of ") + other->name};
  const auto head = bytes_at(*file.bytes, 0, kSector);
  if (const char* what = foreign_content(bytes_of(head))) return Error{ErrorCode::unsupported, printable(file.name), "a raw disk", what, 0};
  if (head.size() < kSector) return Error{ErrorCode::truncated, printable(file.name), "at least one sector", "less than 512 bytes", 0};
  return ok();
}

Result<Image> open_raw(const File& file) {
  TQ_TRY([[maybe_unused]] const auto fine, refuse_others(file));
  TQ_TRY(raw_parts::Parts parts, raw_parts::collect(file));
  Image image;
  image.format = "raw";
  image.variant = parts.sources.size() > 1 ? "split" : "single";
  image.files = parts.names;
  image.disk = parts.sources.size() > 1 ? std::shared_ptr<const io::ByteSource>(io::join(std::move(parts.sources))) : file.bytes;
  const auto head = bytes_at(*image.disk, 0, kBigSector + kSector);
  const Bytes b = bytes_of(head);
  if (!gpt_header(b.from(kSector)) && gpt_header(b.from(kBigSector))) image.sector_size = kBigSector;
  return image;
}

}  // namespace

const Format raw{"raw", 100, is_raw, open_raw};

}  // namespace tq::image
