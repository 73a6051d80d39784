// A machine that was read in full, held against the same one of which a part was lost: only less may be known of it.
#pragma once

#include <string>

#include "catalog/catalog.hpp"
#include "judge/judge.hpp"
#include "judge/knowledge.hpp"
#include "model/facts.hpp"
#include "model/verdict.hpp"

namespace tq::test {

/// What the facts `less` deny, or tell otherwise, although they have lost what `sound` knows; empty: nothing.
std::string denied(const model::Facts& sound, const model::Facts& less);
/// What to look for with the embedded catalog, and what to make of it, as of one day.
class Judging {
 public:
  [[nodiscard]] const model::Wanted& wanted() const { return wanted_; }
  [[nodiscard]] model::Verdict verdict(model::Facts facts) const;

 private:
  judge::Knowledge knowledge_{*catalog::Catalog::embedded()};
  model::Wanted wanted_ = judge::wanted(knowledge_.catalog());
};

/// What the verdict `less` says that the sound one does not; empty: nothing.
std::string invented(const model::Verdict& sound, const model::Verdict& less);

}  // namespace tq::test
