// Drive letters that the machine gave to volumes, beside that of Windows. A letter stays when its disk is gone: it says where data
// was expected, not that it is still there.
#include <fmt/format.h>

#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

const std::string kMountedKey = "MountedDevices";
constexpr std::string_view kLetter = "\\DosDevices\\";
constexpr std::string_view kGpt = "DMIO:ID:";

/// What a volume is known by: a disk's signature and an offset, a partition's GUID, or the name of a device.
std::string describe(Bytes data) {
  constexpr std::uint64_t kMbrEntry = 12, kGptEntry = 24;
  if (data.size() == kMbrEntry)
    return fmt::format("disk {:08x} from byte {}", std::uint32_t{*data.try_get<le32>(0)}, std::uint64_t{*data.try_get<le64>(4)});
  if (data.size() == kGptEntry && data.chars().starts_with(kGpt)) return "a GPT partition or a dynamic disk";
  return utf16le_to_utf8(data);
}

/// Drives whose medium is not the machine's own.
bool optical_or_floppy(const std::string& says) {
  return ifind(says, "CdRom") != std::string::npos || ifind(says, "#FDC") != std::string::npos || ifind(says, "\\FDC") != std::string::npos;
}

/// "C:" of "C:\Windows"; C: when SOFTWARE is not there.
std::string system_drive(const target::Source& source) {
  const auto* reg = source.registry("SOFTWARE");
  const auto root = reg != nullptr ? reg->text(kCurrentVersion, "SystemRoot") : std::nullopt;
  return root && root->size() >= 2 && (*root)[1] == ':' ? root->substr(0, 2) : std::string("C:");
}

void collect_mounted_volumes(const target::Source& source, model::Facts& facts) {
  const auto* reg = source.registry("SYSTEM");
  if (reg == nullptr) return;
  const target::Certainty sure(*reg);
  const auto names = reg->value_names(kMountedKey);
  if (!names) return;
  auto& c = facts.configuration;
  const std::string own = system_drive(source);
  for (const auto& name : *names) {
    if (!istarts_with(name, kLetter)) continue;
    const std::string letter = name.substr(kLetter.size());
    const auto value = reg->value(kMountedKey, name);
    if (!value || letter.size() != 2 || iequals(letter, own)) continue;
    const std::string says = describe(bytes_of(value->data));
    if (!optical_or_floppy(says)) c.volumes.push_back({letter, says, value->where});
  }
  if (sure.whole(kMountedKey)) c.volumes_read = model::Tri::yes;
  cover(facts, "volumes", model::CoverageStatus::read, fmt::format("{} drive letters beside {}", c.volumes.size(), own));
}

}  // namespace

extern const Collector mounted_volumes;
const Collector mounted_volumes{"mounted_volumes", collect_mounted_volumes};

}  // namespace tq::evidence
