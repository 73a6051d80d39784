// A triage collection that was unpacked, or a folder of several: the same layouts as in an archive.
#include "target/support/collection.hpp"

#include "target/loader.hpp"
#include "target/support/machines.hpp"

namespace tq::target {
namespace {

bool accepts_collection(const Input& in) {
  if (in.kind != io::HostKind::folder) return false;
  auto tree = fs::open_directory(in.path, in.label);
  if (!tree) return false;
  const auto found = find_windows(std::shared_ptr<const fs::Tree>(*std::move(tree)), Search::collection);
  return !found.roots.empty() || !found.hive_folders.empty();
}

Result<std::vector<Source>> load_collection(const Input& in) {
  TQ_TRY(auto opened, fs::open_directory(in.path, in.label));
  const auto tree = logged(std::move(opened), in.log);
  Collection found = read_collection(tree, "collection", in.label);
  if (found.machines.empty())
    return Error{ErrorCode::unsupported, in.label, "a Windows folder or registry hives below it",
                 found.notes.empty() ? "neither" : in_short(found.notes)};
  for (auto& s : found.machines)
    s.medium = [notes = found.notes] {
      std::vector<model::Coverage> out;
      out.reserve(notes.size());
      for (const auto& n : notes) out.push_back({"collection", model::CoverageStatus::skipped, n});
      return out;
    };
  return std::move(found.machines);
}

}  // namespace

extern const Loader collection;
const Loader collection{"collection", 22, accepts_collection, load_collection};

}  // namespace tq::target
