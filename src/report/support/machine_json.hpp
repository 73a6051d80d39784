// The contract's JSON of one machine, for every format that holds it.
#pragma once

#include "core/json.hpp"
#include "model/verdict.hpp"

namespace tq::report {

/// An element of `machines` in schema tourniquet.report/1.
Json machine_json(const model::Machine& m);
/// `paths` and `impossible`, the same in `check` and in `migrate`.
Json migration_json(const model::Migration& m);
/// `bundles`: those that facts were read from; how they were written and whether somebody vouches for them.
Json bundles_json(const std::vector<model::BundleNote>& bundles);
/// An element of `errors`.
Json error_json(const model::TargetError& e);

}  // namespace tq::report
