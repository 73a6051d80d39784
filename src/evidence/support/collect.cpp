#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {

void cover(model::Facts& facts, std::string source, model::CoverageStatus status, std::string detail) {
  facts.coverage.push_back({std::move(source), status, std::move(detail)});
}

void add_oddity(model::Facts& facts, const char* kind, std::string what, std::string where) {
  facts.oddities.push_back({kind, std::move(what), std::move(where)});
}

void read_text(const target::Registry& reg, model::Facts& facts, std::string_view key, std::string_view name, const std::string& as) {
  const auto v = reg.value(key, name);
  if (!v) return;
  if (const auto t = v->text()) facts.readings.push_back({as, *t, v->where});
}

std::string reading(const model::Facts& facts, std::string_view name) {
  for (const auto& r : facts.readings)
    if (r.name == name) return r.value;
  return {};
}

std::string arch_word(std::string_view s) {
  if (iequals(s, "AMD64") || iequals(s, "x64") || iequals(s, "x86_64")) return "x64";
  if (iequals(s, "x86") || iequals(s, "i386")) return "x86";
  if (iequals(s, "IA64")) return "ia64";
  if (iequals(s, "ARM64")) return "arm64";
  return {};
}

model::Facts collect(const target::Source& source, const model::Wanted& wanted) {
  if (source.facts) return *source.facts;
  model::Facts facts;
  facts.target = source.label;
  facts.kind = source.kind;
  for (const Collector* c : all()) {
    if (c->collect != nullptr) c->collect(source, facts);
    if (c->collect_wanted != nullptr) c->collect_wanted(source, wanted, facts);
  }
  return facts;
}

}  // namespace tq::evidence
