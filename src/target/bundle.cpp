// An evidence bundle written by `check --format bundle`: its facts, after everything in it was checked.
#include "model/bundle.hpp"

#include "core/limits.hpp"
#include "model/facts_json.hpp"
#include "target/loader.hpp"
#include "target/support/from_facts.hpp"

namespace tq::target {
namespace {

bool accepts_bundle(const Input& in) { return in.kind == io::HostKind::file && model::looks_like_bundle(bytes_of(in.head)); }

Result<std::vector<Source>> load_bundle(const Input& in) {
  TQ_TRY(const auto content, in.read(limits::kInventoryBytes));
  auto opened = model::open_bundle(bytes_of(content), in.verify_key);
  if (!opened) {
    Error e = opened.error();
    e.place = in.label;
    return e;
  }
  opened->note.path = in.label;
  TQ_TRY(auto sources, from_facts(in, opened->facts));
  for (auto& s : sources) {
    s.kind = "bundle";
    s.bundle = opened->note;
  }
  return sources;
}

}  // namespace

extern const Loader bundle;
const Loader bundle{"bundle", 24, accepts_bundle, load_bundle};

}  // namespace tq::target
