// A disk or a volume: an image file of any known format, or a block device. Every Windows on it is a machine.
#include "target/loader.hpp"
#include "target/support/disk.hpp"
#include "target/support/machines.hpp"

namespace tq::target {
namespace {

/// Nothing on the disk could be opened for one reason: that reason is the answer, not "no Windows".
std::optional<Error> only_reason(const Disk& disk) {
  std::optional<Error> reason;
  for (const auto& v : disk.volumes) {
    if (v.files) return std::nullopt;
    if (v.error && !reason) reason = v.error;
  }
  return reason;
}

Error no_windows(const Input& in, const Disk& disk) {
  bool encrypted = false;
  for (const auto& v : disk.volumes) encrypted = encrypted || v.filesystem == "bitlocker";
  if (auto reason = only_reason(disk)) {
    reason->found += "; the disk: " + disk.text();
    return *reason;
  }
  return Error{encrypted ? ErrorCode::encrypted : ErrorCode::unsupported,
               in.label,
               "a Windows folder on one of its volumes",
               disk.text(),
               {},
               encrypted ? "a BitLocker volume is read after it was unlocked: name an image of the unlocked volume" : ""};
}

Result<std::vector<Source>> load_disk_image(const Input& in) {
  TQ_TRY(Disk opened, open_disk(in));
  const auto disk = std::make_shared<const Disk>(std::move(opened));
  std::vector<Source> out;
  for (const auto& v : disk->volumes)
    for (auto& s : machines_of(v.found, "image")) out.push_back(std::move(s));
  if (out.empty()) return no_windows(in, *disk);
  for (auto& s : out) s.medium = [disk] { return disk_state(*disk); };
  label(out, in.label);
  return out;
}

}  // namespace

extern const Loader disk_image;
const Loader disk_image{"image", 25, is_disk, load_disk_image};

}  // namespace tq::target
