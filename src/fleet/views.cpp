// The views: one for each question of `fleet query`, the same on both engines. KEEP IN SYNC: docs/fleet.md lists their columns.
#include "fleet/schema.hpp"

namespace tq::fleet {

const char* const kViews = R"sql(
CREATE VIEW set_atoms AS SELECT pa.atom AS atom, sp.cve_set AS cve_set FROM part_atoms pa JOIN set_parts sp ON sp.part = pa.part;

CREATE VIEW v_machines AS
SELECT m.name AS name, s.path || m.item AS target, coalesce(si.name, '') AS site, v.product AS product, v.arch AS arch, v.kind AS kind,
  v.build AS build, v.version AS version, v.build_status AS build_status, v.service_pack AS service_pack, v.level AS level,
  CASE WHEN v.level_kb IS NULL THEN NULL ELSE 'KB' || v.level_kb END AS level_kb, v.level_status AS level_status,
  v.goal_reached AS goal_reached, v.behind AS months_behind, v.missing_updates AS missing_updates, v.missing_cves AS missing_cves,
  v.exploited AS known_exploited, v.unknown_updates AS unknown_updates, v.unknown_cves AS unknown_cves, v.findings AS findings,
  v.worst AS worst, {iso:m.since} AS since, {iso:m.seen} AS seen, m.id AS machine, m.profile AS profile, m.ident AS ident
FROM machines m JOIN verdicts v ON v.profile = m.profile JOIN sources s ON s.id = m.source LEFT JOIN sites si ON si.id = m.site;

CREATE VIEW v_machine AS
SELECT m.name AS name, coalesce(si.name, '') AS site, v.behind_public AS behind_public, v.behind_esu AS behind_esu,
  v.behind_last AS behind_last, v.product AS product, v.version AS version, v.build_status AS build_status, v.level AS level,
  coalesce(l.labels, '[]') AS labels, {iso:m.since} AS since, {iso:m.seen} AS seen, m.id AS machine, m.profile AS profile, m.ident AS ident
FROM machines m JOIN verdicts v ON v.profile = m.profile LEFT JOIN label_sets l ON l.id = m.labels LEFT JOIN sites si ON si.id = m.site;

CREATE VIEW v_history AS
SELECT m.name AS name, {iso:h.at} AS at, v.version AS version, v.build_status AS build_status, v.level AS level, v.behind AS months_behind,
  v.missing_cves AS missing_cves, h.machine AS machine, h.profile AS profile, h.at AS seconds, m.ident AS ident, h.now AS now
FROM (SELECT machine, at, profile, 0 AS now FROM history UNION ALL SELECT id, since, profile, 1 FROM machines) h
JOIN machines m ON m.id = h.machine JOIN verdicts v ON v.profile = h.profile;

CREATE VIEW v_missing AS
SELECT c.name AS id, 'missing' AS state, m.name AS name, coalesce(si.name, '') AS site, v.product AS product, v.version AS version,
  v.level AS level, m.id AS machine, m.profile AS profile, m.ident AS ident
FROM cves c JOIN set_atoms a ON a.atom IN (c.atom, c.lone) JOIN verdicts v ON v.missing_set = a.cve_set
JOIN machines m ON m.profile = v.profile LEFT JOIN sites si ON si.id = m.site
UNION ALL
SELECT c.name, 'unknown', m.name, coalesce(si.name, ''), v.product, v.version, v.level, m.id, m.profile, m.ident
FROM cves c JOIN set_atoms a ON a.atom IN (c.atom, c.lone) JOIN verdicts v ON v.unknown_set = a.cve_set
JOIN machines m ON m.profile = v.profile LEFT JOIN sites si ON si.id = m.site
UNION ALL
SELECT 'KB' || k.kb, 'missing', m.name, coalesce(si.name, ''), v.product, v.version, v.level, m.id, m.profile, m.ident
FROM lacking k JOIN verdicts v ON v.list = k.list JOIN machines m ON m.profile = v.profile LEFT JOIN sites si ON si.id = m.site;

CREATE VIEW v_build AS
SELECT v.build AS build, v.version AS version, v.build_status AS build_status, v.product AS product, sum(p.machines) AS machines
FROM verdicts v JOIN profiles p ON p.id = v.profile WHERE p.machines > 0 GROUP BY v.build, v.version, v.build_status, v.product;

CREATE VIEW v_claims AS
SELECT m.name AS name, coalesce(si.name, '') AS site, v.product AS product, v.version AS version, v.build_status AS build_status,
  m.id AS machine, m.profile AS profile, m.ident AS ident
FROM verdicts v JOIN machines m ON m.profile = v.profile LEFT JOIN sites si ON si.id = m.site WHERE v.claims = 1;

CREATE VIEW v_behind AS
SELECT m.name AS name, coalesce(si.name, '') AS site, v.product AS product, v.version AS version, v.level AS level, v.behind AS months_behind,
  v.goal_reached AS goal_reached, v.missing_cves AS missing_cves, m.id AS machine, m.profile AS profile, m.ident AS ident
FROM verdicts v JOIN machines m ON m.profile = v.profile LEFT JOIN sites si ON si.id = m.site WHERE v.goal_reached <> 'yes' AND v.behind IS NOT NULL;

CREATE VIEW v_sites AS
SELECT coalesce(si.name, '') AS site, sum(g.n) AS machines, sum(CASE WHEN v.goal_reached = 'yes' THEN g.n ELSE 0 END) AS at_goal,
  sum(CASE WHEN v.behind IS NULL THEN g.n ELSE 0 END) AS unknown_level, max(v.behind) AS most_behind,
  CASE WHEN sum(CASE WHEN v.behind IS NULL THEN 0 ELSE g.n END) = 0 THEN NULL
    ELSE CAST(sum(coalesce(v.behind, 0) * g.n) AS {int}) / CAST(sum(CASE WHEN v.behind IS NULL THEN 0 ELSE g.n END) AS {int}) END AS mean_behind,
  sum(CASE WHEN v.exploited > 0 THEN g.n ELSE 0 END) AS with_exploited, max(v.missing_cves) AS most_missing_cves
FROM (SELECT site, profile, count(*) AS n FROM machines GROUP BY site, profile) g
JOIN verdicts v ON v.profile = g.profile LEFT JOIN sites si ON si.id = g.site GROUP BY coalesce(si.name, '');

CREATE VIEW v_gates AS
SELECT g.path AS path, g.sha256 AS sha256, g.builds AS builds, g.detail AS detail, m.name AS name, coalesce(si.name, '') AS site,
  m.id AS machine, m.profile AS profile, m.ident AS ident
FROM gates g JOIN machines m ON m.profile = g.profile LEFT JOIN sites si ON si.id = m.site;

CREATE VIEW v_unknown AS
SELECT m.name AS name, coalesce(si.name, '') AS site, u.subject AS subject, u.items AS items, r.why AS why, r.resolve AS resolve,
  m.id AS machine, m.profile AS profile, m.ident AS ident
FROM undecided u JOIN reasons r ON r.id = u.reason JOIN machines m ON m.profile = u.profile LEFT JOIN sites si ON si.id = m.site;

CREATE VIEW v_changes AS
SELECT m.name AS name, coalesce(si.name, '') AS site, {iso:h.until_at} AS at, o.version AS from_version, n.version AS to_version,
  o.level AS from_level, n.level AS to_level, o.missing_cves AS from_missing_cves, n.missing_cves AS to_missing_cves,
  CASE WHEN n.missing_cves < o.missing_cves OR n.behind < o.behind THEN 'fixed'
    WHEN n.missing_cves > o.missing_cves OR n.behind > o.behind THEN 'worse' ELSE 'other' END AS change,
  h.machine AS machine, h.to_profile AS profile, h.until_at AS seconds, m.ident AS ident
FROM (SELECT a.machine AS machine, a.profile AS from_profile,
    lead(a.profile) OVER (PARTITION BY a.machine ORDER BY a.at, a.now) AS to_profile,
    lead(a.at) OVER (PARTITION BY a.machine ORDER BY a.at, a.now) AS until_at
  FROM (SELECT machine, at, profile, 0 AS now FROM history
    UNION ALL SELECT id, since, profile, 1 FROM machines WHERE id IN (SELECT machine FROM history)) a) h
JOIN machines m ON m.id = h.machine JOIN verdicts o ON o.profile = h.from_profile JOIN verdicts n ON n.profile = h.to_profile
LEFT JOIN sites si ON si.id = m.site WHERE h.to_profile IS NOT NULL;

CREATE VIEW v_would_close AS
SELECT 'KB' || k.kb AS kb, u.title AS title, u.released AS released, sum(p.machines) AS machines,
  sum(CASE WHEN k.to_install = 1 THEN p.machines ELSE 0 END) AS newest_for, sum(p.machines * k.closes) AS machine_cves,
  max(k.closes) AS most_cves
FROM lacking k JOIN (SELECT v.list AS list, sum(p.machines) AS machines FROM verdicts v JOIN profiles p ON p.id = v.profile
    WHERE p.machines > 0 GROUP BY v.list) p ON p.list = k.list JOIN updates u ON u.kb = k.kb GROUP BY k.kb, u.title, u.released;

CREATE VIEW v_top_cves AS
SELECT c.name AS cve, sum(x.machines) AS machines, c.exploited AS known_exploited
FROM (SELECT pa.atom AS atom, sum(q.machines) AS machines
    FROM (SELECT sp.part AS part, sum(w.machines) AS machines FROM set_parts sp
      JOIN (SELECT v.missing_set AS cve_set, sum(p.machines) AS machines FROM verdicts v JOIN profiles p ON p.id = v.profile
        WHERE p.machines > 0 GROUP BY v.missing_set) w ON w.cve_set = sp.cve_set GROUP BY sp.part) q
    JOIN part_atoms pa ON pa.part = q.part GROUP BY pa.atom) x
  JOIN (SELECT atom, name, exploited FROM cves UNION ALL SELECT lone, name, exploited FROM cves) c ON c.atom = x.atom
GROUP BY c.name, c.exploited;

CREATE VIEW v_errors AS
SELECT s.path || e.item AS target, e.place AS place, e.what AS what, {iso:e.at} AS at FROM errors e JOIN sources s ON s.id = e.source;

CREATE VIEW v_findings AS
SELECT f.rule AS rule, f.severity AS severity, sum(p.machines) AS machines
FROM findings f JOIN profiles p ON p.id = f.profile WHERE p.machines > 0 GROUP BY f.rule, f.severity;
)sql";

}  // namespace tq::fleet
