// The patch ledger as a workbook, with the machines and what was read of them on sheets of their own.
#include "io/workbook.hpp"
#include "report/renderer.hpp"
#include "report/support/ledger.hpp"

namespace tq::report {
namespace {

std::string name_of(const model::Machine& m) { return m.facts.identity.name.empty() ? m.facts.target : m.facts.identity.name; }

io::Sheet ledger_sheet(const model::Report& r) {
  io::Sheet s{"Ledger", {}, {kLedgerColumns.begin(), kLedgerColumns.end()}, {}};
  for (const std::string_view column : kLedgerColumns) {
    const bool long_text = column == "title" || column == "why" || column == "evidence" || column == "mitigation";
    s.widths.push_back(long_text ? 44 : 16);
  }
  for (auto& row : ledger(r)) s.rows.emplace_back(row.begin(), row.end());
  return s;
}

io::Sheet machines(const model::Report& r) {
  io::Sheet s{"Machines",
              {20, 32, 28, 10, 20, 14, 10, 14, 12, 12, 12, 12, 14},
              {"asset", "target", "product", "arch", "build", "build_status", "level", "level_status", "goal", "goal_reached", "missing",
               "not_known", "findings"},
              {}};
  for (const auto& m : r.machines) {
    const auto& v = m.verdict;
    std::string reached = "unknown";
    for (const auto& g : v.goals)
      if (g.name == r.goal && g.reached != model::Tri::unknown) reached = g.reached == model::Tri::yes ? "yes" : "no";
    s.rows.push_back({name_of(m), m.facts.target, m.facts.identity.product, m.facts.identity.arch, v.build.version,
                      to_string(v.build.status), v.level ? v.level->month.month_text() : "",
                      v.level ? to_string(v.level->status) : "unknown", r.goal, reached, std::to_string(v.missing.size()),
                      std::to_string(v.unknown.size()), std::to_string(m.findings.size())});
  }
  for (const auto& e : r.errors) s.rows.push_back({"", e.target, "not read: " + e.what});
  return s;
}

io::Sheet findings(const model::Report& r) {
  io::Sheet s{"Findings", {20, 10, 10, 40, 60, 50, 60}, {"asset", "id", "severity", "title", "detail", "advice", "evidence"}, {}};
  for (const auto& m : r.machines)
    for (const auto& f : m.findings) {
      std::string evidence;
      for (const auto& e : f.evidence) evidence += (evidence.empty() ? "" : "; ") + e;
      s.rows.push_back({name_of(m), f.id, to_string(f.severity), f.title, f.detail, f.advice, evidence});
    }
  return s;
}

io::Sheet coverage(const model::Report& r) {
  io::Sheet s{"Coverage", {20, 30, 14, 80}, {"asset", "source", "status", "detail"}, {}};
  for (const auto& m : r.machines)
    for (const auto& c : m.facts.coverage) s.rows.push_back({name_of(m), c.source, to_string(c.status), c.detail});
  return s;
}

io::Sheet about(const model::Report& r) {
  return {"About",
          {24, 80},
          {"what", "value"},
          {{"tool", "tourniquet " + r.tool_version},
           {"catalog", r.catalog_id},
           {"data_as_of", r.catalog_data_as_of},
           {"judged_as_of", r.as_of},
           {"goal", r.goal}}};
}

Result<std::string> render_xlsx(const model::Report& r, const Options&) {
  constexpr std::int64_t kDay = 86400;
  const auto day = Date::parse(r.as_of);
  return io::write_workbook(
      {"Patch ledger", day ? days_from_civil(*day) * kDay : 0, {ledger_sheet(r), machines(r), findings(r), coverage(r), about(r)}});
}

}  // namespace

extern const Renderer xlsx_report;
const Renderer xlsx_report{"xlsx", render_xlsx};

}  // namespace tq::report
