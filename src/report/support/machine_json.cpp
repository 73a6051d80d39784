#include "report/support/machine_json.hpp"

#include "core/text.hpp"
#include "model/json_words.hpp"

namespace tq::report {
namespace {

using model::text_or_null;
using model::texts;
using model::Tri;
using model::tri_or_null;
using model::value_or_null;

Json text(const std::string& s) { return Json(to_valid_utf8(s)); }
Json kb_or_null(std::uint32_t kb) { return kb == 0 ? Json(nullptr) : Json(kb_text(kb)); }
const char* presence(Tri t) { return t == Tri::yes ? "present" : t == Tri::no ? "absent" : "unknown"; }

Json build(const model::BuildVerdict& b) {
  Json witnesses = Json::array();
  for (const auto& w : b.witnesses)
    witnesses.push_back({{"source", w.source},
                         {"group", to_string(w.group)},
                         {"says", text(w.says)},
                         {"where", text(w.where)},
                         {"older", w.older},
                         {"decides", w.decides}});
  return {{"number", value_or_null(b.number)},  {"revision", value_or_null(b.revision)},
          {"version", text_or_null(b.version)}, {"service_pack", value_or_null(b.service_pack)},
          {"status", to_string(b.status)},      {"why", text(b.why)},
          {"witnesses", std::move(witnesses)}};
}

Json level(const model::Verdict& v) {
  if (!v.level) return nullptr;
  const auto& l = *v.level;
  return {{"kb", kb_or_null(l.kb)},
          {"kind", text_or_null(l.kind)},
          {"title", text_or_null(l.title)},
          {"month", l.month.month_text()},
          {"how", l.how},
          {"status", to_string(l.status)},
          {"why", text(l.why)},
          {"evidence", texts(l.evidence)}};
}

Json goals(const model::Verdict& v) {
  Json o = Json::object();
  for (const auto& g : v.goals)
    o[g.name] = {{"kb", kb_text(g.kb)},
                 {"revision", g.revision},
                 {"released", g.released.text()},
                 {"reached", tri_or_null(g.reached)},
                 {"months_behind", value_or_null(g.months_behind)},
                 {"why", text(g.why)}};
  return o;
}

Json esu(const model::EsuVerdict& e) {
  Json bypass = Json::array();
  for (const auto& b : e.bypass) bypass.push_back({{"id", b.id}, {"what", text(b.what)}, {"where", text(b.where)}, {"unproven", b.weak}});
  return {{"sha2", presence(e.sha2)},
          {"servicing_stack",
           {{"kb", kb_or_null(e.stack_kb)}, {"version", text_or_null(e.stack_version)}, {"sufficient", tri_or_null(e.stack_sufficient)}}},
          {"preparation", presence(e.preparation)},
          {"licence", e.licence},
          {"licence_ids", texts(e.licence_ids)},
          {"bypass", std::move(bypass)}};
}

Json kbs(const std::vector<std::uint32_t>& v) {
  Json a = Json::array();
  for (const auto kb : v) a.push_back(kb_text(kb));
  return a;
}

Json missing(const model::MissingUpdate& u) {
  Json o = {{"kb", kb_text(u.kb)}, {"kind", u.kind},          {"title", text(u.title)}, {"date", u.released.text()},
            {"cves", u.cves},      {"covers", kbs(u.covers)}, {"why", text(u.why)},     {"state", text_or_null(u.state)}};
  if (!u.approval.empty()) {
    o["approval"] = u.approval;
    o["approval_note"] = text(u.approval_note);
  }
  return o;
}

Json updates(const model::Verdict& v) {
  Json installed = Json::array(), lacking = Json::array(), unknown = Json::array(), covered = Json::array();
  for (const auto& u : v.installed)
    installed.push_back({{"kb", kb_text(u.kb)}, {"state", u.state}, {"evidence", texts(v.installed_evidence[u.evidence])}});
  for (const auto& u : v.missing) lacking.push_back(missing(u));
  for (const auto& u : v.unknown) unknown.push_back({{"kb", kb_text(u.kb)}, {"why", u.why}});
  for (const auto& u : v.covered) covered.push_back({{"kb", kb_text(u.kb)}, {"by", kb_or_null(u.by)}});
  return {{"line", text_or_null(v.line)},  {"judged_as", text_or_null(v.judged_as)}, {"installed", std::move(installed)},
          {"missing", std::move(lacking)}, {"unknown", std::move(unknown)},          {"covered", std::move(covered)}};
}

Json cve_list(const std::vector<model::CveId>& v) {
  Json a = Json::array();
  for (const auto cve : v) a.push_back(model::cve_text(cve));
  return a;
}

Json cves(const model::CveVerdict& v) {
  return {{"missing", cve_list(v.missing)},
          {"unknown", cve_list(v.unknown)},
          {"known_exploited", cve_list(v.known_exploited)},
          {"known_exploited_unknown", cve_list(v.known_exploited_unknown)}};
}

Json findings(const model::Machine& m) {
  Json a = Json::array();
  for (const auto& f : m.findings)
    a.push_back({{"id", f.id},
                 {"severity", to_string(f.severity)},
                 {"title", f.title},
                 {"detail", text(f.detail)},
                 {"advice", f.advice},
                 {"evidence", texts(f.evidence)}});
  return a;
}

Json traces(const model::Facts& f) {
  Json a = Json::array();
  for (const auto& t : f.traces)
    a.push_back({{"source", t.source}, {"what", text(t.what)}, {"date", text_or_null(t.date)}, {"where", text(t.where)}});
  return a;
}

Json coverage(const model::Facts& f) {
  Json a = Json::array();
  for (const auto& c : f.coverage) a.push_back({{"source", text(c.source)}, {"status", to_string(c.status)}, {"detail", text(c.detail)}});
  return a;
}

Json drivers(const model::Facts& f) {
  Json a = Json::array();
  for (const auto& d : f.drivers)
    a.push_back({{"path", text(d.path)},
                 {"sha256", text_or_null(d.sha256)},
                 {"gate", d.gate},
                 {"builds", d.builds},
                 {"detail", text(d.detail)},
                 {"loaded_by", text_or_null(d.loaded_by)}});
  return a;
}

Json time32(const model::Facts& f) {
  Json a = Json::array();
  for (const auto& t : f.time32)
    a.push_back({{"path", text(t.path)}, {"sha256", text_or_null(t.sha256)}, {"exposure", t.exposure}, {"why", texts(t.why)}});
  return a;
}

Json exposure(const model::Verdict& v) {
  Json a = Json::array();
  for (const auto& e : v.exposure)
    a.push_back({{"id", e.id},
                 {"state", to_string(e.state)},
                 {"what", text(e.what)},
                 {"evidence", text_or_null(e.evidence)},
                 {"joined_with", cve_list(e.joined_with)},
                 {"joined_with_unknown", cve_list(e.joined_with_unknown)}});
  return a;
}

Json lifecycle(const model::Lifecycle& l) {
  Json years = Json::array(), software = Json::array();
  for (const auto& y : l.esu_years)
    years.push_back({{"year", y.year}, {"who", text_or_null(y.who)}, {"starts", text_or_null(y.starts)}, {"ends", text_or_null(y.ends)}});
  for (const auto& s : l.software)
    software.push_back({{"name", s.name},
                        {"version", text_or_null(s.version)},
                        {"end", text_or_null(s.end)},
                        {"state", s.state},
                        {"source", s.source},
                        {"where", text(s.where)}});
  return {{"mainstream_end", text_or_null(l.mainstream_end)},
          {"extended_end", text_or_null(l.extended_end)},
          {"esu_end", text_or_null(l.esu_end)},
          {"last_patch", text_or_null(l.last_patch)},
          {"patch_source", text_or_null(l.patch_source)},
          {"esu_years", std::move(years)},
          {"esu_why", text_or_null(l.esu_why)},
          {"software", std::move(software)}};
}

Json hops(const std::vector<model::Hop>& v) {
  Json a = Json::array();
  for (const auto& h : v) a.push_back({{"from", h.from}, {"to", h.to}, {"conditions", h.conditions}, {"source", h.source}});
  return a;
}

}  // namespace

Json migration_json(const model::Migration& m) {
  Json paths = Json::array(), impossible = Json::array();
  for (const auto& p : m.paths) {
    Json blockers = Json::array();
    for (const auto row : p.blockers) {
      const auto& b = m.blockers[row];
      blockers.push_back({{"kind", b.kind}, {"what", text(b.what)}, {"evidence", texts(b.evidence)}, {"source", text_or_null(b.source)}});
    }
    paths.push_back({{"to", p.to}, {"kind", p.kind}, {"hops", hops(p.hops)}, {"blockers", std::move(blockers)}});
  }
  for (const auto& i : m.impossible) impossible.push_back({{"to", i.to}, {"why", text(i.why)}, {"source", text_or_null(i.source)}});
  return {{"from", text_or_null(m.from)}, {"paths", std::move(paths)}, {"impossible", std::move(impossible)}};
}

Json machine_json(const model::Machine& m) {
  const auto& id = m.facts.identity;
  const auto& v = m.verdict;
  Json o = Json::object();
  o["target"] = text(m.facts.target);
  o["kind"] = m.facts.kind;
  o["name"] = text_or_null(id.name);
  o["product"] = text_or_null(id.product);
  o["nt_version"] = text_or_null(id.nt_version);
  o["edition"] = text_or_null(id.edition);
  o["arch"] = text_or_null(id.arch);
  o["product_type"] = text_or_null(id.product_type);
  o["server_core"] = tri_or_null(id.server_core);
  o["build"] = build(v.build);
  o["level"] = level(v);
  o["goals"] = goals(v);
  o["esu"] = esu(v.esu);
  o["servicing"] = {{"reboot_pending", tri_or_null(m.facts.servicing.reboot_pending)},
                    {"pending_operations", tri_or_null(m.facts.servicing.pending_operations)},
                    {"evidence", texts(m.facts.servicing.evidence)},
                    {"broken_packages", texts(v.broken_packages)}};
  o["updates"] = updates(v);
  o["cves"] = cves(v.cves);
  o["drivers"] = drivers(m.facts);
  o["time32"] = time32(m.facts);
  o["exposure"] = exposure(v);
  o["lifecycle"] = lifecycle(v.lifecycle);
  o["migration"] = migration_json(v.migration);
  o["traces"] = traces(m.facts);
  o["findings"] = findings(m);
  o["coverage"] = coverage(m.facts);
  return o;
}

Json bundles_json(const std::vector<model::BundleNote>& bundles) {
  Json a = Json::array();
  for (const auto& b : bundles)
    a.push_back({{"path", text(b.path)},
                 {"signature", b.signature},
                 {"tool", text_or_null(b.tool_version)},
                 {"catalog", {{"id", text_or_null(b.catalog_id)}, {"data_as_of", text_or_null(b.data_as_of)}}},
                 {"as_of", text_or_null(b.as_of)},
                 {"goal", text_or_null(b.goal)}});
  return a;
}

Json error_json(const model::TargetError& e) { return {{"target", text(e.target)}, {"where", text(e.where)}, {"what", text(e.what)}}; }

}  // namespace tq::report
