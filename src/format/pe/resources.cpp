#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "format/pe/mapped.hpp"

namespace tq::format::pe {
namespace {

constexpr std::uint32_t kEntryLimit = 4096;      // entries looked at in one directory
constexpr std::uint32_t kBlockLimit = 1u << 16;  // wLength of a version block is 16 bit, so nothing past this belongs to it
constexpr std::uint32_t kTypeVersion = 16;       // RT_VERSION
constexpr std::uint32_t kIdVersion = 1;          // VS_VERSION_INFO: the one that GetFileVersionInfo looks up
constexpr std::uint32_t kSubdirectory = 0x80000000;

struct DirectoryHeader {
  le32 characteristics, time_stamp;
  le16 major, minor, named, ids;
};
static_assert(OnDisk<DirectoryHeader> && sizeof(DirectoryHeader) == 16);
struct EntryRecord {
  le32 id, offset;
};
static_assert(OnDisk<EntryRecord> && sizeof(EntryRecord) == 8);
struct DataRecord {
  le32 rva, size, code_page, reserved;
};
static_assert(OnDisk<DataRecord> && sizeof(DataRecord) == 16);

/// The tree has three levels (type, name, language); this walks one path down, so its depth is fixed. `seen` refuses a
/// directory that appears on its own path.
class Tree {
 public:
  Tree(Mapped& mapped, std::uint32_t root) : mapped_(mapped), root_(root) {}

  /// Offset field of the entry `id`, or of the first entry when `id` is absent and `or_first`.
  Result<std::uint32_t> entry(std::uint32_t directory, std::uint32_t id, bool or_first, const char* place) {
    if (!seen_.insert(directory).second)
      return Error{ErrorCode::corrupt, place, "a tree", fmt::format("the directory 0x{:x} twice on one path", directory)};
    const std::uint64_t at = std::uint64_t{root_} + directory;
    TQ_TRY(const auto head, mapped_.get<DirectoryHeader>(at, place));
    const std::uint32_t count = std::min(kEntryLimit, std::uint32_t{head.named} + head.ids);
    std::optional<std::uint32_t> first;
    for (std::uint32_t i = 0; i < count; ++i) {
      TQ_TRY(const auto e, mapped_.get<EntryRecord>(at + sizeof(DirectoryHeader) + std::uint64_t{i} * sizeof(EntryRecord), place));
      if (e.id == id) return std::uint32_t{e.offset};
      if (!first) first = e.offset;
    }
    if (or_first && first) return *first;
    return Error{ErrorCode::not_found, place, fmt::format("an entry {}", id), fmt::format("{} other entries", count)};
  }

 private:
  Mapped& mapped_;
  std::uint32_t root_;
  std::set<std::uint32_t> seen_;
};

Error wrong_kind(const char* place, const char* wanted) { return Error{ErrorCode::corrupt, place, wanted, "the other kind of entry"}; }

/// Where the version block lies. A type without entries in it is as good as none, but a damaged one is an error of its own.
Result<DataRecord> find_version(Mapped& mapped, std::uint32_t root) {
  Tree tree(mapped, root);
  TQ_TRY(const std::uint32_t type, tree.entry(0, kTypeVersion, false, "pe.resources.types"));
  if ((type & kSubdirectory) == 0) return wrong_kind("pe.resources.types", "a directory of names");
  TQ_TRY(const std::uint32_t name, tree.entry(type & ~kSubdirectory, kIdVersion, true, "pe.resources.names"));
  if ((name & kSubdirectory) == 0) return wrong_kind("pe.resources.names", "a directory of languages");
  TQ_TRY(const std::uint32_t language, tree.entry(name & ~kSubdirectory, 0, true, "pe.resources.languages"));
  if ((language & kSubdirectory) != 0) return wrong_kind("pe.resources.languages", "a data entry");
  return mapped.get<DataRecord>(std::uint64_t{root} + language, "pe.resources.data_entry");
}

/// Reads what there is of the block: the fixed version stands at its start and often survives a cut file.
std::optional<Error> read_block(Mapped& mapped, const DataRecord& data, std::vector<std::byte>& block) {
  const std::uint32_t size = std::min<std::uint32_t>(data.size, kBlockLimit);
  while (block.size() < size) {
    const auto part = mapped.run(std::uint64_t{data.rva} + block.size(), size - block.size(), "pe.version_info");
    if (!part) return part.error();
    block.insert(block.end(), part->span().begin(), part->span().end());
  }
  return std::nullopt;
}

}  // namespace

Result<VersionInfo> version_info(const io::ByteSource& source, const Image& image) {
  const DirectoryEntry& d = image.directory(Directory::resources);
  if (d.rva == 0) return Error{ErrorCode::not_found, "pe.resources", "a version resource", "no resource directory"};
  Mapped mapped(source, image);
  TQ_TRY(const DataRecord data, find_version(mapped, d.rva));
  std::vector<std::byte> block;
  const auto damage = read_block(mapped, data, block);
  if (block.empty() && damage) return *damage;
  TQ_TRY(const std::uint64_t offset, file_offset(image, data.rva));
  auto info = parse_version_block(Bytes(std::span(block), offset));
  if (info && damage) info->lost.push_back(*damage);
  return info;
}

}  // namespace tq::format::pe
