// CycloneDX 1.6 with VEX: each machine as an operating system, each vulnerability with its state on it.
#include <fmt/format.h>

#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "report/renderer.hpp"
#include "report/support/by_cve.hpp"

namespace tq::report {
namespace {

std::string reference(std::size_t machine) { return fmt::format("machine-{}", machine + 1); }

Json property(const char* name, const std::string& value) {
  return {{"name", std::string("tourniquet:") + name}, {"value", printable(value)}};
}

Json component(const model::Machine& m, std::size_t i) {
  const auto& id = m.facts.identity;
  Json properties = Json::array({property("target", m.facts.target), property("build_status", to_string(m.verdict.build.status))});
  if (!id.name.empty()) properties.push_back(property("machine", id.name));
  if (m.verdict.level) properties.push_back(property("level", m.verdict.level->month.month_text()));
  Json c = {{"type", "operating-system"}, {"bom-ref", reference(i)}, {"name", id.product.empty() ? "Windows" : printable(id.product)}};
  if (!m.verdict.build.version.empty()) c["version"] = printable(m.verdict.build.version);
  c["properties"] = std::move(properties);
  return c;
}

/// Affected and unknown machines have different states, and a vulnerability has one: two entries then.
Json vulnerability(const std::string& name, bool exploited, const char* state, const std::vector<std::size_t>& machines) {
  Json affects = Json::array();
  for (const auto i : machines) affects.push_back({{"ref", reference(i)}});
  Json v = {{"bom-ref", name + "-" + state},
            {"id", name},
            {"source", {{"name", "Microsoft Security Response Center"}}},
            {"analysis", {{"state", state}}},
            {"affects", std::move(affects)}};
  if (exploited) v["properties"] = Json::array({property("known_exploited", "true")});
  return v;
}

/// A UUID of version 8 (RFC 9562) from a hash: the same report has the same serial number.
std::string serial_number(const std::string& content) {
  std::string h = sha256_hex(bytes_of(content)).substr(0, 32);
  h[12] = '8';
  h[16] = "89ab"[static_cast<std::size_t>(h[16]) % 4];
  return fmt::format("urn:uuid:{}-{}-{}-{}-{}", h.substr(0, 8), h.substr(8, 4), h.substr(12, 4), h.substr(16, 4), h.substr(20));
}

Result<std::string> render_cyclonedx(const model::Report& r, const Options&) {
  Json components = Json::array(), vulnerabilities = Json::array();
  for (std::size_t i = 0; i < r.machines.size(); ++i) components.push_back(component(r.machines[i], i));
  for (const auto& [id, who] : by_cve(r)) {
    const std::string name = model::cve_text(id);
    if (!who.affected.empty()) vulnerabilities.push_back(vulnerability(name, who.known_exploited, "exploitable", who.affected));
    if (!who.unknown.empty()) vulnerabilities.push_back(vulnerability(name, who.known_exploited, "in_triage", who.unknown));
  }
  const Json tool = {{"type", "application"}, {"name", "tourniquet"}, {"version", r.tool_version}};
  const std::string content =
      r.as_of + r.catalog_id + components.dump(-1, ' ', false, Json::error_handler_t::replace) + vulnerabilities.dump();
  const Json doc = {{"$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json"},
                    {"bomFormat", "CycloneDX"},
                    {"specVersion", "1.6"},
                    {"serialNumber", serial_number(content)},
                    {"version", 1},
                    {"metadata",
                     {{"timestamp", r.as_of + "T00:00:00Z"},
                      {"tools", {{"components", Json::array({tool})}}},
                      {"properties", Json::array({property("catalog", r.catalog_id), property("catalog_data_as_of", r.catalog_data_as_of),
                                                  property("goal", r.goal)})}}},
                    {"components", std::move(components)},
                    {"vulnerabilities", std::move(vulnerabilities)}};
  return doc.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

extern const Renderer cyclonedx_report;
const Renderer cyclonedx_report{"cyclonedx", render_cyclonedx};

}  // namespace tq::report
