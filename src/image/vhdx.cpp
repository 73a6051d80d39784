// VHDX (Hyper-V from Windows Server 2012 on): fixed, dynamic and differencing, with its log.
#include "core/text.hpp"
#include "image/format.hpp"
#include "image/support/parents.hpp"
#include "image/vhdx/disk.hpp"
#include "image/vhdx/header.hpp"
#include "image/vhdx/log.hpp"
#include "image/vhdx/metadata.hpp"

namespace tq::image {

extern const Format vhdx;

namespace {

bool is_vhdx(const File& file) { return vhdx_format::has_signature(*file.bytes); }

Result<Image> open_vhdx(const File& file);

Result<std::shared_ptr<const io::ByteSource>> open_parent(const File& file, const vhdx_format::Parameters& p, Image& image) {
  TQ_TRY(const File parent, find_parent(file, {"vhdx.parent", p.parent_names, p.parent_ids, vhdx_format::id_of}));
  TQ_TRY(Image below, open_vhdx(parent));
  image.files.insert(image.files.end(), below.files.begin(), below.files.end());
  for (const std::string& note : below.notes) image.notes.push_back(printable(parent.name) + ": " + note);
  return std::move(below.disk);
}

Result<Image> open_vhdx(const File& file) {
  Image image;
  image.format = "vhdx";
  image.files = {file.name};
  TQ_TRY(const vhdx_format::Header header, vhdx_format::read_header(*file.bytes, image.notes));
  TQ_TRY(auto replayed, vhdx_format::replay_log(file.bytes, header, image.notes));
  TQ_TRY(const vhdx_format::Parameters parameters, vhdx_format::read_parameters(*replayed, image.notes));
  image.variant = parameters.has_parent ? "differencing" : parameters.fixed ? "fixed" : "dynamic";
  image.sector_size = parameters.sector_bytes;
  std::shared_ptr<const io::ByteSource> parent;
  if (parameters.has_parent) {
    TQ_TRY(parent, open_parent(file, parameters, image));
  }
  image.disk = vhdx_format::open_disk(std::move(replayed), parameters, std::move(parent));
  return image;
}

}  // namespace

const Format vhdx{"vhdx", 10, is_vhdx, open_vhdx};

}  // namespace tq::image
