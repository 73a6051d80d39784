// VHD (Virtual PC, Hyper-V, Azure, Windows backups): fixed, dynamic and differencing.
#include <fmt/format.h>

#include "core/text.hpp"
#include "image/format.hpp"
#include "image/support/parents.hpp"
#include "image/vhd/disk.hpp"
#include "image/vhd/header.hpp"
#include "io/window.hpp"

namespace tq::image {

extern const Format vhd;

namespace {

using vhd_format::DiskType;

bool is_vhd(const File& file) { return vhd_format::has_signature(*file.bytes); }

const char* variant_of(DiskType type) {
  switch (type) {
    case DiskType::fixed: return "fixed";
    case DiskType::dynamic: return "dynamic";
    case DiskType::differencing: return "differencing";
  }
  return "?";
}

/// The disk lies at the start of the file, byte for byte, with the footer behind it.
void open_fixed(const File& file, const vhd_format::Header& header, Image& image) {
  if (header.disk_bytes > file.bytes->size())
    image.notes.push_back(fmt::format("vhd: the file ends at {} of {} bytes of the disk", file.bytes->size(), header.disk_bytes));
  image.disk = io::window(file.bytes, 0, header.disk_bytes);
}

Result<Image> open_vhd(const File& file);

Status open_blocks(const File& file, const vhd_format::Header& header, Image& image) {
  std::shared_ptr<const io::ByteSource> parent_disk;
  if (header.type == DiskType::differencing) {
    TQ_TRY(const File parent, find_parent(file, {"vhd.parent", header.parent_names, {header.parent_id}, vhd_format::id_of}));
    TQ_TRY(Image below, open_vhd(parent));
    parent_disk = std::move(below.disk);
    image.files.insert(image.files.end(), below.files.begin(), below.files.end());
    for (const std::string& note : below.notes) image.notes.push_back(printable(parent.name) + ": " + note);
  }
  image.disk = vhd_format::open_disk(file.bytes, header, std::move(parent_disk));
  return ok();
}

Result<Image> open_vhd(const File& file) {
  TQ_TRY(const vhd_format::Header header, vhd_format::read_header(*file.bytes));
  Image image;
  image.format = "vhd";
  image.variant = variant_of(header.type);
  image.files = {file.name};
  image.notes = header.notes;
  if (header.type == DiskType::fixed) {
    open_fixed(file, header, image);
    return image;
  }
  TQ_TRY([[maybe_unused]] const auto opened, open_blocks(file, header, image));
  return image;
}

}  // namespace

// Behind the formats that are known by their first bytes: a footer is looked for at the end of the file.
const Format vhd{"vhd", 20, is_vhd, open_vhd};

}  // namespace tq::image
