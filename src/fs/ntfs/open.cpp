// Opening a volume: the boot sector or its backup, then the master file table or its mirror.
#include <algorithm>

#include "fs/ntfs/foreign.hpp"
#include "fs/ntfs/volume.hpp"

namespace tq::fs::ntfs {
namespace {

constexpr std::uint64_t kHead = 512;

Result<Geometry> boot_at(const io::ByteSource& source, std::uint64_t offset) {
  std::vector<std::byte> sector(kHead);
  TQ_TRY(const std::size_t n, source.read_at(offset, sector));
  return parse_boot(Bytes(std::span(sector).first(n), offset));
}

/// The backup is the last sector of the volume; how large a sector is, only the backup itself can say.
std::optional<Geometry> backup_boot(const io::ByteSource& source) {
  for (std::uint64_t sector = 512; sector <= 4096 && sector <= source.size(); sector *= 2) {
    const auto g = boot_at(source, (source.size() / sector - 1) * sector);
    // A copy that lies there by chance states another size of sector than the place it was found by.
    if (g && g->sector_size == sector) return *g;
  }
  return std::nullopt;
}

Result<std::unique_ptr<Volume>> open_with(const std::shared_ptr<const io::ByteSource>& source, const Geometry& g, const std::string& label,
                                          const Bounds& bounds, const char* note) {
  auto medium = std::make_shared<Medium>(Medium{Disk(source), g, {}, bounds});
  if (note != nullptr) medium->journal.note(note);
  TQ_TRY(Mft mft, Mft::open(*medium));
  return std::unique_ptr<Volume>(new NtfsVolume(std::move(medium), std::move(mft), label));
}

}  // namespace

Result<std::unique_ptr<Volume>> open_ntfs(const std::shared_ptr<const io::ByteSource>& source, const std::string& label,
                                          const Bounds& bounds) {
  const auto main = boot_at(*source, 0);
  auto opened = main ? open_with(source, *main, label, bounds, nullptr) : Result<std::unique_ptr<Volume>>(main.error());
  if (opened) return opened;
  // Under a filesystem that was made later the backup of an older NTFS can still lie at the end.
  if (opened.error().code == ErrorCode::unsupported)
    if (auto other = other_filesystem(*source)) return *other;
  const auto backup = backup_boot(*source);
  if (!backup) return opened;
  auto again = open_with(source, *backup, label, bounds, "boot sector damaged, its backup at the end of the volume is used");
  return again ? std::move(again) : std::move(opened);
}

}  // namespace tq::fs::ntfs
