// The patch ledger: a row for each machine and update, for people who have to show when they looked at what.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "model/verdict.hpp"

namespace tq::report {

/// Column names of the ledger, in order; a Row has one text for each.
inline constexpr std::array kLedgerColumns = {"asset",      "product",    "update",   "title",         "release_date",  "evaluation_date",
                                              "applicable", "status",     "why",      "evidence",      "superseded_by", "mitigation",
                                              "due_date",   "data_as_of", "approval", "approval_note", "patch_state"};
using LedgerRow = std::array<std::string, kLedgerColumns.size()>;

/// Every machine of the report: missing, unknown, installed and covered updates, then the line that says where patches come from.
/// The due date is 35 calendar days after the evaluation (NERC CIP-007-6 R2.3), for what is missing only.
std::vector<LedgerRow> ledger(const model::Report& report);

}  // namespace tq::report
