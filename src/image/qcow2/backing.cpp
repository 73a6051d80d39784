#include "image/qcow2/backing.hpp"

#include <fmt/format.h>

#include "core/text.hpp"
#include "image/support/parents.hpp"

namespace tq::image::qcow2_format {
namespace {

constexpr const char* kBackingPlace = "qcow2.header.backing_file";
constexpr const char* kDataPlace = "qcow2.header.data_file";

/// A backing name may be a URL or a JSON text for QEMU's block layer; with "file:" before it, it is still a plain name.
Result<std::string> plain_name(std::string_view stored) {
  if (stored.starts_with("file:")) stored.remove_prefix(5);
  const auto colon = stored.find(':');
  const bool drive_letter = colon == 1;
  const bool plain = colon == std::string_view::npos || drive_letter || stored.find_first_of("/\\") < colon;
  if (plain && !bare_name(stored).empty()) return bare_name(stored);
  return Error{ErrorCode::unsupported, kBackingPlace, "the name of a file", printable(stored)};
}

Result<std::shared_ptr<const io::ByteSource>> open_beside(const File& file, const std::string& name, const char* place) {
  const std::string wanted = printable(name) + " beside " + printable(file.name);
  constexpr const char* kAdvice = "put both into one folder";
  if (file.beside == nullptr) return Error{ErrorCode::not_found, place, wanted, "an image with nothing beside it", {}, kAdvice};
  auto bytes = file.beside->open(name);
  if (!bytes) return Error{bytes.error().code, place, wanted, bytes.error().found, {}, kAdvice};
  return std::shared_ptr<const io::ByteSource>(*std::move(bytes));
}

/// Every step of a loop has another name, until one comes again.
Status check_chain(const File& child, const std::string& name) {
  if (child.depth >= kMaxParents) return Error{ErrorCode::limit, kBackingPlace, fmt::format("at most {} parents", kMaxParents), "more"};
  for (const File* f = &child; f != nullptr; f = f->child)
    if (iequals(f->name, name))
      return Error{ErrorCode::corrupt, kBackingPlace, "a backing file that is not one of its own children", printable(name)};
  return ok();
}

/// qemu's words for formats that have another one here.
bool same_format(std::string_view qemu_name, std::string_view name) { return qemu_name == name || (qemu_name == "vpc" && name == "vhd"); }

}  // namespace

Result<Image> open_backing(const File& child, const Header& header) {
  TQ_TRY(const std::string name, plain_name(*header.backing_name));
  TQ_TRY([[maybe_unused]] const auto chain, check_chain(child, name));
  TQ_TRY(auto bytes, open_beside(child, name, kBackingPlace));
  // What the image says is raw stays raw, whatever it begins with: or whoever wrote the guest's first sector could make
  // any file of the folder part of the disk.
  if (header.backing_format == "raw") {
    Image raw;
    raw.format = "raw";
    raw.files = {name};
    raw.disk = std::move(bytes);
    return raw;
  }
  const File parent{name, std::move(bytes), child.beside, child.depth + 1, &child};
  TQ_TRY(Image backing, open(parent));
  if (!header.backing_format || same_format(*header.backing_format, backing.format)) return backing;
  return Error{ErrorCode::corrupt, "qcow2.header.backing_format", printable(*header.backing_format),
               fmt::format("{} in {}", backing.format, printable(name))};
}

Result<std::shared_ptr<const io::ByteSource>> open_data_file(const File& file, const Header& header) {
  return open_beside(file, bare_name(header.data_name), kDataPlace);
}

}  // namespace tq::image::qcow2_format
