#include "catalog/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "catalog/exposure_check.hpp"

namespace tq::catalog {
namespace {

class Checker {
 public:
  Checker(const Catalog& catalog, const Origins& origins) : catalog_(catalog), origins_(origins) {
    for (const Update& u : catalog.updates()) row_of_.emplace(u.kb, static_cast<std::uint32_t>(row_of_.size()));
  }

  std::vector<Problem> run() {
    check_meta();
    for (const Update& u : catalog_.updates()) check_update(u);
    check_order(UpdateKind::monthly_rollup);
    check_order(UpdateKind::security_only);
    check_order(UpdateKind::servicing_stack);
    check_cycles();
    check_installable();
    check_goals();
    check_lifecycle();
    check_years();
    check_ranges();
    check_exceptions();
    check_exposure(catalog_, [this](TableId t, std::uint32_t row, std::string what) { problem(t, row, std::move(what)); });
    return std::move(problems_);
  }

 private:
  using Edges = std::vector<std::uint32_t>;

  void problem(TableId table, std::uint32_t row, std::string what) {
    const auto it = origins_.find(table);
    const bool known = it != origins_.end() && row < it->second.size();
    problems_.push_back(known ? Problem{it->second[row].file, it->second[row].line, std::move(what)} : Problem{"", 0, std::move(what)});
  }
  void about(const Update& u, std::string what) { problem(TableId::updates, row_of_.at(u.kb), std::move(what)); }

  static Edges superseded_by(const Update& u) {
    Edges out(u.supersedes.begin(), u.supersedes.end());
    out.insert(out.end(), u.supersedes_inferred.begin(), u.supersedes_inferred.end());
    return out;
  }

  void check_meta() {
    if (!catalog_.data_as_of().known()) problem(TableId::meta, 0, "meta: no row data_as_of with a date");
  }

  void check_update(const Update& u) {
    for (std::uint32_t kb : superseded_by(u)) check_superseded(u, kb);
    for (const KbList& any : u.requirements) check_requirement(u, any);
    for (std::uint32_t kb : u.recommends)
      if (!catalog_.find_kb(kb)) about(u, fmt::format("recommends KB{}, which no row describes", kb));
    if (catalog_.data_as_of().known() && u.released > catalog_.data_as_of()) about(u, "released after data_as_of");
    const bool versioned = u.basis != VersionBasis::none;
    if (versioned != u.version.has_value()) about(u, "version and version_basis must be given together");
    if ((u.basis == VersionBasis::kernel || u.basis == VersionBasis::other_file) && u.version_file.empty())
      about(u, "version_file: which file has this version?");
    if (u.basis == VersionBasis::fixed_build && u.version != u.fixed_build)
      about(u, "version_basis fixed_build, but version and fixed_build differ");
    if (u.esu_required && u.esu_year == 0) about(u, "esu_required without an esu_year");
  }

  void check_superseded(const Update& u, std::uint32_t kb) {
    const auto old = catalog_.find_kb(kb);
    if (!old) return about(u, fmt::format("supersedes KB{}, which no row describes", kb));
    if (old->released > u.released) about(u, fmt::format("supersedes KB{}, which is newer ({})", kb, old->released.text()));
    if (u.kind == UpdateKind::security_only && old->kind == UpdateKind::security_only)
      about(u, fmt::format("security-only updates are not cumulative, yet it supersedes KB{}", kb));
  }

  /// Closed: each alternative has a row; possible: one of them was there when the update came out.
  void check_requirement(const Update& u, const KbList& any) {
    bool in_time = false;
    for (std::uint32_t kb : any) {
      const auto needed = catalog_.find_kb(kb);
      if (!needed)
        about(u, fmt::format("requires KB{}, which no row describes", kb));
      else
        in_time = in_time || needed->released <= u.released;
    }
    if (!in_time) about(u, "requires something that came out later");
  }

  /// In one line a later release never carries a lower version, unless its row says why.
  void check_order(UpdateKind kind) {
    std::optional<FileVersion> last;
    for (const Update& u : catalog_.updates()) {
      if (u.kind != kind || !u.version) continue;
      if (last && *u.version <= *last && u.order_exception.empty())
        about(u, fmt::format("version {} is not above {} of the release before it in its line; order_exception must say why",
                             u.version->text(), last->text()));
      last = last ? std::max(*last, *u.version) : *u.version;
    }
  }

