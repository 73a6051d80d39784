// The patch ledger as CSV.
#include "report/renderer.hpp"
#include "report/support/csv.hpp"
#include "report/support/ledger.hpp"

namespace tq::report {
namespace {

Result<std::string> render_csv(const model::Report& r, const Options&) {
  std::string out = csv_line(kLedgerColumns);
  for (const auto& row : ledger(r)) out += csv_line(row);
  return out;
}

}  // namespace

extern const Renderer csv_report;
const Renderer csv_report{"csv", render_csv};

}  // namespace tq::report
