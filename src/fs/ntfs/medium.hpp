// What every part of the reader of one volume shares.
#pragma once

#include "fs/ntfs/boot.hpp"
#include "fs/ntfs/bounds.hpp"
#include "fs/ntfs/disk.hpp"
#include "fs/ntfs/journal.hpp"

namespace tq::fs::ntfs {

struct Medium {
  Disk disk;
  Geometry geometry;
  Journal journal;
  Bounds bounds = {};
};

}  // namespace tq::fs::ntfs
