#include "core/json.hpp"
#include "core/text.hpp"
#include "plan/render.hpp"

namespace tq::plan {

Result<std::vector<std::uint32_t>> kbs_of_json(Bytes json, const std::string& path) {
  const auto j = Json::parse(json.chars(), nullptr, false);
  const auto bad = [&](const char* found) { return Error{ErrorCode::usage, path, "a plan written by 'plan --format json'", found}; };
  if (j.is_discarded() || !j.is_object()) return bad("no JSON object");
  if (j.value("schema", Json()) != "tourniquet.plan/1") return bad("another schema");
  if (!j.contains("steps") || !j["steps"].is_array()) return bad("no steps");
  std::vector<std::uint32_t> out;
  for (const auto& s : j["steps"]) {
    if (!s.is_object() || !s.contains("kb") || !s["kb"].is_string()) continue;
    const auto kb = parse_kb(s["kb"].get<std::string>());
    if (!kb) return bad("a step whose kb is none");
    out.push_back(*kb);
  }
  return out;
}

}  // namespace tq::plan
