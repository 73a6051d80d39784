#include "image/support/parent.hpp"

#include <fmt/format.h>

#include "core/text.hpp"

namespace tq::image {

std::string_view bare_name(std::string_view path) {
  const auto cut = path.find_last_of("/\\");
  return cut == std::string_view::npos ? path : path.substr(cut + 1);
}

Result<File> parent_file(const File& child, std::string_view stored, const char* place) {
  const std::string_view name = bare_name(stored);
  const std::string wanted = "the parent " + printable(name) + " beside " + printable(child.name);
  if (name.empty()) return Error{ErrorCode::corrupt, place, "the name of a parent", "none", {}, {}};
  if (child.depth >= kMaxParents) return Error{ErrorCode::limit, place, fmt::format("at most {} parents", kMaxParents), "more", {}, {}};
  for (const File* f = &child; f != nullptr; f = f->child)
    if (iequals(f->name, name)) return Error{ErrorCode::limit, place, wanted, "an image that is its own parent", {}, {}};
  if (child.beside == nullptr)
    return Error{ErrorCode::not_found, place, wanted, "an image with nothing beside it", {}, "put both into one folder"};
  auto bytes = child.beside->open(name);
  if (!bytes) return Error{bytes.error().code, place, wanted, bytes.error().found, {}, "put the parent into the same folder"};
  return File{std::string(name), std::shared_ptr<const io::ByteSource>(*std::move(bytes)), child.beside, child.depth + 1, &child};
}

}  // namespace tq::image
