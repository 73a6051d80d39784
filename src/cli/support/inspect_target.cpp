// Everything that is neither a file format of its own nor a medium: whatever `check` takes as a target.

#include "cli/support/dump.hpp"
#include "cli/support/inspect.hpp"
#include "evidence/collector.hpp"

namespace tq::cli {
namespace {

bool is_anything(const target::Input&) { return true; }

Result<Inspected> about_target(const target::Input& in, const Args& args) {
  TQ_TRY(const auto sources, target::load(in, {}));
  Inspected out;
  out.kind = sources.front().kind;
  out.about = {{"machines", sources.size()}};
  if (args.has("--dump"))
    for (const auto& s : sources) out.dump += dump_facts(evidence::collect(s));
  return out;
}

}  // namespace

const Inspector inspect_target{is_anything, about_target};

}  // namespace tq::cli
