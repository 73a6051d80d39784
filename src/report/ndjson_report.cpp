// The machines of the contract's JSON, one a line, for streams and log collectors. Each line stands alone.
#include <nlohmann/json.hpp>

#include "report/renderer.hpp"

namespace tq::report {
namespace {

using Json = nlohmann::ordered_json;

std::string line(const Json& j) { return j.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

std::string render(const model::Report& r, const Options& o) {
  const Renderer* whole = find("json");
  std::string out;
  model::Report one{r.tool_version, r.catalog_id, r.catalog_data_as_of, r.as_of, r.goal, {}, {}};
  for (const auto& m : r.machines) {
    // One machine at a time: the whole of a fleet as one document would be held in memory twice.
    one.machines.assign(1, m);
    const Json doc = Json::parse(whole->render(one, o));
    Json flat = {{"schema", doc["schema"]}, {"catalog", doc["catalog"]}, {"as_of", doc["as_of"]}, {"goal", doc["goal"]}};
    flat.update(doc["machines"][0]);
    out += line(flat);
  }
  one.machines.clear();
  one.errors = r.errors;
  const Json rest = Json::parse(whole->render(one, o));
  for (const auto& e : rest["errors"]) out += line({{"schema", "tourniquet.error/1"}, {"error", e}});
  return out;
}

}  // namespace

extern const Renderer ndjson_report;
const Renderer ndjson_report{"ndjson", render};

}  // namespace tq::report
