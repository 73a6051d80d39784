#include "catalog/catalog.hpp"

#include <utility>

namespace tq::catalog {
namespace {

// KEEP IN SYNC: schemas.cpp. Each reader takes the columns of its table from left to right.

void finish(RowReader& r, Provenance& p) {
  p.source = r.text();
  p.retrieved = r.text();
  p.confidence = r.value<Confidence>();
  p.note = r.text();
}

}  // namespace

KbList read_group(const Image& image, std::uint32_t i) { return image.group(i); }

Update read_update(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::updates, row);
  Update u;
  u.kb = r.number();
  u.released = r.date();
  u.kind = r.value<UpdateKind>();
  u.title = r.text();
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

UpgradePath read_upgrade_path(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::upgrade_paths, row);
  UpgradePath u;
  u.from = r.text();
  u.to = r.text();
  u.supported = r.value<UpgradeAnswer>();
  u.condition = r.text();
  finish(r, u);
  return u;
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

ExposureDefault read_exposure_default(const Image& image, std::uint32_t row) {
  RowReader r(image, TableId::exposure_defaults, row);
  ExposureDefault e;
  e.setting = r.text();
  e.default_when_absent = r.text();
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

Result<Catalog> Catalog::make(Bytes bytes, std::vector<std::byte> owned, Check check) {
  TQ_TRY(Image image, Image::open(bytes, check));
  // Moving a vector keeps its buffer, so the image's spans stay true.
  return Catalog(std::make_shared<const Held>(Held{std::move(owned), std::move(image)}));
}

Result<Catalog> Catalog::open(Bytes bytes) { return make(bytes, {}, Check::everything); }

Result<Catalog> Catalog::open(std::vector<std::byte> bytes) {
  const Bytes view = bytes_of(bytes);
  return make(view, std::move(bytes), Check::everything);
}

std::string Catalog::id() const { return sha256().substr(0, 12); }
std::string Catalog::sha256() const { return held_->image.sha256(); }
std::uint64_t Catalog::size_bytes() const { return held_->image.size(); }

Date Catalog::data_as_of() const {
  const auto m = meta("data_as_of");
  return m ? Date::parse(m->value).value_or(Date{}) : Date{};
}

template <class R>
R Catalog::rows(TableId id) const {
  return R(&held_->image, 0, held_->image.table(id).rows);
}

Rows<Update, read_update> Catalog::updates() const { return rows<Rows<Update, read_update>>(TableId::updates); }
Rows<Build, read_build> Catalog::builds() const { return rows<Rows<Build, read_build>>(TableId::builds); }
Rows<Lifecycle, read_lifecycle> Catalog::lifecycles() const { return rows<Rows<Lifecycle, read_lifecycle>>(TableId::lifecycle); }
Rows<Goal, read_goal> Catalog::goals() const { return rows<Rows<Goal, read_goal>>(TableId::goals); }
Rows<Feature, read_feature> Catalog::features() const { return rows<Rows<Feature, read_feature>>(TableId::features); }
Rows<UpgradePath, read_upgrade_path> Catalog::upgrade_paths() const {
  return rows<Rows<UpgradePath, read_upgrade_path>>(TableId::upgrade_paths);
}
Rows<Belief, read_belief> Catalog::beliefs() const { return rows<Rows<Belief, read_belief>>(TableId::beliefs); }
Rows<EsuId, read_esu_id> Catalog::esu_ids() const { return rows<Rows<EsuId, read_esu_id>>(TableId::esu_ids); }
Rows<EsuYear, read_esu_year> Catalog::esu_years() const { return rows<Rows<EsuYear, read_esu_year>>(TableId::esu_years); }
Rows<BypassIndicator, read_bypass_indicator> Catalog::bypass_indicators() const {
  return rows<Rows<BypassIndicator, read_bypass_indicator>>(TableId::bypass_indicators);
}
Rows<RevisionRange, read_revision_range> Catalog::revision_ranges() const {
  return rows<Rows<RevisionRange, read_revision_range>>(TableId::revision_ranges);
}
Rows<KernelException, read_kernel_exception> Catalog::kernel_exceptions() const {
  return rows<Rows<KernelException, read_kernel_exception>>(TableId::kernel_exceptions);
}
Rows<ExposureDefault, read_exposure_default> Catalog::exposure_defaults() const {
  return rows<Rows<ExposureDefault, read_exposure_default>>(TableId::exposure_defaults);
}
Rows<Meta, read_meta> Catalog::metas() const { return rows<Rows<Meta, read_meta>>(TableId::meta); }

std::optional<Update> Catalog::find_kb(std::uint32_t kb) const {
  const Table& index = held_->image.table(TableId::kb_index);
  std::uint32_t low = 0, high = index.rows;
  while (low < high) {
    const std::uint32_t mid = low + (high - low) / 2;
    if (index.words[std::size_t{mid} * 2] < kb)
      low = mid + 1;
    else
      high = mid;
  }
  if (low == index.rows || index.words[std::size_t{low} * 2] != kb) return std::nullopt;
  return read_update(held_->image, index.words[std::size_t{low} * 2 + 1]);
}

std::vector<Build> Catalog::find_build(std::string_view nt_version, std::uint32_t build) const {
  std::vector<Build> out;
  for (const Build& b : builds())
    if (b.nt_version == nt_version && b.build == build) out.push_back(b);
  return out;
}

std::optional<Lifecycle> Catalog::lifecycle(std::string_view nt_version, std::uint32_t build, bool server) const {
  const ProductClass wanted = server ? ProductClass::server : ProductClass::client;
  for (const Lifecycle& l : lifecycles())
    if (l.nt_version == nt_version && l.build == build && l.product_class == wanted) return l;
  return std::nullopt;
}

std::optional<Goal> Catalog::find_goal(std::string_view nt_version, std::string_view id) const {
  for (const Goal& g : goals())
    if (g.nt_version == nt_version && g.id == id) return g;
  return std::nullopt;
}

std::optional<Meta> Catalog::meta(std::string_view key) const {
  for (const Meta& m : metas())
    if (m.key == key) return m;
  return std::nullopt;
}

}  // namespace tq::catalog
