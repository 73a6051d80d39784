#include <fmt/format.h>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq1004(const Context& c, std::vector<Said>& out) {
  if (c.facts.identity.nt_version != "6.0" || c.facts.identity.product_type != "client" || c.verdict.build.number != 6003U) return;
  out.push_back({fmt::format("{} with build 6003", c.facts.identity.product.empty() ? "a client" : c.facts.identity.product)});
}

}  // namespace

extern const Rule tq1004_client_with_server_updates;
const Rule tq1004_client_with_server_updates{
    "TQ1004",
    model::Severity::info,
    "A client product shows a build that only server updates bring",
    "Windows Vista was served until 2017-04. Build 6003 on it means that updates made for Server 2008 were installed; Microsoft neither "
    "tested nor supports that.",
    "ProductType says client, the build is newer than the last one made for clients.",
    "Judge it by what is installed, but expect no support and no licence for it.",
    "Microsoft lifecycle; docs/evidence.md",
    find_tq1004,
};

}  // namespace tq::rules
