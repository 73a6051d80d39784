#include "target/support/hints.hpp"

#include <fmt/format.h>

#include "core/text.hpp"
#include "image/support/beside.hpp"
#include "target/support/disk.hpp"
#include "target/support/machines.hpp"

namespace tq::target {
namespace {

/// Files that are opened to see what they are; a folder of thousands is not searched through for a piece of advice.
constexpr std::size_t kMostLookedAt = 64;

/// A later part of a split disk looks like nothing; the image formats know it by what lies beside it.
std::string of_file(const Input& in) {
  const auto host = image::host_file(in.path);
  if (!host) return {};
  const auto image = image::open(host->file);
  return image ? std::string{} : image.error().advice;
}

std::string of_folder(const Input& in) {
  const auto folder = io::Folder::open(in.path);
  const auto entries = folder ? folder->list("") : Result<std::vector<io::Entry>>(folder.error());
  if (!entries) return {};
  std::vector<std::string> images;
  std::size_t looked_at = 0;
  for (const auto& e : *entries) {
    if (e.kind != io::EntryKind::file || ++looked_at > kMostLookedAt) continue;
    const auto file = look_at(in.path + "/" + e.name, {});
    if (file && is_disk(*file)) images.push_back(printable(e.name));
  }
  return images.empty() ? std::string{} : "disk images lie in it, name one or more of them: " + in_short(images);
}

}  // namespace

std::string hint(const Input& in) {
  if (in.path.empty()) return {};
  return in.kind == io::HostKind::folder ? of_folder(in) : of_file(in);
}

}  // namespace tq::target
