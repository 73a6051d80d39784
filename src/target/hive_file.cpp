// One hive; its logs are looked for beside it.
#include <array>

#include "core/limits.hpp"
#include "target/loader.hpp"
#include "target/support/hives.hpp"

namespace tq::target {
namespace {

bool accepts_hive_file(const Input& in) { return in.kind == io::HostKind::file && bytes_of(in.head).chars().starts_with("regf"); }

HiveSlot from_stdin(const Input& in) {
  HiveSlot slot;
  slot.where = in.label;
  if (in.log) in.log->note(in.label, *io::from_memory(in.content));
  take_hive(slot, format::regf::Hive::open(in.content));
  return slot;
}

Result<HiveSlot> from_path(const Input& in) {
  const auto cut = in.path.find_last_of('/');
  const std::string folder = cut == std::string::npos ? "." : cut == 0 ? "/" : in.path.substr(0, cut);
  const std::string file = cut == std::string::npos ? in.path : in.path.substr(cut + 1);
  TQ_TRY(auto opened, fs::open_directory(folder, folder));
  const auto tree = logged(std::move(opened), in.log);
  HiveSlot slot = open_hive(*tree, "", file);
  slot.where = in.label;
  if (slot.hive) slot.registry = hive_registry(slot.hive, slot.where);
  return slot;
}

Result<std::vector<Source>> load_hive_file(const Input& in) {
  Source s;
  s.label = in.label;
  s.kind = "hive";
  HiveSlot slot;
  if (in.path.empty()) {
    slot = from_stdin(in);
  } else {
    TQ_TRY(slot, from_path(in));
  }
  if (slot.error) return *slot.error;
  if (!slot.hive) return Error{ErrorCode::unsupported, in.label, "a registry hive", "a link or nothing"};
  const std::string held = identify(*slot.hive);
  slot.name = held.empty() ? "hive" : held;
  if (held.empty()) slot.note = "neither SOFTWARE, SYSTEM nor COMPONENTS: nothing about the build can be in it";
  s.hives.push_back(std::move(slot));
  std::vector<Source> out;
  out.push_back(std::move(s));
  return out;
}

}  // namespace

extern const Loader hive_file;
const Loader hive_file{"hive", 30, accepts_hive_file, load_hive_file};

}  // namespace tq::target
