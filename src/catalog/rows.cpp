#include "catalog/rows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"

namespace tq::catalog {
namespace {

// KEEP IN SYNC: schemas.cpp. Each reader takes the columns of its table from left to right.

void finish(RowReader& r, Provenance& p) { p = read_provenance(r.image(), r.number()); }

}  // namespace

Provenance read_provenance(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::provenances, row);
  Provenance p;
  p.source = r.text();
  p.retrieved = r.text();
  p.confidence = r.value<Confidence>();
  p.note = r.text();
  return p;
}

KbList read_group(const Image& image, std::uint32_t i) { return image.group(i); }

Update read_update(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::updates, row);
  Update u;
  u.kb = r.number();
  u.released = r.date();
  u.kind = r.value<UpdateKind>();
  u.out_of_band = r.flag();
  u.title = r.text();
  u.nt_versions = r.text();
  u.arches = r.arches();
  u.version = r.version();
  u.basis = r.value<VersionBasis>();
  u.version_file = r.text();
  u.fixed_build = r.version();
  u.supersedes = r.kbs();
  u.supersedes_inferred = r.kbs();
  const std::uint32_t first = r.number(), count = r.number();
  u.requirements = Requirements(&image, first, count);
  u.recommends = r.kbs();
  u.esu_required = r.flag();
  u.esu_year = static_cast<int>(r.number());
  u.n_cves = r.number();
  u.order_exception = r.text();
  finish(r, u);
  return u;
}

Build read_build(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::builds, row);
  Build b;
  b.nt_version = r.text();
  b.build = r.number();
  b.service_pack = r.text();
  b.client_product = r.text();
  b.server_product = r.text();
  b.released = r.date();
  b.end_mainstream = r.text();
  b.end_extended = r.text();
  b.end_esu = r.text();
  finish(r, b);
  return b;
}

Lifecycle read_lifecycle(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::lifecycle, row);
  Lifecycle l;
  l.nt_version = r.text();
  l.build = r.number();
  l.product_class = r.value<ProductClass>();
  l.product = r.text();
  l.mainstream_end = r.date();
  l.extended_end = r.date();
  l.esu_end = r.date();
  l.esu_azure_end = r.date();
  l.premium_assurance_end = r.date();
  l.last_patch = r.date();
  l.patch_source = r.text();
  finish(r, l);
  return l;
}

Feature read_feature(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::features, row);
  Feature f;
  f.feature = r.text();
  f.phrases = r.text();
  f.first_server_version = r.text();
  f.first_build = r.number();
  f.state_2008_sp2 = r.text();
  finish(r, f);
  return f;
}

Belief read_belief(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::beliefs, row);
  Belief b;
  b.id = r.text();
  b.phrases = r.text();
  b.claim = r.text();
  b.verdict = r.value<BeliefVerdict>();
  b.truth = r.text();
  b.evidence = r.text();
  finish(r, b);
  return b;
}

Goal read_goal(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::goals, row);
  Goal g;
  g.id = r.text();
  g.nt_version = r.text();
  g.kb = r.number();
  g.version = r.version().value_or(FileVersion{});  // the compiler refuses a goal without one
  g.date = r.date();
  g.meaning = r.text();
  finish(r, g);
  return g;
}

EsuId read_esu_id(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::esu_ids, row);
  EsuId e;
  e.activation_id = r.text();
  e.scope = r.text();
  e.years = r.text();
  e.licence = r.text();
  e.valid_window = r.text();
  finish(r, e);
  return e;
}

EsuYear read_esu_year(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::esu_years, row);
  EsuYear e;
  e.year = r.number();
  e.who = r.text();
  e.first = r.date();
  e.last = r.date();
  e.first_kb = r.number();
  e.last_kb = r.number();
  e.cves = r.number();
  finish(r, e);
  return e;
}

BypassIndicator read_bypass_indicator(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::bypass_indicators, row);
  BypassIndicator b;
  b.id = r.text();
  b.type = r.text();
  b.subject = r.text();
  b.meaning = r.text();
  b.observed_on = r.text();
  finish(r, b);
  return b;
}

