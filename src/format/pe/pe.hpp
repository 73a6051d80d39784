// PE images: machine, sections, version resource, imports, exports, checksum. Reads only the parts that are asked for.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/version.hpp"
#include "io/view.hpp"

namespace tq::format::pe {

enum class Machine { x86, x64, ia64, arm, arm64, other };
const char* to_string(Machine m);

/// The number in the COFF header; `other` has none and gives 0.
std::uint16_t machine_number(Machine m);

/// Data directories by their index in the optional header.
enum class Directory : std::size_t { exports = 0, imports = 1, resources = 2, certificates = 4, delay_imports = 13, clr = 14 };
inline constexpr std::size_t kDirectories = 16;

/// `rva` of the certificate table is a file offset: the loader never maps it.
struct DirectoryEntry {
  std::uint32_t rva = 0, size = 0;
  [[nodiscard]] bool present() const { return rva != 0 && size != 0; }
};

struct Section {
  std::string name;
  std::uint32_t rva = 0, virtual_size = 0, file_offset = 0, file_size = 0, characteristics = 0;
};

/// The headers of an image. `lost` names what the headers promise and the file does not hold.
struct Image {
  Machine machine = Machine::other;
  std::uint16_t machine_raw = 0, characteristics = 0, dll_characteristics = 0;
  bool pe32_plus = false;
  std::uint64_t image_base = 0;
  std::uint32_t entry_rva = 0, time_stamp = 0, stored_checksum = 0, subsystem = 0, size_of_image = 0, size_of_headers = 0;
  std::uint32_t section_alignment = 0;
  bool is_dll = false, is_dotnet = false;
  bool has_authenticode = false;  ///< a certificate table that lies inside the file; the signature is not checked
  std::uint64_t authenticode_offset = 0;
  std::uint32_t authenticode_size = 0;
  std::uint64_t checksum_offset = 0;  ///< file offset of the CheckSum field
  std::uint64_t file_size = 0;
  std::array<DirectoryEntry, kDirectories> directories{};
  std::vector<Section> sections;
  std::vector<Error> lost;
  [[nodiscard]] const DirectoryEntry& directory(Directory d) const { return directories[static_cast<std::size_t>(d)]; }
};

/// `file_fixed`/`product_fixed` come from VS_FIXEDFILEINFO only, and only when its signature is 0xFEEF04BD: the FileVersion
/// *string* may be written freely and, on NT 6.0 and later, may come from a language file of another build.
struct VersionInfo {
  std::optional<FileVersion> file_fixed, product_fixed;
  std::vector<std::pair<std::string, std::string>> strings;  ///< first translation, in file order
  std::string translation;                                   ///< its key, e.g. "040904b0"; empty when there are no strings
  std::vector<Error> lost;
  /// The value of a string, compared without case; empty when absent.
  [[nodiscard]] std::string string(std::string_view key) const;
};

struct Import {
  std::string dll;
  std::vector<std::string> names;  ///< "#12" for an import by ordinal
  bool delayed = false;
};
struct ImportTable {
  std::vector<Import> dlls;  ///< the delayed ones last
  std::vector<Error> lost;
};

/// `name` is empty for an export by ordinal only; `forwarder` is "DLL.Name" when the export lives elsewhere (rva then points at that text).
struct Export {
  std::string name;
  std::uint32_t ordinal = 0, rva = 0;
  std::string forwarder;
};
struct ExportTable {
  std::string dll;
  std::vector<Export> entries;  ///< by ordinal, then name
  std::vector<Error> lost;
};

using io::View;  // of a program in memory

/// Headers only: one read of 4 KiB, a second one when the headers lie further in.
/// Errors: truncated (headers cut off), corrupt (no MZ/PE signature), unsupported (not a PE32/PE32+ image).
Result<Image> open(const io::ByteSource& source);

/// The version resource. Errors: not_found (no version resource), truncated/corrupt (its path through the resource tree is damaged).
Result<VersionInfo> version_info(const io::ByteSource& source, const Image& image);
/// Parses a VS_VERSIONINFO block itself.
Result<VersionInfo> parse_version_block(Bytes block);

/// Never fails as a whole; what cannot be read is in `lost`.
ImportTable imports(const io::ByteSource& source, const Image& image);
ExportTable exports(const io::ByteSource& source, const Image& image);

/// The checksum that the CheckSum field should hold (the algorithm of imagehlp's CheckSumMappedFile). Reads the whole file.
Result<std::uint32_t> computed_checksum(const io::ByteSource& source, const Image& image);
Result<std::uint32_t> computed_checksum(const io::ByteSource& source);

/// File offset of an RVA that is backed by bytes of the file.
Result<std::uint64_t> file_offset(const Image& image, std::uint32_t rva);

}  // namespace tq::format::pe
