// A mounted volume, an extracted copy of one, or its Windows folder.
#include "target/loader.hpp"
#include "target/support/hives.hpp"
#include "target/support/machines.hpp"

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

bool accepts_windows_tree(const Input& in) {
  if (in.kind != io::HostKind::folder) return false;
  const auto tree = fs::open_directory(in.path, in.label);
  return tree && windows_folder(**tree).has_value();
}

/// The folder that was named is the Windows folder itself.
Source windows_itself(const std::shared_ptr<const fs::Tree>& tree) {
  Source s;
  s.kind = "tree";
  s.tree = tree;
  s.windows = ".";
  s.expects_hives = true;
  add_windows_hives(s);
  return s;
}

Result<std::vector<Source>> load_windows_tree(const Input& in) {
  TQ_TRY(auto opened, fs::open_directory(in.path, in.label));
  const auto tree = logged(std::move(opened), in.log);
  const auto windows = windows_folder(*tree);
  if (!windows) return Error{ErrorCode::unsupported, in.label, "a folder with Windows/System32", "none"};
  std::vector<Source> out;
  if (windows->empty()) {
    out.push_back(windows_itself(tree));
  } else {
    const FoundWindows found = find_windows(tree, Search::volume);
    out = machines_of(found, "tree");
    if (out.empty()) return Error{ErrorCode::unsupported, in.label, "a Windows that is a machine", in_short(found.notes)};
    for (auto& s : out)
      s.medium = [notes = found.notes] {
        std::vector<model::Coverage> c;
        c.reserve(notes.size());
        for (const auto& n : notes) c.push_back({"tree", model::CoverageStatus::skipped, n});
        return c;
      };
  }
  label(out, in.label);
  return out;
}

}  // namespace

extern const Loader windows_tree;
const Loader windows_tree{"tree", 10, accepts_windows_tree, load_windows_tree};

}  // namespace tq::target
