#include "catalog/level.hpp"
#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq1006(const Context& c, std::vector<Said>& out) {
  for (const auto& w : c.verdict.build.witnesses) {
    if (w.group != model::WitnessGroup::kernel_file || w.older) continue;
    const auto v = FileVersion::parse(w.says);
    if (!v) continue;
    if (const auto m = catalog::level_of_kernel(c.catalog, *v); m.foreign) out.push_back({m.why, {w.where}});
  }
}

}  // namespace

extern const Rule tq1006_foreign_revision;
const Rule tq1006_foreign_revision{
    "TQ1006",
    model::Severity::high,
    "The kernel revision is none that Microsoft uses on this build",
    "Each branch of NT 6.0 numbers its kernels inside one window. A revision outside every window was not made by Microsoft, or the file's "
    "version was changed.",
    "The kernel's version and the windows of the build.",
    "Verify the signature of the kernel file and compare its hash with a known copy.",
    "BetaWiki quoting Microsoft; docs/evidence.md",
    find_tq1006,
};

}  // namespace tq::rules
