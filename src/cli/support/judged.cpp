#include "cli/support/judged.hpp"

#include "evidence/collector.hpp"
#include "facts/reconcile.hpp"

namespace tq::cli {
namespace {

judge::UpdateLine update_line(plan::Line line) {
  switch (line) {
    case plan::Line::automatic: return judge::UpdateLine::automatic;
    case plan::Line::rollup: return judge::UpdateLine::rollup;
    case plan::Line::security_only: return judge::UpdateLine::security_only;
  }
  return judge::UpdateLine::automatic;
}

}  // namespace

Judging::Judging(const judge::Knowledge& k, const plan::Options& o, const Date& day)
    : knowledge(k), options{o.goal, day, update_line(o.line)}, wanted(judge::wanted(k.catalog())) {}

model::Machine judged(const target::Source& source, const Judging& judging) {
  model::Machine m;
  m.facts = evidence::collect(source, judging.wanted);
  facts::reconcile(m.facts);
  m.verdict = judge::judge(m.facts, judging.knowledge, judging.options);
  return m;
}

}  // namespace tq::cli
