// The judgement in its stages, for the verdict and for the proof of a single answer alike.
#pragma once

#include "judge/states.hpp"

namespace tq::judge {

Case make_case(const model::Facts& facts, const Knowledge& knowledge, const Options& options);
/// Build, level and the groundwork of ESU: what the updates are judged by.
model::Verdict identify(const Case& c);
/// Every step, so that no entry is left undecided.
void decide(Judged& j);

}  // namespace tq::judge
