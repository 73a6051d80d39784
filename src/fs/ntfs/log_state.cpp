#include "fs/ntfs/log_state.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "fs/ntfs/file.hpp"
#include "fs/ntfs/fixup.hpp"

namespace tq::fs::ntfs {
namespace {

struct VolumeInformation {
  le64 reserved;
  std::uint8_t major, minor;
  le16 flags;
};
static_assert(OnDisk<VolumeInformation> && sizeof(VolumeInformation) == 12);
constexpr std::uint16_t kDirty = 1;

struct RestartPage {
  std::array<std::uint8_t, 16> header;
  le32 system_page, log_page;
  le16 area;
};
static_assert(OnDisk<RestartPage> && sizeof(RestartPage) == 26);

struct RestartArea {
  le64 current;  ///< log sequence number: the greater of the two pages is the newer one
  le16 clients, free_list, in_use_list, flags;
};
static_assert(OnDisk<RestartArea> && sizeof(RestartArea) == 16);
constexpr std::uint16_t kNoClient = 0xFFFF, kClean = 2;
constexpr std::size_t kPage = 4096;

void read_volume_file(Medium& medium, Mft& mft, VolumeInfo& info) {
  auto file = File::load(medium, mft, Reference::of(well_known::kVolume));
  if (!file) return medium.journal.lose(file.error());
  for (const Piece& p : file->pieces(AttributeType::volume_name))
    if (const auto v = resident_value(*p.attribute)) info.name = utf16le_to_utf8(*v);
  const auto pieces = file->pieces(AttributeType::volume_information);
  const auto value = pieces.empty() ? Result<Bytes>(Error{ErrorCode::corrupt, "ntfs.volume_information", "the attribute", "none"})
                                    : resident_value(*pieces.front().attribute);
  const auto v = value ? value->get<VolumeInformation>(0, "ntfs.volume_information") : Result<VolumeInformation>(value.error());
  if (!v) return medium.journal.lose(v.error());
  info.major_version = v->major;
  info.minor_version = v->minor;
  info.dirty = (v->flags & kDirty) != 0;
}

/// nullopt: no restart area there that can be read.
std::optional<RestartArea> restart_area(std::vector<std::byte> page, std::uint64_t offset) {
  if (!apply_fixups(page, "RSTR", offset)) return std::nullopt;
  const auto head = bytes_of(page).try_get<RestartPage>(0);
  return head ? bytes_of(page).try_get<RestartArea>(head->area) : std::nullopt;
}

/// True: there is what was not written back. nullopt: not to be told.
std::optional<bool> log_dirty(Medium& medium, Mft& mft) {
  auto file = File::load(medium, mft, Reference::of(well_known::kLogFile));
  const auto s = file ? file->stream(AttributeType::data, {}) : Result<Stream>(file.error());
  if (!s || s->size < 2 * kPage) return std::nullopt;
  std::vector<std::byte> pages(2 * kPage);
  if (!read_metadata(medium, *s, 0, pages)) return std::nullopt;
  // A log that was never used, or emptied by a repair, is all ones.
  if (std::all_of(pages.begin(), pages.end(), [](std::byte b) { return b == std::byte{0xFF}; })) return false;
  // Two pages are written in turn; one of them may be torn, the other then tells.
  std::optional<RestartArea> newest;
  for (std::size_t i = 0; i < 2; ++i) {
    const auto first = pages.begin() + static_cast<std::ptrdiff_t>(i * kPage);
    const auto area = restart_area({first, first + kPage}, place_of(medium, *s, i * kPage));
    if (area && (!newest || area->current > newest->current)) newest = area;
  }
  if (!newest) return std::nullopt;
  return newest->in_use_list != kNoClient && (newest->flags & kClean) == 0;
}

}  // namespace

void read_volume_state(Medium& medium, Mft& mft, VolumeInfo& info) {
  read_volume_file(medium, mft, info);
  if (info.dirty) medium.journal.note("the volume is marked dirty: Windows would check it before use");
  const auto log = log_dirty(medium, mft);
  info.log_dirty = log.value_or(false);
  if (info.log_dirty) medium.journal.note("$LogFile was not closed: the newest changes may be in it only, and it is not replayed");
  if (!log) medium.journal.note("$LogFile: whether it was closed cannot be told");
}

}  // namespace tq::fs::ntfs
