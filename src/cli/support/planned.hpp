// From a target to its plan: what `plan` prints and `media` compares with.
#pragma once

#include <optional>
#include <string>

#include "catalog/catalog.hpp"
#include "plan/plan.hpp"
#include "target/loader.hpp"

namespace tq::cli {

struct Planned {
  std::optional<plan::Plan> plan;
  std::string label;  ///< the target as it is shown
  int status = 0;     ///< the exit status when there is no plan; the message was printed
};

Planned plan_for(const std::string& target, const target::OpenOptions& open, const catalog::Catalog& catalog, const plan::Options& options,
                 const Date& day);

}  // namespace tq::cli
