// One opened machine: whatever of it is there - a tree, hives, texts. Collectors read from it; nothing here judges.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "format/banner/banner.hpp"
#include "format/inventory/inventory.hpp"
#include "format/qfe/qfe.hpp"
#include "format/systeminfo/systeminfo.hpp"
#include "fs/tree.hpp"
#include "model/facts.hpp"
#include "model/source_file.hpp"
#include "target/registry.hpp"

namespace tq::target {

/// A hive the target has, or should have. `error` is set when it is there and cannot be read.
struct HiveSlot {
  std::string name;                                ///< "SOFTWARE", "SYSTEM", "COMPONENTS"
  std::string where;                               ///< how the file is cited; empty: not there
  bool older = false;                              ///< RegBack: a dated snapshot
  std::shared_ptr<const format::regf::Hive> hive;  ///< null for a text export
  std::shared_ptr<const Registry> registry;
  std::optional<Error> error;
  std::string note;  ///< said in the coverage beside the state of the logs
};

/// What was opened. Parts that this kind of target has not are empty.
struct Source {
  std::string label;  ///< the target as the user named it (plus the row, for an inventory)
  std::string kind;
  std::shared_ptr<const fs::Tree> tree;  ///< null without files
  std::string windows;                   ///< path of the Windows folder in the tree
  /// How whole the image, volume or archive is that holds the tree; asked last, because reading finds what is damaged. May be
  /// empty.
  std::function<std::vector<model::Coverage>()> medium;
  bool expects_hives = false;  ///< a hive that is missing is worth a line in the coverage
  std::vector<HiveSlot> hives;
  std::string text_note;  ///< encoding of a text target
  std::optional<format::systeminfo::SystemInfo> systeminfo;
  std::optional<format::qfe::QfeList> qfe;
  std::optional<format::banner::Banner> banner;
  std::optional<format::inventory::Machine> inventory;
  std::optional<model::Facts> facts;        ///< a facts file: nothing is left to collect
  std::optional<model::BundleNote> bundle;  ///< the evidence bundle that the facts come from

  /// By the hive's name, case ignored; `older`: that of RegBack. nullptr: there is none, or (registry) it could not be read.
  [[nodiscard]] const Registry* registry(std::string_view hive, bool older = false) const;
  [[nodiscard]] const HiveSlot* slot(std::string_view hive, bool older = false) const;
};

}  // namespace tq::target
