#include "fleet/then.hpp"

#include <fmt/format.h>

#include "core/version.hpp"
#include "fleet/schema.hpp"

namespace tq::fleet {
namespace {

/// {0}: the second after the day. Temporary tables come first where a name could mean two, on both engines; so they get their names last.
constexpr const char* kThen = R"sql(
CREATE TEMP TABLE then_machines AS SELECT id, name, ident, profile, site, source, item, labels, content, since, seen
FROM (SELECT m.id AS id, m.name AS name, m.ident AS ident, s.profile AS profile, m.site AS site, m.source AS source, m.item AS item,
    m.labels AS labels, m.content AS content, s.at AS since, CASE WHEN m.seen < {0} THEN m.seen ELSE s.at END AS seen,
    row_number() OVER (PARTITION BY m.id ORDER BY s.at DESC, s.now DESC, s.profile DESC) AS nth
  FROM machines m JOIN (SELECT machine, at, profile, 0 AS now FROM history UNION ALL SELECT id, since, profile, 1 FROM machines) s
    ON s.machine = m.id WHERE s.at < {0}) x WHERE nth = 1;
CREATE TEMP TABLE then_history AS SELECT h.machine AS machine, h.at AS at, h.profile AS profile FROM history h
  WHERE h.at < {0} AND NOT EXISTS (SELECT 1 FROM then_machines t WHERE t.id = h.machine AND t.since = h.at AND t.profile = h.profile);
CREATE TEMP TABLE then_profiles AS SELECT p.id AS id, p.sha AS sha, coalesce(n.machines, 0) AS machines FROM profiles p
  LEFT JOIN (SELECT profile, count(*) AS machines FROM then_machines GROUP BY profile) n ON n.profile = p.id;
CREATE TEMP TABLE then_errors AS SELECT * FROM errors WHERE at < {0};
CREATE TEMP TABLE then_runs AS SELECT * FROM runs WHERE at < {0};
CREATE INDEX then_by_profile ON then_machines(profile);
ALTER TABLE then_machines RENAME TO machines;
ALTER TABLE then_history RENAME TO history;
ALTER TABLE then_profiles RENAME TO profiles;
ALTER TABLE then_errors RENAME TO errors;
ALTER TABLE then_runs RENAME TO runs;
)sql";

std::string temporary_views(Engine engine) {
  std::string s = dialect(kViews, engine);
  constexpr std::string_view kMake = "CREATE VIEW ", kTemporary = "CREATE TEMP VIEW ";
  for (std::size_t at = s.find(kMake); at != std::string::npos; at = s.find(kMake, at + kTemporary.size()))
    s.replace(at, kMake.size(), kTemporary);
  return s;
}

}  // namespace

Status go_back(Db& db, const std::string& day) {
  const auto date = Date::parse(day);
  if (!date) return Error{ErrorCode::usage, "fleet query", "--as-of YYYY-MM-DD", day};
  const bool lite = db.engine() == Engine::sqlite;
  // A reader may write to nothing, temporary tables included, but for this moment.
  TQ_TRY([[maybe_unused]] const auto open, db.script(lite ? "PRAGMA query_only=OFF; BEGIN" : "BEGIN READ WRITE"));
  auto done = db.script(fmt::format(kThen, (days_from_civil(*date) + 1) * 86400) + temporary_views(db.engine()));
  if (!done) db.rollback();
  if (!done) return done;
  return db.script(lite ? "COMMIT; PRAGMA query_only=ON" : "COMMIT");
}

}  // namespace tq::fleet
