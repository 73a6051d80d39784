// Facts that were written earlier by `check --format facts`: judged again, with whatever catalog is there now.
#include "core/limits.hpp"
#include "core/text.hpp"
#include "model/facts_json.hpp"
#include "target/loader.hpp"

namespace tq::target {
namespace {

bool accepts(const Input& in) {
  return in.kind == io::HostKind::file && trim(in.head_text).starts_with("{") &&
         in.head_text.find(model::kFactsSchema) != std::string::npos;
}

Result<std::vector<Source>> load(const Input& in) {
  TQ_TRY(const auto content, in.read(limits::kInventoryBytes));
  TQ_TRY(auto machines, model::facts_from_json(bytes_of(content).chars()));
  std::vector<Source> out;
  for (auto& f : machines) {
    Source s;
    s.label = f.target.empty() ? in.label : f.target;
    s.kind = "facts";
    s.facts = std::move(f);
    out.push_back(std::move(s));
  }
  if (out.empty()) return Error{ErrorCode::unsupported, in.label, "at least one machine", "an empty facts file", {}, {}};
  return out;
}

}  // namespace

extern const Loader facts_file;
const Loader facts_file{"facts", 40, accepts, load};

}  // namespace tq::target
