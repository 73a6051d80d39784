// What some formats show beside the verdict: made only for those, because it costs.
#pragma once

#include <optional>
#include <string>

#include "catalog/catalog.hpp"
#include "cli/command.hpp"
#include "model/verdict.hpp"
#include "plan/plan.hpp"

namespace tq::cli {

/// Fills in `way` of every machine (html) and `update_names` (html, csv, xlsx).
void add_report_parts(model::Report& report, const std::string& format, const catalog::Catalog& catalog, const plan::Options& options);

/// What --sign and --verify-key name. An empty text where the option was not given; nullopt after a message when its file
/// cannot be read or the option does not fit the format.
struct BundleKeys {
  std::string sign, verify;
};
std::optional<BundleKeys> bundle_keys(const Args& args);

}  // namespace tq::cli
