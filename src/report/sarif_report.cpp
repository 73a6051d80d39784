// SARIF 2.1.0, for code-scanning and ticket systems: every finding as a result, with the places that prove it.
#include <map>
#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "report/renderer.hpp"

namespace tq::report {
namespace {

using Json = nlohmann::ordered_json;
using model::Severity;

const char* level(Severity s) {
  switch (s) {
    case Severity::critical:
    case Severity::high: return "error";
    case Severity::medium:
    case Severity::low: return "warning";
    case Severity::info: return "note";
  }
  return "none";
}

/// The number that viewers sort by; the steps are those that GitHub documents for its own labels.
const char* security_severity(Severity s) {
  switch (s) {
    case Severity::critical: return "9.5";
    case Severity::high: return "8.0";
    case Severity::medium: return "5.5";
    case Severity::low: return "2.0";
    case Severity::info: return "0.0";
  }
  return "0.0";
}

/// A place as a URI reference: everything that is not plainly allowed is percent-encoded, bytes of UTF-8 included.
std::string uri(std::string_view place) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : place) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '.' || c == '-' ||
                       c == '_' || c == '~';
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  // Two slashes at the beginning would name a host.
  return out.starts_with("//") ? "." + out.substr(1) : out;
}

std::string visible(std::string_view s) { return printable(s); }

/// One rule for each finding id, at the highest severity seen, in order of ids.
Json rules(const model::Report& r) {
  std::map<std::string, const model::Finding*> by_id;
  for (const auto& m : r.machines)
    for (const auto& f : m.findings) {
      const auto it = by_id.try_emplace(f.id, &f).first;
      if (f.severity > it->second->severity) it->second = &f;
    }
  Json all = Json::array();
  for (const auto& [id, f] : by_id)
    all.push_back({{"id", id},
                   {"shortDescription", {{"text", visible(f->title)}}},
                   {"help", {{"text", visible(f->advice.empty() ? f->title : f->advice)}}},
                   {"properties", {{"security-severity", security_severity(f->severity)}}}});
  return all;
}

Json result(const model::Machine& m, const model::Finding& f) {
  Json related = Json::array();
  for (std::size_t i = 0; i < f.evidence.size(); ++i) related.push_back({{"id", i}, {"message", {{"text", visible(f.evidence[i])}}}});
  const std::string detail = f.detail.empty() ? f.title : f.title + ": " + f.detail;
  Json out = {{"ruleId", f.id},
              {"level", level(f.severity)},
              {"message", {{"text", visible(detail)}}},
              {"locations", Json::array({{{"physicalLocation", {{"artifactLocation", {{"uri", uri(m.facts.target)}}}}}}})},
              {"properties", {{"severity", to_string(f.severity)}, {"machine", visible(m.facts.identity.name)}}}};
  if (!related.empty()) out["relatedLocations"] = std::move(related);
  return out;
}

std::string render(const model::Report& r, const Options&) {
  Json results = Json::array(), notes = Json::array();
  for (const auto& m : r.machines)
    for (const auto& f : m.findings) results.push_back(result(m, f));
  for (const auto& e : r.errors) notes.push_back({{"level", "error"}, {"message", {{"text", visible(e.target + ": " + e.what)}}}});
  const Json driver = {{"name", "tourniquet"}, {"semanticVersion", r.tool_version}, {"rules", rules(r)}};
  const Json run = {
      {"tool", {{"driver", driver}}},
      {"invocations", Json::array({{{"executionSuccessful", r.errors.empty()}, {"toolExecutionNotifications", notes}}})},
      {"properties", {{"catalog", r.catalog_id}, {"catalogDataAsOf", r.catalog_data_as_of}, {"asOf", r.as_of}, {"goal", r.goal}}},
      {"columnKind", "utf16CodeUnits"},
      {"results", std::move(results)}};
  const Json doc = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"}, {"runs", Json::array({run})}};
  return doc.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

extern const Renderer sarif_report;
const Renderer sarif_report{"sarif", render};

}  // namespace tq::report
