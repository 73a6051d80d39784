// The tables of a store and the views that people ask. docs/fleet.md describes the views; the tables may change with the version.
#pragma once

#include <string>

#include "fleet/db.hpp"

namespace tq::fleet {

inline constexpr std::int64_t kSchemaVersion = 2;

/// SQL text for one engine: {id} {int} {blob} {norowid} {empty} and {iso:EXPR} become what it calls them.
std::string dialect(std::string_view text, Engine engine);
/// Makes tables and views where there are none, and the views anew in a store of an older version; refuses a store of a later version, and
/// a file that is no store.
Status prepare_schema(Db& db);
/// Of the store that is there; 0: none. Errors: unsupported (tables of something else), io.
Result<std::int64_t> schema_version(Db& db);
/// What an SQLite file says of itself in its header: "TQFL".
inline constexpr std::int64_t kApplicationId = 0x5451464C;
/// Only looks: Error when this is no store that can be asked.
Status check_schema(Db& db);

/// What query.cpp builds its answers from, written once: the columns of a machine that every view shows first.
extern const char* const kViews;

}  // namespace tq::fleet
