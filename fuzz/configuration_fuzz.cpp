// From the bytes of a hive to what is said of the machine's set-up: every collector, the judge, the findings.
//
// Input: one byte (even: SYSTEM, odd: SOFTWARE), then the hive.
#include <cstdint>
#include <memory>
#include <vector>

#include "evidence/collector.hpp"
#include "fuzz/sink.hpp"
#include "judge/judge.hpp"
#include "rules/rule.hpp"

using namespace tq;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const judge::Knowledge knowledge(*catalog::Catalog::embedded());
  static const model::Wanted wanted = judge::wanted(knowledge.catalog());
  if (size == 0) return 0;
  const auto* first = reinterpret_cast<const std::byte*>(data);
  auto hive = format::regf::Hive::open(std::vector<std::byte>(first + 1, first + size));
  if (!hive) return 0;
  target::HiveSlot slot;
  slot.name = slot.where = data[0] % 2 == 0 ? "SYSTEM" : "SOFTWARE";
  slot.hive = std::make_shared<const format::regf::Hive>(*std::move(hive));
  slot.registry = target::hive_registry(slot.hive, slot.name);
  target::Source source;
  source.hives.push_back(std::move(slot));
  const auto facts = evidence::collect(source, wanted);
  const auto verdict = judge::judge(facts, knowledge, {});
  for (const auto& e : verdict.exposure) print(e.id + e.what + e.evidence);
  for (const auto& f : rules::run({facts, verdict, knowledge.catalog(), "last", Date{2026, 11, 20}})) print(f.id + f.detail);
  return 0;
}
