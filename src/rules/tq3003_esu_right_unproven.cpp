#include <fmt/format.h>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

void find_tq3003(const Context& c, std::vector<Said>& out) {
  for (const auto& b : c.verdict.esu.bypass)
    if (b.weak) out.push_back({fmt::format("{}: {}", b.id, b.what), {b.where}});
}

}  // namespace

extern const Rule tq3003_esu_right_unproven;
const Rule tq3003_esu_right_unproven{
    "TQ3003",
    model::Severity::info,
    "Updates of the ESU years are in place and the right to them is not shown",
    "Updates from 2020-02 on were made for machines with an ESU licence. Nothing that was read shows one: no preparation package, no key, "
    "no Azure agent. A machine in Azure, one that was serviced as an image and one whose package list was cleaned look the same.",
    "The packages read as a whole, and the places where a licence leaves traces.",
    "Ask who licensed the machine; on the running machine `slmgr /dlv` shows it.",
    "docs/evidence.md; Microsoft Lifecycle FAQ 4497181",
    find_tq3003,
};

}  // namespace tq::rules