  /// Kahn's algorithm without recursion: what cannot be taken away stands on or behind a cycle.
  void check_cycles() {
    std::map<std::uint32_t, std::size_t> open;
    std::map<std::uint32_t, Edges> used_by;
    for (const Update& u : catalog_.updates()) {
      const Edges e = superseded_by(u);
      open[u.kb] = static_cast<std::size_t>(std::count_if(e.begin(), e.end(), [&](std::uint32_t kb) { return row_of_.contains(kb); }));
      for (std::uint32_t kb : e) used_by[kb].push_back(u.kb);
    }
    Edges ready;
    for (const auto& [kb, n] : open)
      if (n == 0) ready.push_back(kb);
    while (!ready.empty()) {
      const std::uint32_t kb = ready.back();
      ready.pop_back();
      for (std::uint32_t user : used_by[kb])
        if (--open[user] == 0) ready.push_back(user);
    }
    for (const auto& [kb, n] : open)
      if (n != 0) problem(TableId::updates, row_of_.at(kb), fmt::format("supersedence: KB{} stands on or behind a cycle", kb));
  }

  /// Starting from nothing, can each update be installed at some point? Alternatives may name each other; needs may not.
  void check_installable() {
    std::set<std::uint32_t> done;
    const auto met = [&](const KbList& any) {
      return std::any_of(any.begin(), any.end(), [&](std::uint32_t kb) { return done.contains(kb); });
    };
    for (bool grew = true; grew;) {
      grew = false;
      for (const Update& u : catalog_.updates())
        if (!done.contains(u.kb) && std::all_of(u.requirements.begin(), u.requirements.end(), met)) grew = done.insert(u.kb).second;
    }
    for (const Update& u : catalog_.updates())
      if (!done.contains(u.kb)) about(u, "requirements: it can never be installed, they need each other or have no row");
  }

  void check_goals() {
    std::uint32_t row = 0;
    for (const Goal& g : catalog_.goals()) {
      const auto u = catalog_.find_kb(g.kb);
      if (!u)
        problem(TableId::goals, row, fmt::format("KB{} has no row", g.kb));
      else if (u->version != g.version)
        problem(TableId::goals, row, "its version is not that of its update");
      else if (u->released != g.date)
        problem(TableId::goals, row, "its date is not that of its update");
      ++row;
    }
  }

  void check_lifecycle() {
    std::uint32_t row = 0;
    for (const Lifecycle& l : catalog_.lifecycles()) {
      Date last;
      for (const Date& d : {l.mainstream_end, l.extended_end, l.esu_end, l.esu_azure_end, l.premium_assurance_end}) {
        if (d.known() && d < last) problem(TableId::lifecycle, row, fmt::format("{} comes before {}", d.text(), last.text()));
        if (d.known()) last = d;
      }
      const auto builds = catalog_.find_build(l.nt_version, l.build);
      if (builds.empty()) problem(TableId::lifecycle, row, fmt::format("builds has no {}.{}", l.nt_version, l.build));
      ++row;
    }
  }

  void check_years() {
    std::uint32_t row = 0;
    Date last;
    for (const EsuYear& y : catalog_.esu_years()) {
      if (y.last < y.first || y.first <= last) problem(TableId::esu_years, row, "the dates of the years overlap or run backwards");
      check_year_end(row, y.first_kb, y.first);
      check_year_end(row, y.last_kb, y.last);
      last = y.last;
      ++row;
    }
  }

  void check_year_end(std::uint32_t row, std::uint32_t kb, const Date& day) {
    const auto u = catalog_.find_kb(kb);
    if (!u || u->released != day) problem(TableId::esu_years, row, fmt::format("KB{} was not released on {}", kb, day.text()));
  }

  void check_ranges() {
    std::uint32_t row = 0;
    for (const RevisionRange& r : catalog_.revision_ranges()) {
      if (r.first > r.last || r.last > 0xFFFF) problem(TableId::revision_ranges, row, "first must not be above last, last not above 65535");
      ++row;
    }
  }

  void check_exceptions() {
    std::uint32_t row = 0;
    for (const KernelException& k : catalog_.kernel_exceptions()) {
      const bool counts = k.treatment == KernelTreatment::counts_as;
      if (counts != (k.kb != 0))
        problem(TableId::kernel_exceptions, row, "counts_as needs a KB, release_revision none");
      else if (counts && !catalog_.find_kb(k.kb))
        problem(TableId::kernel_exceptions, row, fmt::format("KB{} has no row", k.kb));
      ++row;
    }
  }

  const Catalog& catalog_;
  const Origins& origins_;
  std::map<std::uint32_t, std::uint32_t> row_of_;
  std::vector<Problem> problems_;
};

}  // namespace

std::vector<Problem> check(const Catalog& catalog, const Origins& origins) { return Checker(catalog, origins).run(); }

}  // namespace tq::catalog
