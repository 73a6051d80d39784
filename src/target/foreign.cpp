// Files that are plainly something else. Saying what they are is better than trying them as text.
#include "image/support/foreign.hpp"

#include "target/loader.hpp"
#include "volume/volume.hpp"

namespace tq::target {
namespace {

/// "" when nothing says what it is.
std::string what_it_is(const Input& in) {
  if (in.kind != io::HostKind::file) return {};
  if (const char* what = image::foreign_content(bytes_of(in.head))) return what;
  const auto head = io::from_memory(in.head);
  const auto filesystem = volume::filesystem_of(*head);
  return filesystem == "unknown" ? std::string{} : "a volume with the file system " + std::string(filesystem);
}

bool accepts_foreign(const Input& in) { return !what_it_is(in).empty(); }

Result<std::vector<Source>> load_foreign(const Input& in) {
  const std::string what = what_it_is(in);
  return Error{ErrorCode::unsupported,
               in.label,
               "a Windows folder, a disk image, an archive, hives, an inventory text or a facts file",
               what.empty() ? "something else" : what,
               0,
               "of an image or archive of a kind that is not read here: mount or unpack it and name the folder"};
}

}  // namespace

extern const Loader foreign;
const Loader foreign{"foreign", 35, accepts_foreign, load_foreign};

}  // namespace tq::target
