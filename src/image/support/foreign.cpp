#include "image/support/foreign.hpp"

#include <algorithm>

namespace tq::image {
namespace {

struct Signature {
  std::string_view magic;
  std::uint64_t offset;
  const char* what;
};

using namespace std::string_view_literals;
constexpr Signature kSignatures[] = {
    {"PK\x03\x04"sv, 0, "a zip archive"},
    {"PK\x05\x06"sv, 0, "an empty zip archive"},
    {"7z\xbc\xaf\x27\x1c"sv, 0, "a 7z archive"},
    {"Rar!\x1a\x07"sv, 0, "a RAR archive"},
    {"\x1f\x8b"sv, 0, "a gzip file"},
    {"BZh"sv, 0, "a bzip2 file"},
    {"\x28\xb5\x2f\xfd"sv, 0, "a zstd file"},
    {"\xfd\x37zXZ"sv, 0, "an xz file"},
    {"ustar"sv, 257, "a tar archive"},
    {"MSCF"sv, 0, "a cabinet"},
    {"MSWIM\0\0\0"sv, 0, "a WIM image"},
    {"\x89PNG"sv, 0, "a PNG picture"},
    {"\xff\xd8\xff"sv, 0, "a JPEG picture"},
    {"GIF8"sv, 0, "a GIF picture"},
    {"%PDF"sv, 0, "a PDF document"},
    {"MZ"sv, 0, "a program"},
    {"\x7f\x45LF"sv, 0, "an ELF program"},
    {"regf"sv, 0, "a registry hive"},
    {"HvLE"sv, 0, "a part of a registry log"},
    {"ElfFile\0"sv, 0, "an event log"},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, 0, "an OLE compound file"},
    {"SQLite format 3\0"sv, 0, "an SQLite database"},
    {"<<< "sv, 0, "a VirtualBox (VDI) disk image"},
    {"EVF2\r\n\x81\0"sv, 0, "an EnCase 7 (Ex01) disk image"},
    {"LVF\x09\r\n\xff\0"sv, 0, "an EnCase logical evidence file (L01)"},
    {"LVF2"sv, 0, "an EnCase 7 logical evidence file (Lx01)"},
    {"ADSEGMENTEDFILE\0"sv, 0, "an AccessData (AD1) evidence file"},
    {"AFF10\r\n\0"sv, 0, "an AFF disk image"},
};

}  // namespace

const char* foreign_content(Bytes head) {
  for (const Signature& s : kSignatures)
    if (const auto at = head.try_sub(s.offset, s.magic.size()); at && at->chars() == s.magic) return s.what;
  return nullptr;
}

bool plain_text(Bytes head) {
  const auto text = head.chars();
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u >= 0x20 ? u != 0x7F : (c == '\t' || c == '\r' || c == '\n');
  });
}

}  // namespace tq::image
