// The machines of the contract's JSON, one a line, for streams and log collectors. Each line stands alone.
#include "report/renderer.hpp"
#include "report/support/machine_json.hpp"

namespace tq::report {
namespace {

std::string line(const Json& j) { return j.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

Result<std::string> render_ndjson(const model::Report& r, const Options&) {
  std::string out;
  for (const auto& m : r.machines) {
    Json flat = {{"schema", "tourniquet.report/1"},
                 {"catalog", {{"id", r.catalog_id}, {"data_as_of", r.catalog_data_as_of}}},
                 {"as_of", r.as_of},
                 {"goal", r.goal}};
    flat.update(machine_json(m));
    out += line(flat);
  }
  for (const auto& e : r.errors) out += line({{"schema", "tourniquet.error/1"}, {"error", error_json(e)}});
  return out;
}

}  // namespace

extern const Renderer ndjson_report;
const Renderer ndjson_report{"ndjson", render_ndjson};

}  // namespace tq::report
