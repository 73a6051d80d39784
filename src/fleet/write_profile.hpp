// Profiles and their verdicts into the store's tables.
#pragma once

#include <string>

#include "fleet/atoms.hpp"
#include "fleet/db.hpp"
#include "fleet/judged.hpp"

namespace tq::fleet {

/// The words of the catalog that the views print. Once for each judgement.
Status write_catalog(Db& db, const Judge& judge, const Atoms& atoms);
/// The row of a profile; made when it is not there.
Result<std::int64_t> profile_row(Db& db, const std::string& sha, Bytes packed);
/// The row of a profile that must be there. Errors: corrupt.
Result<std::int64_t> known_profile(Db& db, const std::string& sha);
/// What was judged of a profile that has no verdict yet.
Status write_verdict(Db& db, const Atoms& atoms, const catalog::Catalog& catalog, std::int64_t profile, const Judged& judged);

}  // namespace tq::fleet
