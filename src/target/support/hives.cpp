#include "target/support/hives.hpp"

#include "core/limits.hpp"

namespace tq::target {
namespace {

/// nullopt without the log; one that is there and cannot be read is named in the slot's note.
std::optional<std::vector<std::byte>> log_beside(const fs::Tree& tree, const std::string& base, const char* suffix, HiveSlot& slot) {
  auto r = fs::read_file(tree, base + suffix, limits::kHiveBytes);
  if (r) return *std::move(r);
  if (r.error().code != ErrorCode::not_found)
    slot.note += (slot.note.empty() ? "" : "; ") + slot.name + suffix + " cannot be read: " + r.error().text();
  return std::nullopt;
}

constexpr const char* kHives[] = {"SOFTWARE", "SYSTEM", "COMPONENTS"};

}  // namespace

HiveSlot open_hive(const fs::Tree& tree, const std::string& folder, const std::string& file) {
  HiveSlot slot;
  slot.name = file;
  const std::string path = folder.empty() ? file : folder + "/" + file;
  auto primary = fs::read_file(tree, path, limits::kHiveBytes);
  if (!primary) {
    if (primary.error().code == ErrorCode::not_found) return slot;
    slot.where = tree.cite(path);
    slot.error = primary.error();
    return slot;
  }
  const auto real = tree.real_path(path);
  const std::string spelled = real ? *real : path;
  slot.where = tree.cite(spelled);
  auto log1 = log_beside(tree, spelled, ".LOG1", slot), log2 = log_beside(tree, spelled, ".LOG2", slot);
  auto old_log = log_beside(tree, spelled, ".LOG", slot);
  take_hive(slot, format::regf::Hive::open(*std::move(primary), std::move(log1), std::move(log2), std::move(old_log)));
  return slot;
}

void take_hive(HiveSlot& slot, Result<format::regf::Hive> hive) {
  if (!hive) {
    slot.error = hive.error();
    return;
  }
  slot.hive = std::make_shared<const format::regf::Hive>(*std::move(hive));
  slot.registry = hive_registry(slot.hive, slot.where);
}

std::string identify(const format::regf::Hive& hive) {
  if (hive.find("Microsoft\\Windows NT\\CurrentVersion") || hive.find("Microsoft\\Windows\\CurrentVersion")) return "SOFTWARE";
  if (hive.find("Select") && hive.find("CurrentControlSet")) return "SYSTEM";
  if (hive.find("ControlSet001")) return "SYSTEM";
  if (hive.find("CanonicalData") || hive.find("DerivedData")) return "COMPONENTS";
  return {};
}

void add_windows_hives(Source& source) {
  const std::string config = source.windows + "/System32/config";
  for (const char* name : kHives) source.hives.push_back(open_hive(*source.tree, config, name));
  for (const char* name : kHives) {
    HiveSlot old = open_hive(*source.tree, config + "/RegBack", name);
    if (old.where.empty()) continue;
    old.older = true;
    source.hives.push_back(std::move(old));
  }
}

}  // namespace tq::target
