#include "cli/support/planned.hpp"

#include <fmt/format.h>

#include "cli/support/common.hpp"
#include "evidence/collector.hpp"
#include "facts/reconcile.hpp"
#include "judge/judge.hpp"

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
  auto facts = evidence::collect(sources->front());
  facts::reconcile(facts);
  judge::Options judging;
  judging.goal = options.goal;
  judging.as_of = day;
  const auto verdict = judge::judge(facts, catalog, judging);
  out.plan = plan::make_plan(plan::state_of(facts, verdict, catalog), catalog, options);
  out.label = sources->front().label;
  return out;
}

}  // namespace tq::cli
