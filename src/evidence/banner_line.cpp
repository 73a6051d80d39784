// A version banner from the network: the last booted kernel once more, and nothing else.
#include <fmt/format.h>

#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

void collect_banner_line(const target::Source& source, model::Facts& facts) {
  if (!source.banner) return;
  const auto& b = *source.banner;
  auto& id = facts.identity;
  id.name = b.host.empty() ? b.address : b.host;
  id.product = b.product;
  id.arch = b.arch;
  id.service_pack = b.service_pack;
  if (b.major && b.minor) id.nt_version = fmt::format("{}.{}", *b.major, *b.minor);
  if (b.build) {
    model::BuildWitness w;
    w.source = "banner";
    w.says = b.text;
    w.where = source.label;
    w.build = b.build;
    w.revision = b.revision;
    facts.build_witnesses.push_back(std::move(w));
  }
  if (b.builds_disagree) facts.conflicts.push_back("two banner lines of this host give different builds (" + source.label + ")");
  cover(facts, "banner", model::CoverageStatus::read, source.text_note);
}

}  // namespace

extern const Collector banner_line;
const Collector banner_line{"banner_line", collect_banner_line};

}  // namespace tq::evidence
