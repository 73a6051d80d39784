#include <fmt/format.h>

#include "rules/rule.hpp"
#include "rules/support/bypass.hpp"

namespace tq::rules {
namespace {

constexpr std::uint16_t kAgentMajor = 7;  // 7.0.6000 to 7.8: every agent of NT 6.0 to 6.2, whatever the build of Windows

void find_tq1010(const Context& c, std::vector<Said>& out) {
  for (const auto& o : c.facts.oddities)
    if (o.name == "service_dll" && !told_as_bypass(c, o.where)) out.push_back({"the service wuauserv loads " + o.value, {o.where}});
  const auto& nt = c.facts.identity.nt_version;
  if (nt != "6.0" && nt != "6.1" && nt != "6.2") return;
  for (const auto& f : c.facts.files) {
    if (f.path != "system32/wuaueng.dll" || f.version.major == kAgentMajor) continue;
    out.push_back({fmt::format("{} is {}, and every update agent of NT {} is numbered {}.x", f.path, f.version.text(), nt, kAgentMajor),
                   {f.where},
                   model::Severity::medium});
  }
}

}  // namespace

extern const Rule tq1010_update_agent;
const Rule tq1010_update_agent{
    "TQ1010",
    model::Severity::high,
    "The update agent is not Windows' own",
    "The agent decides which updates are offered and whether the machine has a right to them. Another library in its place, or a file "
    "that is numbered as no agent ever was, may say anything. A repair tool that copied a file from another Windows does the same harm.",
    "ServiceDll of the service wuauserv, and the version of wuaueng.dll.",
    "Compare the file with one of the same version from a machine you trust; put Windows' own back and run the update check again.",
    "data/catalog/nt60/bypass_indicators.csv; versions of the Windows Update agent (Microsoft)",
    find_tq1010,
};

}  // namespace tq::rules
