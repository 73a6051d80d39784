// Content of the metadata files that every NTFS volume has.
#include <string_view>

#include "tests/support/ntfs_writer.hpp"

namespace tq::test::ntfs {

Blob boot_sector(std::uint32_t sector, std::uint32_t cluster, std::uint32_t record, std::uint32_t index_block, std::uint64_t sectors,
                 std::uint64_t mft, std::uint64_t mirror) {
  Blob b(512);
  const std::string_view oem = "\xEB\x52\x90NTFS    ";
  for (std::size_t i = 0; i < oem.size(); ++i) b[i] = static_cast<std::byte>(oem[i]);
  const auto log2 = [](std::uint32_t v) {
    unsigned n = 0;
    while ((1U << n) < v) ++n;
    return n;
  };
  const std::uint32_t per_cluster = cluster / sector;
  // Clusters, or as a negative power of two where that is less than one cluster.
  const auto coded = [&](std::uint32_t bytes) { return bytes >= cluster ? bytes / cluster : 256 - log2(bytes); };
  put(b, 11, sector, 2);
  put(b, 13, per_cluster <= 128 ? per_cluster : 256 - log2(per_cluster), 1);
  put(b, 21, 0xF8, 1);
  put(b, 24, 63, 2);
  put(b, 26, 255, 2);
  put(b, 36, 0x00800080, 4);
  put(b, 40, sectors, 8);
  put(b, 48, mft, 8);
  put(b, 56, mirror, 8);
  put(b, 64, coded(record), 1);
  put(b, 68, coded(index_block), 1);
  put(b, 72, 0x1122334455667788, 8);
  put(b, 510, 0xAA55, 2);
  return b;
}

Blob attribute_definitions() {
  struct Row {
    const char16_t* name;
    std::uint32_t type, flags;
    std::uint64_t least, most;
  };
  constexpr std::uint64_t kAny = ~std::uint64_t{0};
  static constexpr Row kRows[] = {
      {u"$STANDARD_INFORMATION", 0x10, 0x40, 48, 72},
      {u"$ATTRIBUTE_LIST", 0x20, 0x80, 0, kAny},
      {u"$FILE_NAME", 0x30, 0x42, 68, 578},
      {u"$OBJECT_ID", 0x40, 0x40, 0, 256},
      {u"$SECURITY_DESCRIPTOR", 0x50, 0x80, 0, kAny},
      {u"$VOLUME_NAME", 0x60, 0x40, 2, 256},
      {u"$VOLUME_INFORMATION", 0x70, 0x40, 12, 12},
      {u"$DATA", 0x80, 0, 0, kAny},
      {u"$INDEX_ROOT", 0x90, 0x40, 0, kAny},
      {u"$INDEX_ALLOCATION", 0xA0, 0x80, 0, kAny},
      {u"$BITMAP", 0xB0, 0x80, 0, kAny},
      {u"$REPARSE_POINT", 0xC0, 0x80, 0, 16384},
      {u"$EA_INFORMATION", 0xD0, 0x40, 8, 8},
      {u"$EA", 0xE0, 0, 0, 65536},
      {u"$LOGGED_UTILITY_STREAM", 0x100, 0x80, 0, 65536},
  };
  Blob b;
  for (const Row& r : kRows) {
    const std::size_t at = b.size();
    append(b, utf16(r.name));
    put(b, at + 128, r.type, 4);
    put(b, at + 140, r.flags, 4);
    put(b, at + 144, r.least, 8);
    put(b, at + 152, r.most, 8);
  }
  b.resize(b.size() + 160);
  return b;
}

Blob upcase_table() {
  Blob b(65536 * 2);
  for (std::uint32_t c = 0; c < 65536; ++c) put(b, std::size_t{c} * 2, upcase(static_cast<char16_t>(c)), 2);
  return b;
}

namespace {

/// A restart page with one client; in use and not clean when `dirty`.
Blob restart_page(bool dirty, std::uint64_t sequence) {
  Blob b(4096);
  put(b, 0, 0x52545352, 4);
  put(b, 4, 0x1E, 2);
  put(b, 6, 9, 2);
  put(b, 16, 4096, 4);
  put(b, 20, 4096, 4);
  put(b, 24, 0x30, 2);
  put(b, 26, 1, 2);
  put(b, 28, 1, 2);
  put(b, 0x30, sequence, 8);
  put(b, 0x38, 1, 2);
  put(b, 0x3A, dirty ? 0xFFFF : 0, 2);
  put(b, 0x3C, dirty ? 0 : 0xFFFF, 2);
  put(b, 0x3E, dirty ? 0 : 2, 2);
  put(b, 0x40, 48, 4);          // bits of a sequence number that count the file
  put(b, 0x44, 0x30 + 160, 2);  // length of the area with its client
  put(b, 0x46, 0x30, 2);        // offset of the clients
  put(b, 0x48, 256 * 1024, 8);
  put(b, 0x54, 0x30, 2);
  put(b, 0x56, 0x40, 2);
  const std::size_t client = 0x30 + 0x30;
  put(b, client + 16, 0xFFFF, 2);
  put(b, client + 18, 0xFFFF, 2);
  put(b, client + 28, 8, 4);
  append(b, {});
  const Blob name = utf16(u"NTFS");
  for (std::size_t i = 0; i < name.size(); ++i) b[client + 32 + i] = name[i];
  apply_update_sequence(b, 0x1E, 2);
  return b;
}

}  // namespace

Blob log_file(bool dirty) {
  Blob b(256 * 1024, std::byte{0xFF});
  if (!dirty) return b;
  Blob pages = restart_page(true, 1000);
  append(pages, restart_page(true, 900));
  std::copy(pages.begin(), pages.end(), b.begin());
  return b;
}

Blob security_stream() {
  Blob descriptor;
  put(descriptor, 0, 0x80040001, 4);
  put(descriptor, 4, 20, 4);
  put(descriptor, 8, 32, 4);
  descriptor.resize(20);
  for (int i = 0; i < 2; ++i) {
    put(descriptor, descriptor.size(), 0x0000000000000101, 4);
    put(descriptor, descriptor.size(), 0x05000000, 4);
    put(descriptor, descriptor.size(), 18, 4);
  }
  std::uint32_t hash = 0;
  pad_to(descriptor, 4);
  for (std::size_t i = 0; i < descriptor.size(); i += 4) {
    std::uint32_t word = 0;
    for (std::size_t k = 0; k < 4; ++k) word |= std::to_integer<std::uint32_t>(descriptor[i + k]) << (8 * k);
    hash = word + ((hash >> 29) | (hash << 3));
  }
  Blob entry;
  put(entry, 0, hash, 4);
  put(entry, 4, 0x100, 4);
  put(entry, 8, 0, 8);
  put(entry, 16, 20 + descriptor.size(), 4);
  append(entry, descriptor);
  Blob sds = entry;
  sds.resize(0x40000);
  append(sds, entry);
  return sds;
}

}  // namespace tq::test::ntfs
