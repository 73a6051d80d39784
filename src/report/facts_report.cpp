// What was read, without judgement: the file is a target again.
#include "model/facts_json.hpp"
#include "report/renderer.hpp"

namespace tq::report {
namespace {

Result<std::string> render_facts(const model::Report& r, const Options&) {
  std::vector<model::Facts> machines;
  machines.reserve(r.machines.size());
  for (const auto& m : r.machines) machines.push_back(m.facts);
  return model::facts_to_json(machines);
}

}  // namespace

extern const Renderer facts_report;
const Renderer facts_report{"facts", render_facts};

}  // namespace tq::report
