// CSAF 2.0 in its VEX profile: which vulnerabilities these machines have, stated so that other tools can take it over.
#include <fmt/format.h>

#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "report/renderer.hpp"
#include "report/support/by_cve.hpp"

namespace tq::report {
namespace {

std::string product_id(std::size_t machine) { return fmt::format("TQ-{}", machine + 1); }

Json ids(const std::vector<std::size_t>& machines) {
  Json a = Json::array();
  for (const auto i : machines) a.push_back(product_id(i));
  return a;
}

std::string full_name(const model::Machine& m) {
  const auto& id = m.facts.identity;
  const std::string product = id.product.empty() ? "unknown Windows" : printable(id.product);
  return fmt::format("{} {} ({})", product, printable(m.verdict.build.version), printable(id.name.empty() ? m.facts.target : id.name));
}

Json product_tree(const model::Report& r) {
  Json names = Json::array();
  for (std::size_t i = 0; i < r.machines.size(); ++i) names.push_back({{"product_id", product_id(i)}, {"name", full_name(r.machines[i])}});
  return {{"full_product_names", std::move(names)}};
}

std::string missing_updates(const model::Report& r, const std::vector<std::size_t>& machines) {
  std::string out;
  for (const auto i : machines)
    for (const auto& u : r.machines[i].verdict.missing)
      if (const std::string kb = kb_text(u.kb); out.find(kb) == std::string::npos) out += (out.empty() ? "" : ", ") + kb;
  return out.empty() ? "no update is known to be installable" : "install what is missing: " + out;
}

Json vulnerability(const model::Report& r, model::CveId id, const CveMachines& who) {
  const std::string name = model::cve_text(id);
  Json v = Json::object();
  // Microsoft's advisories have numbers of their own, which the field for CVEs does not allow.
  if (name.starts_with("CVE-"))
    v["cve"] = name;
  else
    v["ids"] = Json::array({{{"system_name", "Microsoft Security Response Center"}, {"text", name}}});
  const std::string said =
      who.known_exploited ? "On the list of known exploited vulnerabilities." : "Judged by installed updates and file versions.";
  v["notes"] = Json::array({{{"category", "description"}, {"text", said}}});
  Json status = Json::object(), remedies = Json::array();
  if (!who.affected.empty()) {
    status["known_affected"] = ids(who.affected);
    remedies.push_back({{"category", "vendor_fix"}, {"details", missing_updates(r, who.affected)}, {"product_ids", ids(who.affected)}});
  }
  if (!who.unknown.empty()) status["under_investigation"] = ids(who.unknown);
  v["product_status"] = std::move(status);
  if (!remedies.empty()) v["remediations"] = std::move(remedies);
  return v;
}

Json document(const model::Report& r, bool vex, const std::string& id) {
  const std::string date = r.as_of + "T00:00:00.000Z";
  return {
      {"category", vex ? "csaf_vex" : "csaf_base"},
      {"csaf_version", "2.0"},
      {"lang", "en"},
      {"title", "Patch state of Windows machines"},
      {"publisher",
       {{"category", "user"}, {"name", "tourniquet, run by the owner of the machines"}, {"namespace", "https://tourniquet.invalid"}}},
      {"notes", Json::array({{{"category", "general"},
                              {"text", fmt::format("Catalog {}, data as of {}, goal {}.", r.catalog_id, r.catalog_data_as_of, r.goal)}}})},
      {"tracking",
       {{"id", "tourniquet-" + id},
        {"status", "final"},
        {"version", "1"},
        {"initial_release_date", date},
        {"current_release_date", date},
        {"generator", {{"engine", {{"name", "tourniquet"}, {"version", r.tool_version}}}}},
        {"revision_history", Json::array({{{"date", date}, {"number", "1"}, {"summary", "Judgement of this day"}}})}}}};
}

Result<std::string> render_csaf(const model::Report& r, const Options&) {
  Json vulnerabilities = Json::array();
  for (const auto& [id, who] : by_cve(r)) vulnerabilities.push_back(vulnerability(r, id, who));
  const Json tree = product_tree(r);
  const std::string content = tree.dump(-1, ' ', false, Json::error_handler_t::replace) + vulnerabilities.dump();
  Json doc = {{"document", document(r, !vulnerabilities.empty(), sha256_hex(bytes_of(content)).substr(0, 16))}};
  if (!r.machines.empty()) doc["product_tree"] = tree;
  // The profile asks for at least one; a report without any is a plain document.
  if (!vulnerabilities.empty()) doc["vulnerabilities"] = std::move(vulnerabilities);
  return doc.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

extern const Renderer csaf_report;
const Renderer csaf_report{"csaf", render_csaf};

}  // namespace tq::report