RevisionRange read_revision_range(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::revision_ranges, row);
  RevisionRange v;
  v.nt_version = r.text();
  v.build = r.number();
  v.branch = r.value<Branch>();
  v.first = r.number();
  v.last = r.number();
  finish(r, v);
  return v;
}

KernelException read_kernel_exception(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::kernel_exceptions, row);
  KernelException k;
  k.version = r.version().value_or(FileVersion{});  // the compiler refuses a row without one
  k.treatment = r.value<KernelTreatment>();
  k.kb = r.number();
  k.meaning = r.text();
  finish(r, k);
  return k;
}

ExposureSetting read_exposure_setting(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::exposure_settings, row);
  ExposureSetting e;
  for (std::string_view* cell :
       {&e.id, &e.nt_versions, &e.reads, &e.hive, &e.key, &e.value, &e.policy_key, &e.policy_value, &e.default_server, &e.default_client,
        &e.default_domain_controller, &e.open_when, &e.service, &e.needs, &e.open_says, &e.closed_says})
    *cell = r.text();
  finish(r, e);
  return e;
}

ExposureCve read_exposure_cve(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::exposure_cves, row);
  ExposureCve e;
  e.exposure = r.text();
  e.cve = r.number();
  e.why = r.text();
  finish(r, e);
  return e;
}

Meta read_meta(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::meta, row);
  Meta m;
  m.key = r.text();
  m.value = r.text();
  finish(r, m);
  return m;
}

Product read_product(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::products, row);
  Product p;
  p.row = row;
  p.id = r.text();
  p.name = r.text();
  p.nt_version = r.text();
  p.build = r.number();
  p.service_pack = r.text();
  p.arch = r.value<ProductArch>();
  p.product_class = r.value<ProductClass>();
  p.core = r.flag();
  p.component = r.value<Component>();
  p.component_name = r.text();
  p.component_version = r.text();
  p.base = r.text();
  finish(r, p);
  return p;
}

Cve read_cve(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::cves, row);
  Cve c;
  c.row = row;
  c.cve = r.number();
  c.title = r.text();
  c.severity = r.value<Rating>();
  c.impact = r.text();
  c.first = r.date();
  c.exploited = r.date();
  c.ransomware = r.flag();
  finish(r, c);
  return c;
}

Fix read_fix(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::fixes, row);
  Fix f;
  f.update = r.number();
  f.product = r.number();
  f.fixed_build = r.version();
  f.set = r.number();
  f.provenance = r.number();
  return f;
}

Child read_child(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::children, row);
  Child c;
  c.parent = r.number();
  c.child = r.number();
  c.framework = r.text();
  c.arches = r.arches();
  finish(r, c);
  return c;
}

Correction read_correction(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::corrections, row);
  Correction c;
  c.kind = r.value<CorrectionKind>();
  c.kb = r.number();
  c.other = r.number();
  c.value = r.text();
  c.why = r.text();
  finish(r, c);
  return c;
}

UpdateFile read_update_file(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::files, row);
  UpdateFile f;
  f.kb = r.number();
  f.file = r.text();
  f.arch = r.value<ProductArch>();
  f.branch = r.value<FileBranch>();
  f.version = r.version().value_or(FileVersion{});  // the compiler refuses a row without one
  finish(r, f);
  return f;
}

ComponentName read_component_name(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::components, row);
  ComponentName c;
  c.text = r.text();
  c.component = r.value<Component>();
  c.name = r.text();
  c.version = r.text();
  c.id = r.text();
  finish(r, c);
  return c;
}

Family read_family(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::families, row);
  Family f;
  f.name = r.text();
  f.service_pack = r.text();
  f.id = r.text();
  f.nt_version = r.text();
  f.build = r.number();
  f.product_class = r.value<ProductClass>();
  f.arch = r.value<ProductArch>();
  finish(r, f);
  return f;
}

Release read_release(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::releases, row);
  Release x;
  x.id = r.text();
  x.name = r.text();
  x.nt_version = r.text();
  x.build = r.number();
  x.product_class = r.value<ProductClass>();
  x.arches = r.arches();
  x.offered = r.flag();
  x.ends = r.date();
  x.needs = r.text();
  finish(r, x);
  return x;
}

