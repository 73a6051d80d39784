// Facts + catalog -> verdict. Sees no bytes and no clock: `as_of` comes from the caller.
#pragma once

#include <string>

#include "catalog/catalog.hpp"
#include "core/version.hpp"
#include "model/facts.hpp"
#include "model/verdict.hpp"

namespace tq::judge {

struct Options {
  std::string goal = "last";  ///< "public", "esu" or "last"
  Date as_of;
};

model::Verdict judge(const model::Facts& facts, const catalog::Catalog& catalog, const Options& options);

}  // namespace tq::judge
