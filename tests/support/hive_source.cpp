#include "tests/support/hive_source.hpp"

namespace tq::test {

target::Source hive_source(std::vector<std::pair<std::string, std::vector<std::byte>>> hives) {
  target::Source s;
  s.label = "machine";
  s.kind = "hives";
  for (auto& [name, bytes] : hives) {
    auto hive = format::regf::Hive::open(std::move(bytes));
    if (!hive) continue;
    target::HiveSlot slot;
    slot.name = slot.where = name;
    slot.hive = std::make_shared<const format::regf::Hive>(*std::move(hive));
    slot.registry = target::hive_registry(slot.hive, name);
    s.hives.push_back(std::move(slot));
  }
  return s;
}

}  // namespace tq::test
