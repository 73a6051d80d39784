// The contract's JSON: schema tourniquet.report/1. One document, deterministic.
#include "report/renderer.hpp"
#include "report/support/machine_json.hpp"

namespace tq::report {
namespace {

Result<std::string> render_json(const model::Report& r, const Options&) {
  Json doc = {{"schema", "tourniquet.report/1"},
              {"tool", {{"version", r.tool_version}}},
              {"catalog", {{"id", r.catalog_id}, {"data_as_of", r.catalog_data_as_of}}},
              {"as_of", r.as_of},
              {"goal", r.goal}};
  Json machines = Json::array(), errors = Json::array();
  for (const auto& m : r.machines) machines.push_back(machine_json(m));
  for (const auto& e : r.errors) errors.push_back(error_json(e));
  doc["machines"] = std::move(machines);
  doc["errors"] = std::move(errors);
  if (!r.bundles.empty()) doc["bundles"] = bundles_json(r.bundles);
  return doc.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

extern const Renderer json_report;
const Renderer json_report{"json", render_json};

}  // namespace tq::report
