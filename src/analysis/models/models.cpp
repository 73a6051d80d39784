#include <string_view>
#include <unordered_map>

#include "analysis/models/clock.hpp"
#include "analysis/models/version.hpp"

namespace tq::analysis {
namespace {

using Table = std::unordered_map<std::string_view, const Model*>;

Table table_of(bool clock) {
  Table t;
  const auto add = [&](std::span<const Model> models) {
    for (const Model& m : models) t.emplace(m.name, &m);
  };
  if (clock) {
    add(run_time_clock_models());
    add(system_clock_models());
  }
  add(memory_models());
  add(text_models());
  add(wide_models());
  if (!clock) {
    add(version_models());
    add(file_version_models());
    add(registry_models());
    add(text_copy_models());
    add(formatted_models());
    add(kept_value_models());
  }
  return t;
}

}  // namespace

void store_unless_null(Engine& e, State& s, const Value& to, unsigned size, const Value& v) {
  if (!to.is_null()) e.write(s, to, size, v);
}

const Model* model_of(const std::string& name, bool clock) {
  static const Table builds = table_of(false), instants = table_of(true);
  const Table& t = clock ? instants : builds;
  const auto it = t.find(name);
  return it == t.end() ? nullptr : it->second;
}

bool is_run_time(const std::string& dll) {
  return dll.starts_with("msvcr") || dll.starts_with("ucrtbase") || dll.starts_with("crtdll") || dll.starts_with("api-ms-win-crt-");
}

}  // namespace tq::analysis
