#include "target/support/from_facts.hpp"

#include "model/facts_json.hpp"

namespace tq::target {

Result<std::vector<Source>> from_facts(const Input& in, std::string_view facts_json) {
  TQ_TRY(auto machines, model::facts_from_json(facts_json));
  std::vector<Source> out;
  for (auto& f : machines) {
    Source s;
    s.label = f.target.empty() ? in.label : f.target;
    s.kind = "facts";
    s.facts = std::move(f);
    out.push_back(std::move(s));
  }
  if (out.empty()) return Error{ErrorCode::unsupported, in.label, "at least one machine", "an empty facts file"};
  return out;
}

}  // namespace tq::target
