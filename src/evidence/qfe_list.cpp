// A hotfix list from wmic or PowerShell. It has no build; on NT 6.0 it lists what servicing calls installed.
#include <fmt/format.h>

#include "evidence/collector.hpp"
#include "evidence/support/hotfix_list.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

void collect_qfe_list(const target::Source& source, model::Facts& facts) {
  if (!source.qfe) return;
  const auto& q = *source.qfe;
  facts.identity.name = q.computer;
  add_hotfixes(facts, q, source.label, true);
  for (const auto& e : q.losses) cover(facts, "qfe", model::CoverageStatus::failed, e.text());
  if (q.several_computers)
    cover(facts, "qfe", model::CoverageStatus::unsupported, "the list mixes several computers: split it by computer");
  cover(facts, "qfe", model::CoverageStatus::read, fmt::format("{} entries, {}", q.entries.size(), source.text_note));
}

}  // namespace

extern const Collector qfe_list;
const Collector qfe_list{"qfe_list", collect_qfe_list};

}  // namespace tq::evidence
