#include "rules/rule.hpp"

namespace tq::rules {
namespace {

/// Only where the programs that could read it were looked at: by itself the field is in every Windows.
void find_tq5003(const Context& c, std::vector<Said>& out) {
  if (c.facts.deep_read != model::Tri::yes || c.facts.identity.install_date.empty()) return;
  out.push_back({"InstallDate holds " + c.facts.identity.install_date,
                 {"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion:InstallDate, a number of 32 bits that counts seconds since 1970"}});
}

}  // namespace

extern const Rule tq5003_times_at_rest;
const Rule tq5003_times_at_rest{
    "TQ5003",
    model::Severity::info,
    "The registry holds a time of 32 bits",
    "Windows keeps the day it was installed as seconds since 1970 in 32 bits. Taken as signed, as many programs do, such a field ends on "
    "2038-01-19; taken as unsigned, on 2106-02-07. What stands there now is right: only an installation after that day cannot be "
    "written.",
    "The value in the registry. Which programs take it as signed is in `time32`.",
    "Nothing on this machine. A program of your own that reads the value should take it as unsigned.",
    "docs/time32.md",
    find_tq5003,
};

}  // namespace tq::rules
