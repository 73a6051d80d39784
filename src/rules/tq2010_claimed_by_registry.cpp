#include <fmt/format.h>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq2010(const Context& c, std::vector<Said>& out) {
  for (const auto& m : c.verdict.missing)
    if (m.state == "installed" || m.state == "superseded")
      out.push_back({fmt::format("{} is registered as {}: {}", kb_text(m.kb), m.state, m.why)});
}

}  // namespace

extern const Rule tq2010_claimed_by_registry;
const Rule tq2010_claimed_by_registry{
    "TQ2010",
    model::Severity::high,
    "Registered as installed, but a file of it is older",
    "The package list says that an update is installed, and a file in use is older than the one the update carries. Either the "
    "installation failed halfway, or an older file was put back.",
    "The package, the file in use and its version, and the row of the table of files.",
    "Install the update again and read the machine after a reboot.",
    "docs/evidence.md; the table of files given to `catalog update`",
    find_tq2010,
};

}  // namespace tq::rules
