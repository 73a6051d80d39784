#include "catalog/level.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"

namespace tq::catalog {
namespace {

std::string nt_text(const FileVersion& v) { return fmt::format("{}.{}", v.major, v.minor); }

bool same_nt(const FileVersion& a, const FileVersion& b) { return a.major == b.major && a.minor == b.minor; }

std::uint16_t parameter(const Catalog& catalog, const FileVersion& v, std::string_view name) {
  const auto m = catalog.meta(nt_text(v) + "." + std::string(name));
  std::uint64_t n = 0;
  return m && parse_u64(m->value, n) && n <= 0xFFFF ? static_cast<std::uint16_t>(n) : std::uint16_t{0};
}

/// Where a revision stands among Microsoft's own. `known`: the catalog has ranges for this build at all.
struct Place {
  bool known = false;
  std::optional<Branch> branch;
};

Place place_of(const Catalog& catalog, const FileVersion& v) {
  Place p;
  for (const RevisionRange& r : catalog.revision_ranges()) {
    if (r.nt_version != nt_text(v) || r.build != v.build) continue;
    p.known = true;
    if (v.revision >= r.first && v.revision <= r.last) p.branch = r.branch;
  }
  return p;
}

std::optional<KernelException> exception_for(const Catalog& catalog, const FileVersion& v) {
  for (const KernelException& k : catalog.kernel_exceptions())
    if (k.version == v) return k;
  return std::nullopt;
}

/// Is this a release of the monthly line of the kernel's NT version, with a version of whatever file?
bool in_line(const Update& u, const FileVersion& kernel) {
  const bool line = u.kind == UpdateKind::monthly_rollup || u.kind == UpdateKind::security_only;
  return line && u.version && same_nt(*u.version, kernel);
}

/// The two numbers of the FixedBuild rule; rows of the meta table, since they were measured and may change.
struct FixedBuildRule {
  std::uint16_t slack = 0;    ///< how far a kernel may lie below the FixedBuild of its own month
  std::uint16_t min_gap = 0;  ///< a FixedBuild says nothing unless it lies more than this above the month before
};

/// The lowest kernel that shows this update; nullopt when the kernel cannot show it. `before`: the highest version any
/// earlier release carries.
std::optional<FileVersion> threshold(const Update& u, const std::optional<FileVersion>& before, const FixedBuildRule& rule) {
  if (u.basis == VersionBasis::kernel) return u.version;
  if (u.basis != VersionBasis::fixed_build) return std::nullopt;
  const bool clear = !before || before->build != u.version->build || u.version->revision - before->revision > rule.min_gap;
  if (!clear || u.version->revision < rule.slack) return std::nullopt;
  FileVersion least = *u.version;
  least.revision = static_cast<std::uint16_t>(least.revision - rule.slack);
  return least;
}

/// The updates of the newest release day that the kernel reaches; empty when it reaches none.
std::vector<Update> newest_reached(const Catalog& catalog, const FileVersion& kernel) {
  const FixedBuildRule rule{parameter(catalog, kernel, "fixed_build_slack"), parameter(catalog, kernel, "fixed_build_min_gap")};
  std::vector<Update> reached;
  std::optional<FileVersion> before, today;
  Date day;
  for (const Update& u : catalog.updates()) {
    if (!in_line(u, kernel)) continue;
    if (u.released != day) {
      before = std::max(before, today);
      day = u.released;
    }
    today = std::max(today, std::max(u.version, u.fixed_build));
    const auto least = threshold(u, before, rule);
    // An unconfirmed row never carries a verdict alone.
    if (!least || kernel < *least || u.confidence == Confidence::unconfirmed) continue;
    if (!reached.empty() && reached.front().released != u.released) reached.clear();
    reached.push_back(u);
  }
  return reached;
}

LevelMatch nothing(std::string why) {
  LevelMatch m;
  m.why = std::move(why);
  return m;
}

/// Kernels that no release of a line explains: foreign, from before the first rollup, or of a build without one.
LevelMatch below_the_line(const Catalog& catalog, const FileVersion& kernel, const Place& place) {
  std::optional<Update> first;
  for (const Update& u : catalog.updates())
    if (!first && in_line(u, kernel)) first = u;
  if (!first) return nothing(fmt::format("the catalog holds no monthly updates of NT {}", nt_text(kernel)));
  std::string what = fmt::format("{} is older than the first monthly rollup ({}, {}): before it there was no line, only single updates",
                                 kernel.text(), first->released.month_text(), first->version->text());
  if (place.branch) what += fmt::format("; the revision belongs to the {} branch", *place.branch == Branch::gdr ? "GDR" : "LDR");
  return nothing(std::move(what));
}

LevelMatch foreign(const FileVersion& kernel) {
  LevelMatch m = nothing(fmt::format("{} is not a version of Microsoft's: no branch of build {} uses revision {}", kernel.text(),
                                     kernel.build, kernel.revision));
  m.foreign = true;
  return m;
}

std::string release_names(const std::vector<Update>& updates) {
  std::string out;
  for (const Update& u : updates) {
    if (!out.empty()) out += ", ";
    out += kb_text(u.kb);
  }
  return out;
}

/// Releases above the match that the kernel may also hold, since another file tells them: said, never concluded.
std::string untold(const Catalog& catalog, const FileVersion& kernel, const Date& matched) {
  std::string out;
  std::optional<Date> day;
  for (const Update& u : catalog.updates()) {
    if (!in_line(u, kernel) || u.basis != VersionBasis::other_file || u.released <= matched) continue;
    if (*u.version > kernel || day == u.released) continue;
    day = u.released;
    out += fmt::format("; the release of {} changed {} and not the kernel, so it is neither shown nor ruled out", u.released.text(),
                       u.version_file);
  }
  return out;
}

LevelMatch describe(const Catalog& catalog, const FileVersion& kernel, const std::vector<Update>& found) {
  LevelMatch m;
  const Update& first = found.front();
  m.month = first.released;
  m.confidence = Confidence::unconfirmed;
  bool exact = false, measured = false;
  for (const Update& u : found) {
    m.kbs.push_back(u.kb);
    m.confidence = std::min(m.confidence, u.confidence);
    exact = exact || (u.basis == VersionBasis::kernel && *u.version == kernel);
    measured = measured || u.basis == VersionBasis::kernel;
  }
  const std::string month = first.released.month_text(), names = release_names(found);
  if (exact) {
    m.how = LevelHow::kernel_exact;
    m.why = fmt::format("{} is the kernel of {} ({})", kernel.text(), month, names);
  } else if (measured) {
    m.how = LevelHow::kernel_at_least;
    m.why = fmt::format("{} is above the kernel of {} ({}, {}): that month, or a preview or single fix above it", kernel.text(), month,
                        names, first.version->text());
  } else {
    m.how = LevelHow::fixed_build;
    m.confidence = std::max(m.confidence, Confidence::medium);
    m.why = fmt::format("{} reaches what MSRC gives for {} ({}, {}); the kernel of that month was not measured", kernel.text(), month,
                        names, first.version->text());
    if (kernel > *first.version) m.why += "; it may be a preview or single fix above it";
  }
  m.why += untold(catalog, kernel, first.released);
  return m;
}

LevelMatch counted_as(const Catalog& catalog, const FileVersion& kernel, const KernelException& k) {
  std::vector<Update> found;
  if (const auto named = catalog.find_kb(k.kb))
    for (const Update& u : catalog.updates())
      if (in_line(u, kernel) && u.released == named->released) found.push_back(u);
  if (found.empty()) return nothing("the update that this kernel counts as is not in the catalog");
  LevelMatch m = describe(catalog, kernel, found);
  m.how = LevelHow::kernel_exact;
  m.confidence = std::max(m.confidence, k.confidence);
  m.why = fmt::format("{} counts as {} ({}): {}", kernel.text(), found.front().released.month_text(), release_names(found), k.meaning);
  return m;
}

}  // namespace

LevelMatch level_of_kernel(const Catalog& catalog, const FileVersion& kernel) {
  const Place place = place_of(catalog, kernel);
  if (place.known && !place.branch) return foreign(kernel);
  const auto special = exception_for(catalog, kernel);
  LevelMatch m;
  if (special && special->treatment == KernelTreatment::counts_as && special->confidence != Confidence::unconfirmed) {
    m = counted_as(catalog, kernel, *special);
  } else if (const std::vector<Update> reached = newest_reached(catalog, kernel); place.known && !reached.empty()) {
    m = describe(catalog, kernel, reached);
  } else if (place.known) {
    m = below_the_line(catalog, kernel, place);
    if (special) m.why += fmt::format("; it is {}", special->meaning) + (special->note.empty() ? "" : fmt::format(" ({})", special->note));
  } else {
    m = nothing(fmt::format("the catalog knows no revisions of build {} of NT {}", kernel.build, nt_text(kernel)));
  }
  m.branch = place.branch;
  return m;
}

}  // namespace tq::catalog
