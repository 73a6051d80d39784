// What the judge says of one machine: every statement with its standing and its proof.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/version.hpp"
#include "model/facts.hpp"

namespace tq::model {

/// proven: at least two independent witness groups agree, one of them a file or the component store.
/// claimed: one kind of witness only. contradicted: witnesses disagree. unknown: no witness.
enum class Standing { proven, claimed, contradicted, unknown };
const char* to_string(Standing s);

enum class Severity { info, low, medium, high, critical };
const char* to_string(Severity s);
bool from_string(std::string_view s, Severity& out);

struct BuildVerdict {
  std::optional<std::uint32_t> number;
  std::optional<std::uint32_t> revision;
  std::string version;  ///< "6.0.6003.20489", or "6.0.6003" without a revision; empty: unknown
  std::optional<int> service_pack;
  Standing status = Standing::unknown;
  std::string why;
  std::vector<BuildWitness> witnesses;
};

/// The month whose updates the machine demonstrably has. A lower bound where it rests on the kernel alone.
struct LevelVerdict {
  std::uint32_t kb = 0;  ///< 0: only the month is known (a rollup and a security-only update share a kernel)
  std::string kind;
  std::string title;
  Date month;
  std::string how;
  Standing status = Standing::unknown;
  std::string why;
  std::vector<std::string> evidence;
};

struct GoalVerdict {
  std::string name;  ///< "public", "esu", "last"
  std::uint32_t kb = 0;
  std::uint32_t revision = 0;
  Date released;
  Tri reached = Tri::unknown;
  std::optional<int> months_behind;
  std::string why;
};

struct InstalledUpdate {
  std::uint32_t kb = 0;
  std::string state;
  std::vector<std::string> evidence;
};
struct MissingUpdate {
  std::uint32_t kb = 0;
  std::string kind, title;
  Date released;
  std::uint32_t cves = 0;
  std::vector<std::uint32_t> covers;
  std::string why;
};
struct UnknownUpdate {
  std::uint32_t kb = 0;
  std::string why;
};

struct EsuVerdict {
  Tri sha2 = Tri::unknown;
  std::uint32_t stack_kb = 0;
  std::string stack_version;
  Tri stack_sufficient = Tri::unknown;
  Tri preparation = Tri::unknown;
  std::string licence = "unknown";
};

struct Lifecycle {
  std::string extended_end, esu_end, last_patch, patch_source;
};

struct Verdict {
  BuildVerdict build;
  std::optional<LevelVerdict> level;
  std::string level_unknown_why;
  std::vector<GoalVerdict> goals;
  EsuVerdict esu;
  std::vector<std::string> broken_packages;
  std::vector<InstalledUpdate> installed;
  std::vector<MissingUpdate> missing;
  std::vector<UnknownUpdate> unknown;
  Lifecycle lifecycle;
  bool product_known = false;  ///< the catalog knows this Windows well enough to judge its level
};

struct Finding {
  std::string id;
  Severity severity = Severity::info;
  std::string title;
  std::string detail;
  std::string advice;
  std::vector<std::string> evidence;
};

struct TargetError {
  std::string target, where, what;
};

struct Machine {
  Facts facts;
  Verdict verdict;
  std::vector<Finding> findings;
};

/// Everything a report sees.
struct Report {
  std::string tool_version, catalog_id, catalog_data_as_of, as_of, goal;
  std::vector<Machine> machines;
  std::vector<TargetError> errors;
};

}  // namespace tq::model
