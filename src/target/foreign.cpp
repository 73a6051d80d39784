// Files that are plainly something else. Saying what they are is better than trying them as text.
#include "target/loader.hpp"

namespace tq::target {
namespace {

struct Signature {
  std::string_view magic;
  std::size_t offset;
  const char* what;
};

using namespace std::string_view_literals;
constexpr Signature kSignatures[] = {
    {"QFI\xfb"sv, 0, "a QCOW2 disk image"},
    {"vhdxfile"sv, 0, "a VHDX disk image"},
    {"KDMV"sv, 0, "a VMDK disk image"},
    {"# Disk Descriptor"sv, 0, "a VMDK descriptor"},
    {"conectix"sv, 0, "a VHD disk image"},
    {"EVF\x09\x0d\x0a\xff\x00"sv, 0, "an E01 disk image"},
    {"NTFS    "sv, 3, "an NTFS volume"},
    {"-FVE-FS-"sv, 3, "a BitLocker volume"},
    {"EFI PART"sv, 512, "a disk with a GPT"},
    {"PK\x03\x04"sv, 0, "a zip archive"},
    {"7z\xbc\xaf\x27\x1c"sv, 0, "a 7z archive"},
    {"\x1f\x8b"sv, 0, "a gzip file"},
    {"\xfd"
     "7zXZ"sv,
     0, "an xz file"},
    {"ustar"sv, 257, "a tar archive"},
    {"MSCF"sv, 0, "a cabinet"},
    {"\x89PNG"sv, 0, "a PNG picture"},
    {"\xff\xd8\xff"sv, 0, "a JPEG picture"},
    {"%PDF"sv, 0, "a PDF document"},
    {"MZ"sv, 0, "a program"},
    {"\x7f"
     "ELF"sv,
     0, "an ELF program"},
    {"HvLE"sv, 0, "a part of a registry log"},
};

const Signature* match(const Input& in) {
  if (in.kind != io::HostKind::file) return nullptr;
  const auto head = bytes_of(in.head).chars();
  for (const auto& s : kSignatures)
    if (head.size() >= s.offset + s.magic.size() && head.substr(s.offset, s.magic.size()) == s.magic) return &s;
  return nullptr;
}

bool accepts(const Input& in) { return match(in) != nullptr; }

Result<std::vector<Source>> load(const Input& in) {
  const Signature* s = match(in);
  return Error{ErrorCode::unsupported,
               in.label,
               "a Windows folder, hives, an inventory text or a facts file",
               s == nullptr ? "something else" : s->what,
               s == nullptr ? 0 : s->offset,
               "disk images and archives: mount or extract it first and name the folder"};
}

}  // namespace

extern const Loader foreign;
const Loader foreign{"foreign", 35, accepts, load};

}  // namespace tq::target
