// Facts that were written earlier by `check --format facts`: judged again, with whatever catalog is there now.
#include "core/limits.hpp"
#include "core/text.hpp"
#include "model/facts_json.hpp"
#include "target/loader.hpp"
#include "target/support/from_facts.hpp"

namespace tq::target {
namespace {

bool accepts_facts_file(const Input& in) {
  return in.kind == io::HostKind::file && trim(in.head_text).starts_with("{") &&
         in.head_text.find(model::kFactsSchema) != std::string::npos;
}

Result<std::vector<Source>> load_facts_file(const Input& in) {
  TQ_TRY(const auto content, in.read(limits::kInventoryBytes));
  return from_facts(in, bytes_of(content).chars());
}

}  // namespace

extern const Loader facts_file;
const Loader facts_file{"facts", 40, accepts_facts_file, load_facts_file};

}  // namespace tq::target
