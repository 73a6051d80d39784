#include "facts/reconcile.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace tq::facts {
namespace {

/// The name of a product says server or client; EditionID does not (update scripts write ServerStandard on Vista).
std::string class_of(const std::string& product) {
  if (ifind(product, "server") != std::string::npos) return "server";
  for (const char* client : {"vista", "windows 7", "windows 8", "windows 10", "windows 11", "windows xp"})
    if (ifind(product, client) != std::string::npos) return "client";
  return {};
}

void add_conflict(model::Facts& f, const std::string& text) {
  if (std::find(f.conflicts.begin(), f.conflicts.end(), text) == f.conflicts.end()) f.conflicts.push_back(text);
}

/// Values that one boot wrote together must agree; where they do not, somebody or something changed one of them.
void builds_within_groups(model::Facts& f) {
  for (const auto group : {model::WitnessGroup::booted_kernel, model::WitnessGroup::kernel_file}) {
    const model::BuildWitness* first = nullptr;
    for (const auto& w : f.build_witnesses) {
      if (w.group != group || w.older || !w.decides || !w.build) continue;
      if (first == nullptr) first = &w;
      if (*w.build != *first->build)
        add_conflict(
            f, first->source + " says " + first->says + " (" + first->where + "), " + w.source + " says " + w.says + " (" + w.where + ")");
    }
  }
}

std::string nt_of_version(const model::Facts& f) {
  for (const auto& w : f.build_witnesses)
    if (w.group == model::WitnessGroup::kernel_file)
      if (const auto v = FileVersion::parse(w.says)) return std::to_string(v->major) + "." + std::to_string(v->minor);
  return {};
}

}  // namespace

void reconcile(model::Facts& facts) {
  auto& id = facts.identity;
  if (id.product_type.empty()) id.product_type = class_of(id.product);
  if (id.nt_version.empty()) id.nt_version = nt_of_version(facts);
  builds_within_groups(facts);
}

}  // namespace tq::facts
