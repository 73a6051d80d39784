// The evidence bundle: facts, findings, digests of what was read and versions in one archive that is a target again.
#include <fmt/format.h>

#include "core/ascii.hpp"
#include "model/bundle.hpp"
#include "report/renderer.hpp"
#include "report/support/csv.hpp"

namespace tq::report {
namespace {

/// True when a product key (five groups of five, "XXXXX-XXXXX-XXXXX-XXXXX-XXXXX") begins at the start of `s`.
bool is_product_key(std::string_view s) {
  constexpr std::size_t kLength = 29;
  if (s.size() < kLength) return false;
  for (std::size_t i = 0; i < kLength; ++i)
    if (i % 6 == 5 ? s[i] != '-' : !is_alnum(s[i])) return false;
  return s.size() == kLength || (!is_alnum(s[kLength]) && s[kLength] != '-');
}

/// No collector reads product keys, but an inventory may have a column of them, which becomes a label.
std::string without_product_keys(std::string_view s) {
  std::string out;
  bool inside = false;  // of a longer word, in which a key cannot begin
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (!inside && is_product_key(s.substr(i))) {
      out += "set (29 characters)";
      i += 28;
      continue;
    }
    inside = is_alnum(s[i]) || s[i] == '-';
    out += s[i];
  }
  return out;
}

std::string sources_csv(const std::vector<model::SourceFile>& files) {
  std::string out = csv_line(std::array<std::string, 4>{"path", "size_bytes", "sha256", "problem"});
  for (const auto& f : files) out += csv_line(std::array<std::string, 4>{f.where, std::to_string(f.size), f.sha256, f.problem});
  return out;
}

Result<std::string> render_bundle(const model::Report& r, const Options& options) {
  TQ_TRY(const std::string facts, find("facts")->render(r, options));
  TQ_TRY(const std::string report, find("json")->render(r, options));
  const model::BundleNote versions{{}, {}, r.tool_version, r.catalog_id, r.catalog_data_as_of, r.as_of, r.goal};
  return model::pack_bundle({{model::kBundleFacts, without_product_keys(facts)},
                             {model::kBundleReport, without_product_keys(report)},
                             {model::kBundleSources, sources_csv(r.sources)},
                             {model::kBundleVersions, model::versions_json(versions)}},
                            options.sign_key);
}

}  // namespace

extern const Renderer bundle_report;
const Renderer bundle_report{"bundle", render_bundle};

}  // namespace tq::report
