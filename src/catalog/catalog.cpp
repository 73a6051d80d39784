#include "catalog/catalog.hpp"

#include <algorithm>
#include <utility>

namespace tq::catalog {
namespace {

/// First of [0, n) for which `below` is false.
template <class Below>
std::uint32_t first_not(std::uint32_t n, Below below) {
  std::uint32_t low = 0, high = n;
  while (low < high) {
    const std::uint32_t mid = low + (high - low) / 2;
    if (below(mid))
      low = mid + 1;
    else
      high = mid;
  }
  return low;
}

}  // namespace

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
Rows<Release, read_release> Catalog::releases() const { return rows<Rows<Release, read_release>>(TableId::releases); }
Rows<Edition, read_edition> Catalog::editions() const { return rows<Rows<Edition, read_edition>>(TableId::editions); }
Rows<UpgradeHop, read_upgrade_hop> Catalog::upgrade_hops() const { return rows<Rows<UpgradeHop, read_upgrade_hop>>(TableId::upgrade_hops); }
Rows<UpgradeBar, read_upgrade_bar> Catalog::upgrade_bars() const { return rows<Rows<UpgradeBar, read_upgrade_bar>>(TableId::upgrade_bars); }
Rows<Rehost, read_rehost> Catalog::rehosts() const { return rows<Rows<Rehost, read_rehost>>(TableId::rehosts); }
Rows<MigrationNote, read_migration_note> Catalog::migration_notes() const {
  return rows<Rows<MigrationNote, read_migration_note>>(TableId::migration_notes);
}
Rows<EsuTerm, read_esu_term> Catalog::esu_terms() const { return rows<Rows<EsuTerm, read_esu_term>>(TableId::esu_terms); }
Rows<SoftwareTerm, read_software_term> Catalog::software_terms() const {
  return rows<Rows<SoftwareTerm, read_software_term>>(TableId::software_lifecycle);
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
Rows<ExposureSetting, read_exposure_setting> Catalog::exposure_settings() const {
  return rows<Rows<ExposureSetting, read_exposure_setting>>(TableId::exposure_settings);
}
Rows<ExposureCve, read_exposure_cve> Catalog::exposure_cves() const {
  return rows<Rows<ExposureCve, read_exposure_cve>>(TableId::exposure_cves);
}
Rows<Meta, read_meta> Catalog::metas() const { return rows<Rows<Meta, read_meta>>(TableId::meta); }

std::optional<std::uint32_t> Catalog::row_of_kb(std::uint32_t kb) const {
  const Table& index = held_->image.table(TableId::kb_index);
  const std::uint32_t i = first_not(index.rows, [&](std::uint32_t row) { return index.words[std::size_t{row} * 2] < kb; });
  if (i == index.rows || index.words[std::size_t{i} * 2] != kb) return std::nullopt;
  return index.words[std::size_t{i} * 2 + 1];
}

std::optional<Update> Catalog::find_kb(std::uint32_t kb) const {
  const auto row = row_of_kb(kb);
  return row ? std::optional(read_update(held_->image, *row)) : std::nullopt;
}

UpdateBrief Catalog::brief(std::uint32_t row) const {
  RowReader r(held_->image, TableId::updates, row);
  UpdateBrief b;
  b.row = row;
  b.kb = r.number();
  b.released = r.number();
  b.kind = r.value<UpdateKind>();
  b.out_of_band = r.flag();
  return b;
}

KbList Catalog::superseded_by(std::uint32_t kb) const {
  const auto row = row_of_kb(kb);
  return row ? held_->image.linked(TableId::update_links, *row, 2, TableId::words) : KbList{};
}

Rows<Product, read_product> Catalog::products() const { return rows<Rows<Product, read_product>>(TableId::products); }
Rows<Cve, read_cve> Catalog::cves() const { return rows<Rows<Cve, read_cve>>(TableId::cves); }
Rows<Fix, read_fix> Catalog::fixes() const { return rows<Rows<Fix, read_fix>>(TableId::fixes); }
Rows<Child, read_child> Catalog::children() const { return rows<Rows<Child, read_child>>(TableId::children); }
Rows<UpdateFile, read_update_file> Catalog::files() const { return rows<Rows<UpdateFile, read_update_file>>(TableId::files); }
Rows<Correction, read_correction> Catalog::corrections() const { return rows<Rows<Correction, read_correction>>(TableId::corrections); }
Rows<ComponentName, read_component_name> Catalog::component_names() const {
  return rows<Rows<ComponentName, read_component_name>>(TableId::components);
}

Rows<Family, read_family> Catalog::families() const { return rows<Rows<Family, read_family>>(TableId::families); }

std::optional<Product> Catalog::find_product(std::string_view id) const {
  const auto all = products();
  const std::uint32_t i = first_not(static_cast<std::uint32_t>(all.size()), [&](std::uint32_t row) { return all[row].id < id; });
  if (i == all.size() || all[i].id != id) return std::nullopt;
  return all[i];
}

std::optional<Cve> Catalog::find_cve(CveId cve) const {
  const Table& t = held_->image.table(TableId::cves);
  const std::uint32_t i = first_not(t.rows, [&](std::uint32_t row) { return t.words[std::size_t{row} * t.row_words] < cve; });
  if (i == t.rows || t.words[std::size_t{i} * t.row_words] != cve) return std::nullopt;
  return read_cve(held_->image, i);
}

Rows<Fix, read_fix> Catalog::fixes_of_update(std::uint32_t update) const {
  const Table& links = held_->image.table(TableId::update_links);
  if (update >= links.rows) return {};
  const std::uint32_t first = links.words[std::size_t{update} * 4], count = links.words[std::size_t{update} * 4 + 1];
  return {&held_->image, first, count};
}

IndexedRows<Fix, read_fix> Catalog::fixes_of_product(std::uint32_t product) const {
  return {&held_->image, held_->image.linked(TableId::product_links, product, 0, TableId::fixes_by_product)};
}

std::vector<Fix> Catalog::fixes_of_cve(std::uint32_t cve) const {
  std::vector<std::uint32_t> found;
  for (const std::uint32_t set : held_->image.linked(TableId::cve_links, cve, 0, TableId::sets_of_cves))
    for (const std::uint32_t fix : held_->image.linked(TableId::set_links, set, 2, TableId::fixes_by_set)) found.push_back(fix);
  std::sort(found.begin(), found.end());
  std::vector<Fix> out;
  for (const std::uint32_t fix : found) out.push_back(read_fix(held_->image, fix));
  return out;
}

CveSet Catalog::cve_set(std::uint32_t set) const { return held_->image.linked(TableId::set_links, set, 0, TableId::set_members); }

std::uint32_t Catalog::cve_set_count() const { return held_->image.table(TableId::set_links).rows; }

std::vector<std::uint32_t> Catalog::cves_of_update(std::uint32_t update) const {
  std::vector<std::uint32_t> out;
  for (const Fix& f : fixes_of_update(update))
    for (const std::uint32_t cve : cve_set(f.set)) out.push_back(cve);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

template <class R>
R Catalog::rows_of_kb(TableId id, std::uint32_t kb) const {
  const Table& t = held_->image.table(id);
  const auto kb_at = [&](std::uint32_t row) { return static_cast<std::uint32_t>(t.words[std::size_t{row} * t.row_words]); };
  const std::uint32_t first = first_not(t.rows, [&](std::uint32_t row) { return kb_at(row) < kb; });
  const std::uint32_t end = first_not(t.rows, [&](std::uint32_t row) { return kb_at(row) <= kb; });
  return R(&held_->image, first, end - first);
}

Rows<Child, read_child> Catalog::children_of(std::uint32_t parent_kb) const {
  return rows_of_kb<Rows<Child, read_child>>(TableId::children, parent_kb);
}

std::vector<Child> Catalog::parents_of(std::uint32_t child_kb) const {
  std::vector<Child> out;
  for (const Child& c : children())
    if (c.child == child_kb) out.push_back(c);
  return out;
}

Rows<UpdateFile, read_update_file> Catalog::files_of(std::uint32_t kb) const {
  return rows_of_kb<Rows<UpdateFile, read_update_file>>(TableId::files, kb);
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
