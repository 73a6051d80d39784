// What the plan needs from the command line: goal, line, and the list of what a vendor approves.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "core/bytes.hpp"
#include "core/result.hpp"
#include "plan/plan.hpp"

namespace tq::cli {

/// A CSV with the columns kb, status (approved|rejected|pending), date, by, note in any order; other columns are passed over.
/// `path` is for messages. Errors: usage (no kb or status column, a KB that is none, another status word: an approval is never guessed).
Result<std::vector<plan::Approval>> approvals_from(Bytes csv, const std::string& path);

/// --goal, --line and --approvals. nullopt after a message when one of them cannot be used.
std::optional<plan::Options> plan_options(const Args& args);

}  // namespace tq::cli
