// SARIF 2.1.0, for code-scanning and ticket systems: every finding as a result, with the places that prove it.
#include <algorithm>
#include <map>

#include "core/json.hpp"
#include "core/text.hpp"
#include "core/url.hpp"
#include "report/renderer.hpp"

namespace tq::report {
namespace {

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

/// A place as a URI reference.
std::string uri(std::string_view place) {
  std::string out = url_path(place);
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

constexpr const char* kGateRule = "driver-gate";
constexpr const char* kTimeRule = "time32";

/// A file that the lane engine looked at, as a result at that file; what it found nothing in is only counted as an artifact.
struct Looked {
  const std::string& path;
  const std::string& sha256;
  const char* rule;
  const char* level;  ///< empty: no result
  std::string message;
};

std::vector<Looked> looked_at(const model::Facts& f) {
  std::vector<Looked> out;
  for (const auto& d : f.drivers) {
    const char* level = d.gate == "differs" ? "warning" : d.gate == "undecided" || d.gate == "unsupported" ? "note" : "";
    out.push_back({d.path, d.sha256, kGateRule, level, d.gate + ": " + d.detail});
  }
  for (const auto& t : f.time32) {
    const char* level = t.exposure == "exposed" ? "warning" : t.exposure == "no_evidence" ? "" : "note";
    std::string said = t.exposure;
    for (const auto& w : t.why) said += "; " + w;
    out.push_back({t.path, t.sha256, kTimeRule, level, std::move(said)});
  }
  return out;
}

void add_files(const model::Machine& m, Json& artifacts, Json& results) {
  for (const auto& file : looked_at(m.facts)) {
    const Json location = {{"uri", uri(file.path)}};
    Json artifact = {{"location", location}};
    if (!file.sha256.empty()) artifact["hashes"] = {{"sha-256", visible(file.sha256)}};
    const std::size_t index = artifacts.size();
    artifacts.push_back(std::move(artifact));
    if (*file.level == 0) continue;
    results.push_back(
        {{"ruleId", file.rule},
         {"level", file.level},
         {"message", {{"text", visible(file.message)}}},
         {"locations", Json::array({{{"physicalLocation", {{"artifactLocation", {{"uri", uri(file.path)}, {"index", index}}}}}}})},
         {"properties", {{"machine", visible(m.facts.identity.name)}}}});
  }
}

void add_file_rules(const model::Report& r, Json& all) {
  const auto any = [&](auto member) {
    return std::any_of(r.machines.begin(), r.machines.end(), [&](const auto& m) { return !(m.facts.*member).empty(); });
  };
  if (any(&model::Facts::drivers))
    all.push_back({{"id", kGateRule},
                   {"shortDescription", {{"text", "A driver or program that behaves differently by build number"}}},
                   {"help", {{"text", "Test it on the build that the machine will have before the machine gets it."}}}});
  if (any(&model::Facts::time32))
    all.push_back({{"id", kTimeRule},
                   {"shortDescription", {{"text", "A program that keeps the time in 32 bits"}}},
                   {"help", {{"text", "Ask its maker what it does after 2038-01-19, or test it with a later date."}}}});
}

Result<std::string> render_sarif(const model::Report& r, const Options&) {
  Json results = Json::array(), notes = Json::array(), artifacts = Json::array(), all_rules = rules(r);
  for (const auto& m : r.machines) {
    for (const auto& f : m.findings) results.push_back(result(m, f));
    add_files(m, artifacts, results);
  }
  add_file_rules(r, all_rules);
  for (const auto& e : r.errors) notes.push_back({{"level", "error"}, {"message", {{"text", visible(e.target + ": " + e.what)}}}});
  const Json driver = {{"name", "tourniquet"}, {"semanticVersion", r.tool_version}, {"rules", std::move(all_rules)}};
  const Json run = {
      {"tool", {{"driver", driver}}},
      {"invocations", Json::array({{{"executionSuccessful", r.errors.empty()}, {"toolExecutionNotifications", notes}}})},
      {"properties", {{"catalog", r.catalog_id}, {"catalogDataAsOf", r.catalog_data_as_of}, {"asOf", r.as_of}, {"goal", r.goal}}},
      {"columnKind", "utf16CodeUnits"},
      {"artifacts", std::move(artifacts)},
      {"results", std::move(results)}};
  const Json doc = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"}, {"runs", Json::array({run})}};
  return doc.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

extern const Renderer sarif_report;
const Renderer sarif_report{"sarif", render_sarif};

}  // namespace tq::report
