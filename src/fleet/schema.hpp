// The tables of a store and the views that people ask. docs/fleet.md describes the views; the tables may change with the version.
#pragma once

#include <string>

#include "fleet/db.hpp"

namespace tq::fleet {

inline constexpr std::int64_t kSchemaVersion = 1;

/// SQL text for one engine: {id} {int} {blob} {norowid} {empty} and {iso:EXPR} become what it calls them.
std::string dialect(std::string_view text, Engine engine);
/// Makes tables and views where there are none; refuses a store of another version, and a file that is no store.
Status prepare_schema(Db& db);
/// Only looks: Error when this is no store that can be asked.
Status check_schema(Db& db);

/// What query.cpp builds its answers from, written once: the columns of a machine that every view shows first.
extern const char* const kViews;

}  // namespace tq::fleet
