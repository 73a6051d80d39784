// How whole the medium is: volumes that could not be read, refused members of an archive, a volume Windows wants to check.
// The name puts it behind the collectors that read files: what they met damaged is known by then.
#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

void collect_volume_state(const target::Source& source, model::Facts& facts) {
  if (!source.medium) return;
  for (auto& c : source.medium()) cover(facts, std::move(c.source), c.status, std::move(c.detail));
}

}  // namespace

extern const Collector volume_state;
const Collector volume_state{"volume_state", collect_volume_state};

}  // namespace tq::evidence
