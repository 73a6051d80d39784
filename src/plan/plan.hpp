// The ordered steps from where a machine is to a goal, or why there is no way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "core/version.hpp"
#include "plan/state.hpp"

namespace tq::plan {

/// What the vendor of the software on the machine says of one update.
struct Approval {
  std::uint32_t kb = 0;
  std::string status;  ///< "approved", "rejected", "pending"
  std::string date, by, note;
};

enum class Line { automatic, rollup, security_only };
std::optional<Line> line_from(const std::string& word);  ///< "auto", "rollup", "security-only"

struct Options {
  std::string goal = "last";
  Line line = Line::automatic;
  bool has_approvals = false;  ///< a list was given: what it does not approve is not allowed
  std::vector<Approval> approvals;
};

/// Whether a step is needed at all. `if_absent`: nothing that was read tells; the step says what to look for.
enum class Need { yes, if_absent };
const char* to_string(Need n);

/// What the build number is once a step is done and the machine has started again.
struct BuildAfter {
  std::uint32_t build = 0;
  std::optional<std::uint32_t> revision;  ///< only where the catalog knows the kernel's, or MSRC's FixedBuild
  std::string basis;                      ///< "kernel", "fixed_build", "other_file", "none"
};

struct Step {
  std::uint32_t n = 0;   ///< from 1
  std::uint32_t kb = 0;  ///< 0: no update (reboot, licence, work by hand)
  std::string kind;      ///< the contract's words, or the catalog's for other lines of updates
  std::string title;
  Date released;
  std::vector<std::uint32_t> requirements;  ///< what must be in place first: from this plan or from the machine
  bool reboot_after = false;
  std::string why;
  Need need = Need::yes;
  std::string condition;  ///< with if_absent: when it may be left out
  std::optional<std::uint32_t> raises_build_to;
  std::optional<BuildAfter> build_after;
  std::vector<std::uint32_t> esu_years;  ///< of a licence step: the years that must be covered
  std::string approval;                  ///< "approved", "rejected", "pending", "not_listed"; empty: no list, or not an update
  std::string approval_note;             ///< "by NAME, DATE: NOTE"
  std::string source, confidence;        ///< of the catalog's row
};

struct Impossible {
  std::string goal, why;
};

struct Plan {
  State from;
  std::string goal;
  std::uint32_t goal_kb = 0;  ///< 0: the catalog has no such goal for this Windows
  Line line = Line::rollup;   ///< the line that was followed; never automatic
  std::vector<Step> steps;
  std::vector<Impossible> impossible;    ///< every goal this machine cannot reach, asked for or not
  std::vector<std::string> unknown;      ///< what was not read and would change the plan
  std::vector<std::string> notes;        ///< what to know before starting
  std::vector<std::uint32_t> relied_on;  ///< updates that were taken to be in place and that a step needs
  std::string farthest;                  ///< when `goal` is impossible: the best goal that is not; may be empty
  bool answered = true;                  ///< false: too little was read to say anything
};

/// Ordered steps with reboots; what cannot be reached is in `impossible`, with the reason. The same input gives the same plan.
Plan make_plan(const State& state, const catalog::Catalog& catalog, const Options& options);

/// What has to be in place at the end, apart from what that needs in its turn. Empty when the goal itself is in place.
struct Targets {
  std::vector<catalog::Update> line;        ///< the goal's rollup, or every month's security-only update
  std::vector<catalog::Update> groundwork;  ///< the newest stack, and for an ESU goal the newest preparation
};
/// The updates that a goal asks of this machine, without what they need first.
Targets targets_of(const State& state, const catalog::Catalog& catalog, const catalog::Goal& goal, Line line);
/// The line this machine has followed so far; the rollup when it has followed none.
Line line_of(const State& state, const catalog::Catalog& catalog);
/// Why this machine cannot reach the goal; empty when nothing speaks against it.
std::string why_impossible(const State& state, const catalog::Catalog& catalog, const catalog::Goal& goal);

}  // namespace tq::plan
