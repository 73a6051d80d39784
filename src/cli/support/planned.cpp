#include "cli/support/planned.hpp"

#include <fmt/format.h>

#include "cli/support/common.hpp"
#include "cli/support/judged.hpp"

namespace tq::cli {

Planned plan_for(const std::string& target, const target::OpenOptions& open, const catalog::Catalog& catalog, const plan::Options& options,
                 const Date& day) {
  Planned out;
  const auto sources = target::open(target, open);
  if (!sources) {
    complain(sources.error().text());
    out.status = sources.error().code == ErrorCode::usage ? kUsage : kUnreadable;
    return out;
  }
  if (sources->size() != 1) {
    complain(fmt::format("{} holds {} machines: plan one at a time (a row of an inventory of its own)", target, sources->size()));
    out.status = kUsage;
    return out;
  }
  const judge::Knowledge knowledge(catalog);
  const auto machine = judged(sources->front(), {knowledge, options, day});
  out.plan = plan::make_plan(plan::state_of(machine.facts, machine.verdict, catalog), catalog, options);
  out.label = sources->front().label;
  return out;
}

}  // namespace tq::cli
