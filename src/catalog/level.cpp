#include "catalog/level.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"

namespace tq::catalog {
namespace {

std::string nt_text(const FileVersion& v) { return fmt::format("{}.{}", v.major, v.minor); }

std::uint16_t parameter(const Catalog& catalog, const FileVersion& v, std::string_view name) {
  const auto m = catalog.meta(nt_text(v) + "." + std::string(name));
  std::uint64_t n = 0;
  return m && parse_u64(m->value, n) && n <= 0xFFFF ? static_cast<std::uint16_t>(n) : std::uint16_t{0};
}

/// Is this a release of a monthly line, with a version of whatever file?
bool in_line(const Update& u) {
  return (u.kind == UpdateKind::monthly_rollup || u.kind == UpdateKind::security_only) && u.version.has_value();
}

/// The two numbers of the FixedBuild rule; rows of the meta table, since they were measured and may change.
struct FixedBuildRule {
  std::uint16_t slack = 0;    ///< how far a kernel may lie below the FixedBuild of its own month
  std::uint16_t min_gap = 0;  ///< a FixedBuild says nothing unless it lies more than this above the month before
};

/// The lowest kernel that shows an update of this version; nullopt when the kernel cannot show it. `before`: the highest
/// version any earlier release carries.
std::optional<FileVersion> threshold(const FileVersion& version, VersionBasis basis, const std::optional<FileVersion>& before,
                                     const FixedBuildRule& rule) {
  if (basis == VersionBasis::kernel) return version;
  if (basis != VersionBasis::fixed_build) return std::nullopt;
  const bool clear = !before || before->build != version.build || version.revision - before->revision > rule.min_gap;
  if (!clear || version.revision < rule.slack) return std::nullopt;
  FileVersion least = version;
  least.revision = static_cast<std::uint16_t>(least.revision - rule.slack);
  return least;
}

LevelMatch nothing(std::string why) {
  LevelMatch m;
  m.why = std::move(why);
  return m;
}

LevelMatch foreign(const FileVersion& kernel) {
  LevelMatch m = nothing(fmt::format("{} is not a version of Microsoft's: no branch of build {} uses revision {}", kernel.text(),
                                     kernel.build, kernel.revision));
  m.foreign = true;
  return m;
}

template <class Found>
std::string release_names(const Found& updates) {
  std::string out;
  for (const auto* u : updates) {
    if (!out.empty()) out += ", ";
    out += kb_text(u->kb);
  }
  return out;
}

}  // namespace

KernelLadder::KernelLadder(Catalog catalog) : catalog_(std::move(catalog)) {
  for (const RevisionRange& r : catalog_.revision_ranges())
    if (const auto nt = FileVersion::parse(r.nt_version, 2)) ranges_.push_back({nt->major, nt->minor, r.build, r.first, r.last, r.branch});
  for (const KernelException& k : catalog_.kernel_exceptions()) exceptions_.push_back(k);
  for (const Update& u : catalog_.updates()) {
    if (!in_line(u)) continue;
    Rung r{u.kb, u.released, *u.version, std::nullopt, u.basis, u.confidence, u.version_file, std::max(u.version, u.fixed_build)};
    line_for(*u.version).rungs.push_back(r);
  }
  for (Line& line : lines_) measure(line);
}

KernelLadder::Line& KernelLadder::line_for(const FileVersion& version) {
  for (Line& l : lines_)
    if (l.major == version.major && l.minor == version.minor) return l;
  return lines_.emplace_back(Line{version.major, version.minor, {}});
}

void KernelLadder::measure(Line& line) const {
  const FileVersion nt{line.major, line.minor, 0, 0};
  const FixedBuildRule rule{parameter(catalog_, nt, "fixed_build_slack"), parameter(catalog_, nt, "fixed_build_min_gap")};
  std::optional<FileVersion> before, today;
  Date day;
  for (Rung& r : line.rungs) {
    if (r.released != day) {
      before = std::max(before, today);
      day = r.released;
    }
    today = std::max(today, r.highest);
    // An unconfirmed row never carries a verdict alone.
    if (r.confidence != Confidence::unconfirmed) r.least = threshold(r.version, r.basis, before, rule);
  }
}

std::span<const KernelLadder::Rung> KernelLadder::line_of(const FileVersion& kernel) const {
  for (const Line& l : lines_)
    if (l.major == kernel.major && l.minor == kernel.minor) return l.rungs;
  return {};
}

KernelLadder::Place KernelLadder::place_of(const FileVersion& v) const {
  Place p;
  for (const Range& r : ranges_) {
    if (r.major != v.major || r.minor != v.minor || r.build != v.build) continue;
    p.known = true;
    if (v.revision >= r.first && v.revision <= r.last) p.branch = r.branch;
  }
  return p;
}

/// The updates of the newest release day that the kernel reaches; empty when it reaches none.
KernelLadder::Found KernelLadder::newest_reached(const FileVersion& kernel) const {
  Found reached;
  const auto rungs = line_of(kernel);
  for (std::size_t n = rungs.size(); n-- > 0;) {
    const Rung& r = rungs[n];
    if (!reached.empty() && reached.front()->released != r.released) break;
    if (r.least && kernel >= *r.least) reached.push_back(&r);
  }
  std::reverse(reached.begin(), reached.end());
  return reached;
}

/// Kernels that no release of a line explains: foreign, from before the first rollup, or of a build without one.
LevelMatch KernelLadder::below_the_line(const FileVersion& kernel, const Place& place) const {
  const auto rungs = line_of(kernel);
  if (rungs.empty()) return nothing(fmt::format("the catalog holds no monthly updates of NT {}", nt_text(kernel)));
  const Rung& first = rungs.front();
  std::string what = fmt::format("{} is older than the first monthly rollup ({}, {}): before it there was no line, only single updates",
                                 kernel.text(), first.released.month_text(), first.version.text());
  if (place.branch) what += fmt::format("; the revision belongs to the {} branch", *place.branch == Branch::gdr ? "GDR" : "LDR");
  return nothing(std::move(what));
}

/// Releases above the match that the kernel may also hold, since another file tells them: said, never concluded.
std::string KernelLadder::untold(const FileVersion& kernel, const Date& matched) const {
  std::string out;
  std::optional<Date> day;
  for (const Rung& r : line_of(kernel)) {
    if (r.basis != VersionBasis::other_file || r.released <= matched || r.version > kernel || day == r.released) continue;
    day = r.released;
    out +=
        fmt::format("; the release of {} changed {} and not the kernel, so it is neither shown nor ruled out", r.released.text(), r.file);
  }
  return out;
}

LevelMatch KernelLadder::describe(const FileVersion& kernel, const Found& found) const {
  LevelMatch m;
  const Rung& first = *found.front();
  m.month = first.released;
  m.confidence = Confidence::unconfirmed;
  bool exact = false, measured = false;
  for (const Rung* u : found) {
    m.kbs.push_back(u->kb);
    m.confidence = std::min(m.confidence, u->confidence);
    exact = exact || (u->basis == VersionBasis::kernel && u->version == kernel);
    measured = measured || u->basis == VersionBasis::kernel;
  }
  const std::string month = first.released.month_text(), names = release_names(found);
  if (exact) {
    m.how = LevelHow::kernel_exact;
    m.why = fmt::format("{} is the kernel of {} ({})", kernel.text(), month, names);
  } else if (measured) {
    m.how = LevelHow::kernel_at_least;
    m.why = fmt::format("{} is above the kernel of {} ({}, {}): that month, or a preview or single fix above it", kernel.text(), month,
                        names, first.version.text());
  } else {
    m.how = LevelHow::fixed_build;
    m.confidence = std::max(m.confidence, Confidence::medium);
    m.why = fmt::format("{} reaches what MSRC gives for {} ({}, {}); the kernel of that month was not measured", kernel.text(), month,
                        names, first.version.text());
    if (kernel > first.version) m.why += "; it may be a preview or single fix above it";
  }
  m.why += untold(kernel, first.released);
  return m;
}

LevelMatch KernelLadder::counted_as(const FileVersion& kernel, const KernelException& k) const {
  Found found;
  const auto rungs = line_of(kernel);
  const auto named = catalog_.find_kb(k.kb);
  for (const Rung& r : rungs)
    if (named && r.released == named->released) found.push_back(&r);
  if (found.empty()) return nothing("the update that this kernel counts as is not in the catalog");
  LevelMatch m = describe(kernel, found);
  m.how = LevelHow::kernel_exact;
  m.confidence = std::max(m.confidence, k.confidence);
  m.why = fmt::format("{} counts as {} ({}): {}", kernel.text(), found.front()->released.month_text(), release_names(found), k.meaning);
  return m;
}

LevelMatch KernelLadder::match(const FileVersion& kernel) const {
  const Place place = place_of(kernel);
  if (place.known && !place.branch) return foreign(kernel);
  const auto special = std::find_if(exceptions_.begin(), exceptions_.end(), [&](const auto& k) { return k.version == kernel; });
  const bool is_special = special != exceptions_.end();
  LevelMatch m;
  if (is_special && special->treatment == KernelTreatment::counts_as && special->confidence != Confidence::unconfirmed) {
    m = counted_as(kernel, *special);
  } else if (const Found reached = newest_reached(kernel); place.known && !reached.empty()) {
    m = describe(kernel, reached);
  } else if (place.known) {
    m = below_the_line(kernel, place);
    if (is_special)
      m.why += fmt::format("; it is {}", special->meaning) + (special->note.empty() ? "" : fmt::format(" ({})", special->note));
  } else {
    m = nothing(fmt::format("the catalog knows no revisions of build {} of NT {}", kernel.build, nt_text(kernel)));
  }
  m.branch = place.branch;
  return m;
}

LevelMatch level_of_kernel(const Catalog& catalog, const FileVersion& kernel) { return KernelLadder(catalog).match(kernel); }

}  // namespace tq::catalog