Edition read_edition(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::editions, row);
  Edition e;
  e.product_class = r.value<ProductClass>();
  e.edition = r.text();
  e.edition_ids = r.text();
  e.phrases = r.text();
  finish(r, e);
  return e;
}

UpgradeHop read_upgrade_hop(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::upgrade_hops, row);
  UpgradeHop u;
  u.from = r.text();
  u.to = r.text();
  u.from_editions = r.text();
  u.to_editions = r.text();
  u.arches = r.arches();
  u.options = r.text();
  u.conditions = r.text();
  finish(r, u);
  return u;
}

UpgradeBar read_upgrade_bar(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::upgrade_bars, row);
  UpgradeBar u;
  u.id = r.text();
  u.from = r.text();
  u.to = r.text();
  u.applies = r.text();
  u.why = r.text();
  finish(r, u);
  return u;
}

Rehost read_rehost(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::rehosts, row);
  Rehost x;
  x.id = r.text();
  x.to = r.text();
  x.guests = r.text();
  x.arches = r.arches();
  x.ends = r.date();
  x.conditions = r.text();
  finish(r, x);
  return x;
}

MigrationNote read_migration_note(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::migration_notes, row);
  MigrationNote m;
  m.id = r.text();
  m.kind = r.text();
  m.applies = r.text();
  m.product_class = r.text();
  m.since_build = r.number();
  m.paths = r.text();
  m.what = r.text();
  finish(r, m);
  return m;
}

EsuTerm read_esu_term(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::esu_terms, row);
  EsuTerm e;
  e.nt_version = r.text();
  e.product_class = r.value<ProductClass>();
  e.year = r.number();
  e.who = r.text();
  e.editions = r.text();
  e.arches = r.arches();
  e.starts = r.date();
  e.ends = r.date();
  finish(r, e);
  return e;
}

SoftwareTerm read_software_term(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::software_lifecycle, row);
  SoftwareTerm s;
  s.id = r.text();
  s.version = r.text();
  s.on = r.text();
  s.name = r.text();
  s.mainstream_end = r.date();
  s.extended_end = r.date();
  s.esu_end = r.date();
  s.follows_windows = r.flag();
  finish(r, s);
  return s;
}

bool Update::is_for(std::string_view nt_version) const {
  // The list is short and holds no version that is part of another ("6.0;6.1"), so a search by element is a search by ';'.
  for (std::size_t at = 0; at <= nt_versions.size();) {
    const std::size_t end = std::min(nt_versions.find(';', at), nt_versions.size());
    if (nt_versions.substr(at, end - at) == nt_version) return true;
    at = end + 1;
  }
  return false;
}

namespace {

constexpr std::uint32_t kNumberBits = 20;
constexpr std::uint32_t kAdvisoryYear = 3000;  ///< advisories have two digits of year; they sort behind all CVEs

std::optional<CveId> pack(std::string_view year, std::string_view number, std::uint32_t base) {
  std::uint64_t y = 0, n = 0;
  if (!parse_u64(year, y) || !parse_u64(number, n) || number.size() < 4 || n == 0 || n >> kNumberBits != 0 || y > 2999) return std::nullopt;
  return static_cast<CveId>((base + y) << kNumberBits | n);
}

}  // namespace

std::optional<CveId> parse_cve(std::string_view s) {
  constexpr std::size_t kPrefix = 4, kYear = 4;
  if (istarts_with(s, "ADV") && s.size() == 9) return pack(s.substr(3, 2), s.substr(5), kAdvisoryYear);
  if (!istarts_with(s, "CVE-") || s.size() < kPrefix + kYear + 1 || s[kPrefix + kYear] != '-') return std::nullopt;
  return pack(s.substr(kPrefix, kYear), s.substr(kPrefix + kYear + 1), 0);
}

std::string cve_text(CveId cve) {
  const std::uint32_t year = cve >> kNumberBits, number = cve & ((1U << kNumberBits) - 1);
  return year >= kAdvisoryYear ? fmt::format("ADV{:02}{:04}", year - kAdvisoryYear, number) : fmt::format("CVE-{}-{:04}", year, number);
}

}  // namespace tq::catalog
