// QCOW2, versions 2 and 3: the disk format of QEMU and KVM. docs/formats/qcow2.md.
#include <fmt/format.h>

#include "image/format.hpp"
#include "image/qcow2/backing.hpp"
#include "image/qcow2/disk.hpp"
#include "image/qcow2/header.hpp"
#include "image/support/parents.hpp"

namespace tq::image {

extern const Format qcow2;

namespace {

bool is_qcow2(const File& file) { return qcow2_format::has_signature(*file.bytes); }

std::vector<std::string> notes_of(const qcow2_format::Header& h) {
  std::vector<std::string> notes;
  if (h.dirty) notes.emplace_back("marked dirty: it was not closed properly");
  if (h.corrupt) notes.emplace_back("marked corrupt by the program that wrote it");
  if (h.snapshots != 0) notes.push_back(fmt::format("{} internal snapshots ignored: the current state was read", h.snapshots));
  if (h.backing_name && !h.backing_format) notes.emplace_back("the backing file's format is not stated; it was recognised by content");
  return notes;
}

Result<Image> open_qcow2(const File& file) {
  TQ_TRY(const qcow2_format::Header h, qcow2_format::read_header(*file.bytes));
  Image image;
  image.format = "qcow2";
  image.variant = fmt::format("version_{}", h.version);
  image.files = {file.name};
  image.notes = notes_of(h);
  std::shared_ptr<const io::ByteSource> beneath, data = file.bytes;
  if (h.external_data) {
    TQ_TRY(data, qcow2_format::open_data_file(file, h));
    image.files.push_back(bare_name(h.data_name));
  }
  if (h.backing_name) {
    TQ_TRY(Image backing, qcow2_format::open_backing(file, h));
    beneath = std::move(backing.disk);
    image.variant += "_backed";
    image.files.insert(image.files.end(), backing.files.begin(), backing.files.end());
    for (const std::string& note : backing.notes) image.notes.push_back("backing file: " + note);
  }
  image.disk = std::make_shared<qcow2_format::Disk>(h, file.bytes, std::move(data), std::move(beneath));
  return image;
}

}  // namespace

const Format qcow2{"qcow2", 10, is_qcow2, open_qcow2};

}  // namespace tq::image
