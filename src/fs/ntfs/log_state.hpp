// Whether Windows closed the volume: its own flag, and the restart area of $LogFile.
#pragma once

#include <optional>

#include "fs/ntfs/mft.hpp"
#include "fs/ntfs/ntfs.hpp"

namespace tq::fs::ntfs {

/// Reads $Volume and the restart pages of $LogFile into `info`, and says in the journal what a reader must know.
void read_volume_state(Medium& medium, Mft& mft, VolumeInfo& info);

}  // namespace tq::fs::ntfs
