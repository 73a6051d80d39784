// A plan as people and programs read it. Everything that came from a target or a list of approvals is escaped here.
#pragma once

#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "plan/plan.hpp"

namespace tq::plan {

/// What stands in the head of every form.
struct Origin {
  std::string tool_version, catalog_id, catalog_data_as_of, as_of, target;
};

/// "tourniquet.plan/1"
std::string to_json(const Plan& plan, const Origin& origin);
/// What to_json wrote, read back: the KBs that the plan installs, in its order. `path` is for messages. Errors: usage.
Result<std::vector<std::uint32_t>> kbs_of_json(Bytes json, const std::string& path);
std::string to_text(const Plan& plan, const Origin& origin, bool color);
/// A runbook to print and tick off.
std::string to_markdown(const Plan& plan, const Origin& origin);
/// The same as one self-contained page: no script, nothing fetched.
std::string to_html(const Plan& plan, const Origin& origin);

/// What people read of one step, the same in every form.
struct StepText {
  std::string what;                  ///< "KBnnnnnnn - 2026-01 Security Monthly Quality Rollup ..."
  std::vector<std::string> details;  ///< why, needs, condition, build after, approval
};
/// A step in words, for every format.
StepText describe(const Step& step);
/// "Windows Server 2008 Standard, x64, Service Pack 2, build 6.0.6002.18005"; not escaped.
std::string describe(const State& state);

}  // namespace tq::plan
