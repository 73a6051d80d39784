#include "report/support/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tq::report {
namespace {

constexpr int kCycleDays = 35;

enum Column {
  kAsset,
  kProduct,
  kUpdate,
  kTitle,
  kReleased,
  kEvaluated,
  kApplicable,
  kStatus,
  kWhy,
  kEvidence,
  kSupersededBy,
  kMitigation,
  kDue,
  kDataAsOf,
  kApproval,
  kApprovalNote,
  kPatchState
};
static_assert(kPatchState + 1 == kLedgerColumns.size());

/// The day `days` after `from`, by way of the count of days since 1970.
Date day_after(const Date& from, int days) {
  const std::int64_t want = days_from_civil(from) + days;
  Date d = from;
  while (days_from_civil(d) < want) {
    ++d.day;
    if (!Date::parse(d.text())) {
      d.day = 1;
      if (++d.month > 12) d.month = 1, ++d.year;
    }
  }
  return d;
}

/// The words of IEC TR 62443-2-3 for where a patch stands. A vendor's list speaks before our own evidence of what lacks.
const char* patch_state(const std::string& status, const std::string& approval) {
  if (status == "installed") return "Installed";
  if (status == "covered" || status == "superseded") return "Not applicable";
  if (approval == "approved") return "Approved";
  if (approval == "rejected") return "Not approved";
  if (approval == "pending") return "In test";
  return "Available";
}

class Writer {
 public:
  explicit Writer(const model::Report& report) : report_(report) {
    const auto day = Date::parse(report.as_of);
    if (day) due_ = day_after(*day, kCycleDays).text();
  }

  void machine(const model::Machine& m) {
    machine_ = &m;
    for (const auto& u : m.verdict.missing) missing(u);
    for (const auto& u : m.verdict.unknown) row(u.kb, "unknown", "not known", u.why);
    for (const auto& u : m.verdict.installed)
      row(u.kb, "yes", u.state == "superseded" ? "superseded" : "installed", std::string(u.state))[kEvidence] =
          fmt::format("{}", fmt::join(m.verdict.installed_evidence[u.evidence], ", "));
    for (const auto& u : m.verdict.covered)
      row(u.kb, "yes", "covered", "a newer update of its line holds it")[kSupersededBy] = kb_text(u.by);
    patch_source();
  }

  [[nodiscard]] std::vector<LedgerRow> take() { return std::move(rows_); }

 private:
  LedgerRow& row(std::uint32_t kb, const char* applicable, const char* status, const std::string& why) {
    LedgerRow r;
    const auto& id = machine_->facts.identity;
    r[kAsset] = id.name.empty() ? machine_->facts.target : id.name;
    r[kProduct] = id.product;
    r[kUpdate] = kb == 0 ? "" : kb_text(kb);
    r[kEvaluated] = report_.as_of;
    r[kApplicable] = applicable;
    r[kStatus] = status;
    r[kWhy] = why;
    r[kDataAsOf] = report_.catalog_data_as_of;
    r[kPatchState] = kb == 0 ? "" : patch_state(r[kStatus], {});
    if (const auto name = report_.update_names.find(kb); name != report_.update_names.end()) {
      r[kTitle] = name->second.title;
      r[kReleased] = name->second.released.text();
    }
    rows_.push_back(std::move(r));
    return rows_.back();
  }

  void missing(const model::MissingUpdate& u) {
    LedgerRow& r = row(u.kb, "yes", "missing", u.why);
    r[kTitle] = u.title;
    r[kReleased] = u.released.text();
    r[kDue] = due_;
    r[kMitigation] = "install, or record a mitigation plan by the due date";
    r[kApproval] = u.approval;
    r[kApprovalNote] = u.approval_note;
    r[kPatchState] = patch_state("missing", u.approval);
  }

  /// "No patch source" is a state of its own: there is nothing to evaluate any more, and an auditor asks for exactly that line.
  void patch_source() {
    const auto& l = machine_->verdict.lifecycle;
    if (l.patch_source.empty()) return;
    const bool over = !l.last_patch.empty() && l.last_patch < report_.as_of;
    LedgerRow& r = row(0, "yes", over ? "no patch source" : "patch source", l.patch_source);
    r[kTitle] = "source of security patches for this product";
    r[kReleased] = l.last_patch;
    if (over) r[kMitigation] = "compensating measures; plan the replacement";
  }

  const model::Report& report_;
  const model::Machine* machine_ = nullptr;
  std::string due_;
  std::vector<LedgerRow> rows_;
};

}  // namespace

std::vector<LedgerRow> ledger(const model::Report& report) {
  Writer w(report);
  for (const auto& m : report.machines) w.machine(m);
  return w.take();
}

}  // namespace tq::report
