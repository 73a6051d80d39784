#include "rules/rule.hpp"
#include "rules/support/bypass.hpp"

namespace tq::rules {
namespace {

using model::Severity;

void find_tq1009(const Context& c, std::vector<Said>& out) {
  for (const auto& o : c.facts.oddities) {
    const bool logon = o.name == "logon_hook";
    if ((o.name != "image_hook" && !logon) || told_as_bypass(c, o.where)) continue;
    const char* what = logon ? "started before anyone has logged on: " : "part of servicing: ";
    out.push_back({what + o.value, {o.where}});
  }
}

}  // namespace

extern const Rule tq1009_image_hooks;
const Rule tq1009_image_hooks{
    "TQ1009",
    model::Severity::high,
    "A program of Windows is started under something else",
    "Image File Execution Options start another program in place of one, or load a library into it. On programs that install updates or "
    "check "
    "licences this changes what servicing does; on those of the logon screen it opens a door for whoever sits before it. Somebody who "
    "looked for an error may have left it there: a debugger, or Application Verifier.",
    "The values Debugger and VerifierDlls of that program's key.",
    "Ask who set it and why. Look at the program it names; take the value away when nobody needs it, and distrust what was installed "
    "since.",
    "Microsoft, Image File Execution Options (GFlags); docs/exposure.md",
    find_tq1009,
};

}  // namespace tq::rules
