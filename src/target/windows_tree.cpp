// A mounted volume, an extracted copy of one, or its Windows folder.
#include "target/loader.hpp"
#include "target/support/hives.hpp"

namespace tq::target {
namespace {

bool is_folder(const fs::Tree& t, const std::string& path) { return static_cast<bool>(t.list(path)); }

/// The Windows folder as seen from the root: "Windows", "WINNT", or "" when the root is that folder itself.
std::optional<std::string> windows_folder(const fs::Tree& t) {
  for (const char* name : {"Windows", "WINNT"})
    if (is_folder(t, std::string(name) + "/System32")) return name;
  if (is_folder(t, "System32")) return std::string{};
  return std::nullopt;
}

bool accepts(const Input& in) {
  if (in.kind != io::HostKind::folder) return false;
  const auto tree = fs::open_directory(in.path, in.label);
  return tree && windows_folder(**tree).has_value();
}

Result<std::vector<Source>> load(const Input& in) {
  Source s;
  s.label = in.label;
  s.kind = "tree";
  s.expects_hives = true;
  TQ_TRY(s.tree, fs::open_directory(in.path, in.label));
  const auto windows = windows_folder(*s.tree);
  if (!windows) return Error{ErrorCode::unsupported, in.label, "a folder with Windows/System32", "none", {}, {}};
  const auto real = s.tree->real_path(windows->empty() ? "." : *windows);
  s.windows = windows->empty() ? "." : real ? *real : *windows;
  add_windows_hives(s);
  std::vector<Source> out;
  out.push_back(std::move(s));
  return out;
}

}  // namespace

extern const Loader windows_tree;
const Loader windows_tree{"tree", 10, accepts, load};

}  // namespace tq::target
