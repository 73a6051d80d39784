#include "core/json.hpp"
#include "core/text.hpp"
#include "model/json_words.hpp"
#include "plan/render.hpp"

namespace tq::plan {
namespace {

using model::text_or_null;
using model::texts;
using model::tri_or_null;
using model::value_or_null;

Json kbs(const auto& list) {
  Json out = Json::array();
  for (const auto kb : list) out.push_back(kb_text(kb));
  return out;
}

Json from(const State& s, const Origin& origin) {
  Json reached = Json::object();
  for (const auto& [goal, yes] : s.reached) reached[goal] = tri_or_null(yes);
  return {{"target", to_valid_utf8(origin.target)},
          {"name", text_or_null(s.name)},
          {"product", text_or_null(s.product)},
          {"nt_version", text_or_null(s.nt_version)},
          {"arch", text_or_null(s.arch)},
          {"product_class", s.product_class ? Json(catalog::to_string(*s.product_class)) : Json(nullptr)},
          {"service_pack", value_or_null(s.service_pack)},
          {"build", value_or_null(s.build)},
          {"revision", value_or_null(s.revision)},
          {"servicing_stack", s.stack ? Json(s.stack->text()) : Json(nullptr)},
          {"sha2", tri_or_null(s.sha2)},
          {"esu_licence", tri_or_null(s.licensed)},
          {"restart_pending", tri_or_null(s.restart_pending)},
          {"goals_reached", std::move(reached)},
          {"in_place", kbs(s.in_place)},
          {"waiting_for_restart", kbs(s.waiting)}};
}

Json build_after(const Step& s) {
  if (!s.build_after) return nullptr;
  return {{"number", s.build_after->build}, {"revision", value_or_null(s.build_after->revision)}, {"basis", s.build_after->basis}};
}

Json step(const Step& s) {
  Json out = {{"n", s.n},
              {"kb", s.kb != 0 ? Json(kb_text(s.kb)) : Json(nullptr)},
              {"kind", s.kind},
              {"title", text_or_null(s.title)},
              {"released", s.released.known() ? Json(s.released.text()) : Json(nullptr)},
              {"requires", kbs(s.requirements)},
              {"reboot_after", s.reboot_after},
              {"why", to_valid_utf8(s.why)},
              {"raises_build_to", value_or_null(s.raises_build_to)},
              {"build_after", build_after(s)},
              {"needed", to_string(s.need)},
              {"condition", text_or_null(s.condition)},
              {"esu_years", s.esu_years},
              {"approval", text_or_null(s.approval)},
              {"allowed", s.approval.empty() ? Json(nullptr) : Json(s.approval == "approved")},
              {"approval_note", text_or_null(s.approval_note)},
              {"source", text_or_null(s.source)},
              {"confidence", text_or_null(s.confidence)}};
  return out;
}

}  // namespace

std::string to_json(const Plan& p, const Origin& origin) {
  Json steps = Json::array(), impossible = Json::array();
  for (const auto& s : p.steps) steps.push_back(step(s));
  for (const auto& i : p.impossible) impossible.push_back({{"goal", i.goal}, {"why", to_valid_utf8(i.why)}});
  const Json out = {{"schema", "tourniquet.plan/1"},
                    {"tool", {{"version", origin.tool_version}}},
                    {"catalog", {{"id", origin.catalog_id}, {"data_as_of", origin.catalog_data_as_of}}},
                    {"as_of", origin.as_of},
                    {"from", from(p.from, origin)},
                    {"goal", p.goal},
                    {"goal_kb", p.goal_kb != 0 ? Json(kb_text(p.goal_kb)) : Json(nullptr)},
                    {"line", p.line == Line::security_only ? "security-only" : "rollup"},
                    {"answered", p.answered},
                    {"steps", std::move(steps)},
                    {"impossible", std::move(impossible)},
                    {"farthest_goal", text_or_null(p.farthest)},
                    {"relies_on", kbs(p.relied_on)},
                    {"unknown", texts(p.unknown)},
                    {"notes", texts(p.notes)}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tq::plan
