// The conditions of upgrade_bars and migration_notes, asked of one machine's facts.
//
// A condition is "always", or words joined by '+' (all must hold): "arch:x86", "edition:Storage", "role:dns", "service:NtFrs" (there and
// not disabled), "software:sql_server", "program:Microsoft Exchange Server" (a name begins with it), "task:.vbs" (a command holds it),
// "exposure:smb1" (open, or open by default).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "judge/migration/standpoint.hpp"
#include "model/facts.hpp"

namespace tq::judge {

struct ConditionAnswer {
  model::Tri holds = model::Tri::unknown;
  std::vector<std::string> evidence;  ///< what was read and where; empty unless it holds
};

/// `condition`: its words. Unknown when the place that would tell was not read. A word that this program does not know never holds.
ConditionAnswer ask(const std::vector<std::string_view>& condition, const model::Facts& facts, const Standpoint& at);
/// False when a word of the condition is unknown to this program: for the check of the tables.
bool known_condition(std::string_view condition);

/// What was read, with the place in brackets where there is one.
std::string cited(const std::string& says, const std::string& where);

}  // namespace tq::judge
