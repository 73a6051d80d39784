#include <fmt/format.h>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq1005(const Context& c, std::vector<Said>& out) {
  const auto& id = c.facts.identity;
  if (id.product_type == "client" && id.edition.starts_with("Server"))
    out.push_back({fmt::format("EditionID is {}, ProductType says client", id.edition)});
}

}  // namespace

extern const Rule tq1005_edition_says_server;
const Rule tq1005_edition_says_server{
    "TQ1005",
    model::Severity::info,
    "EditionID names a server edition on a client",
    "Some update scripts write a server EditionID into the registry of Windows Vista so that server updates install. ProductType and the "
    "product policy decide what the machine is.",
    "EditionID and ProductType, both from the registry.",
    "Take the product from ProductType. Look for traces of such a script.",
    "docs/evidence.md",
    find_tq1005,
};

}  // namespace tq::rules
