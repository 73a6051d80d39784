#include <fmt/format.h>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq1007(const Context& c, std::vector<Said>& out) {
  const auto& b = c.verdict.build;
  if (c.facts.identity.nt_version != "6.0" || !b.number || *b.number >= 6002) return;
  out.push_back({fmt::format("build {} is older than Service Pack 2 (6002)", *b.number)});
}

}  // namespace

extern const Rule tq1007_service_pack;
const Rule tq1007_service_pack{
    "TQ1007",
    model::Severity::high,
    "The service pack that every later update needs is missing",
    "Nothing after 2011-07 installs on Windows NT 6.0 without Service Pack 2.",
    "The build number, or CSDVersion.",
    "Install Service Pack 2 first; every other step waits for it.",
    "Microsoft lifecycle; data/catalog/nt60/updates.csv",
    find_tq1007,
};

}  // namespace tq::rules
