// The fleet as it stood on a day, for every question: the same views over the states of that day.
#pragma once

#include <string>

#include "fleet/db.hpp"

namespace tq::fleet {

/// From now on this connection sees the fleet as it stood at the end of that day: which machines were known, and the state each had. Sites,
/// names and the judgement are today's. Temporary tables hide the store's own; nothing is written to it. Errors: usage (no date), io.
Status go_back(Db& db, const std::string& day);

}  // namespace tq::fleet
