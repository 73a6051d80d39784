// From an opened target to its verdict: the one way that check, plan and media take, so that their answers cannot differ.
#pragma once

#include "judge/judge.hpp"
#include "model/verdict.hpp"
#include "model/wanted.hpp"
#include "plan/plan.hpp"
#include "target/loader.hpp"

namespace tq::cli {

/// What every machine of one call is read and judged with.
struct Judging {
  /// `knowledge` must outlive it. `options` are those of the command line; `day` is the day to judge as.
  Judging(const judge::Knowledge& knowledge, const plan::Options& options, const Date& day);

  const judge::Knowledge& knowledge;
  judge::Options options;
  model::Wanted wanted;  ///< the files that this catalog asks for: without them the same machine gets another verdict
};

/// Facts and verdict; no findings. What could not be read is named in the facts' coverage.
model::Machine judged(const target::Source& source, const Judging& judging);

}  // namespace tq::cli
