#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "plan/render.hpp"

namespace tq::plan {
namespace {

using Json = nlohmann::ordered_json;

Json kbs(const auto& list) {
  Json out = Json::array();
  for (const auto kb : list) out.push_back(kb_text(kb));
  return out;
}

Json strings(const std::vector<std::string>& list) {
  Json out = Json::array();
  for (const auto& s : list) out.push_back(to_valid_utf8(s));
  return out;
}

Json word(Tri t) { return t == Tri::unknown ? Json(nullptr) : Json(t == Tri::yes); }
Json text(const std::string& s) { return s.empty() ? Json(nullptr) : Json(to_valid_utf8(s)); }
template <class T>
Json maybe(const std::optional<T>& v) {
  return v ? Json(*v) : Json(nullptr);
}

Json from(const State& s, const Origin& origin) {
  Json reached = Json::object();
  for (const auto& [goal, yes] : s.reached) reached[goal] = word(yes);
  return {{"target", to_valid_utf8(origin.target)},
          {"name", text(s.name)},
          {"product", text(s.product)},
          {"nt_version", text(s.nt_version)},
          {"arch", text(s.arch)},
          {"product_class", s.product_class ? Json(catalog::to_string(*s.product_class)) : Json(nullptr)},
          {"service_pack", maybe(s.service_pack)},
          {"build", maybe(s.build)},
          {"revision", maybe(s.revision)},
          {"servicing_stack", s.stack ? Json(s.stack->text()) : Json(nullptr)},
          {"sha2", word(s.sha2)},
          {"esu_licence", word(s.licensed)},
          {"restart_pending", word(s.restart_pending)},
          {"goals_reached", std::move(reached)},
          {"in_place", kbs(s.in_place)},
          {"waiting_for_restart", kbs(s.waiting)}};
}

Json build_after(const Step& s) {
  if (!s.build_after) return nullptr;
  return {{"number", s.build_after->build}, {"revision", maybe(s.build_after->revision)}, {"basis", s.build_after->basis}};
}

Json step(const Step& s) {
  Json out = {{"n", s.n},
              {"kb", s.kb != 0 ? Json(kb_text(s.kb)) : Json(nullptr)},
              {"kind", s.kind},
              {"title", text(s.title)},
              {"released", s.released.known() ? Json(s.released.text()) : Json(nullptr)},
              {"requires", kbs(s.requirements)},
              {"reboot_after", s.reboot_after},
              {"why", to_valid_utf8(s.why)},
              {"raises_build_to", maybe(s.raises_build_to)},
              {"build_after", build_after(s)},
              {"needed", to_string(s.need)},
              {"condition", text(s.condition)},
              {"esu_years", s.esu_years},
              {"approval", text(s.approval)},
              {"allowed", s.approval.empty() ? Json(nullptr) : Json(s.approval == "approved")},
              {"approval_note", text(s.approval_note)},
              {"source", text(s.source)},
              {"confidence", text(s.confidence)}};
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
                    {"farthest_goal", text(p.farthest)},
                    {"relies_on", kbs(p.relied_on)},
                    {"unknown", strings(p.unknown)},
                    {"notes", strings(p.notes)}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tq::plan
