#include <fmt/format.h>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq7004(const Context& c, std::vector<Said>& out) {
  Said said;
  for (const auto& s : c.verdict.lifecycle.software) {
    if (s.state != "ended") continue;
    said.detail += fmt::format("{}{} ended {}", said.detail.empty() ? "" : "; ", s.name, s.end);
    said.evidence.push_back(s.where);
  }
  if (!said.evidence.empty()) out.push_back(std::move(said));
}

}  // namespace

extern const Rule tq7004_software_out_of_support;
const Rule tq7004_software_out_of_support{
    "TQ7004",
    model::Severity::info,
    "Software on it is out of support",
    "Software with a lifecycle of its own (SQL Server, .NET Framework, Internet Explorer, Exchange, SharePoint), or that of Windows (IIS), "
    "gets no "
    "more public updates. For SQL Server, ESU may have gone on for three years.",
    "The registry names the version; the catalog's software lifecycle has the day.",
    "Move it to a supported version together with Windows: a new Windows under an old database server solves half of it.",
    "endoflife.date; Microsoft lifecycle; data/catalog/common/software_lifecycle.csv",
    find_tq7004,
};

}  // namespace tq::rules
