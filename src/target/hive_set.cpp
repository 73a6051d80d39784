// A folder of hives that were carried away, whatever the files are called: each is known by what it holds.
#include <algorithm>

#include "core/text.hpp"
#include "target/loader.hpp"
#include "target/support/hives.hpp"

namespace tq::target {
namespace {

constexpr std::size_t kMostFiles = 4096;  // a folder with more is no folder of hives

bool is_regf(const fs::Tree& t, const std::string& name) {
  const auto src = t.open(name);
  if (!src) return false;
  std::array<std::byte, 4> magic{};
  const auto n = (*src)->read_at(0, magic);
  return n && *n == 4 && Bytes(magic).chars() == "regf";
}

bool is_log(const std::string& name) {
  const std::string n = lower_ascii(name);
  return n.ends_with(".log") || n.ends_with(".log1") || n.ends_with(".log2") || n.ends_with(".sav");
}

std::vector<std::string> hive_files(const fs::Tree& t) {
  std::vector<std::string> out;
  const auto entries = t.list("");
  if (!entries || entries->size() > kMostFiles) return out;
  for (const auto& e : *entries)
    if (e.kind == io::EntryKind::file && !is_log(e.name) && is_regf(t, e.name)) out.push_back(e.name);
  return out;
}

bool accepts_hive_set(const Input& in) {
  if (in.kind != io::HostKind::folder) return false;
  const auto tree = fs::open_directory(in.path, in.label);
  return tree && !hive_files(**tree).empty();
}

Result<std::vector<Source>> load_hive_set(const Input& in) {
  Source s;
  s.label = in.label;
  s.kind = "hives";
  s.expects_hives = true;
  TQ_TRY(s.tree, fs::open_directory(in.path, in.label));
  const auto tree = logged(s.tree, in.log);
  for (const auto& name : hive_files(*s.tree)) {
    HiveSlot slot = open_hive(*tree, "", name);
    const std::string held = slot.hive ? identify(*slot.hive) : std::string{};
    if (!held.empty()) slot.name = held;
    // Two hives of one kind are two machines or two dates: the first by name speaks, the other is named and left.
    if (s.slot(slot.name) != nullptr) {
      slot.note = "a second " + slot.name + " hive in this folder: not used";
      slot.name += " (" + name + ")";
      slot.registry.reset();
    }
    s.hives.push_back(std::move(slot));
  }
  if (s.hives.empty()) return Error{ErrorCode::unsupported, in.label, "registry hives", "none in this folder"};
  s.tree.reset();  // nothing else of this folder is evidence
  std::vector<Source> out;
  out.push_back(std::move(s));
  return out;
}

}  // namespace

extern const Loader hive_set;
const Loader hive_set{"hives", 20, accepts_hive_set, load_hive_set};

}  // namespace tq::target
