// The knowledge: what Microsoft released, until when, and what is wrongly believed about it. Read-only, no parsing.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/rows.hpp"

namespace tq::catalog {

class Catalog {
 public:
  /// Looks at a catalog that somebody else made: hash, bounds and values are all checked. `bytes` must outlive the catalog.
  static Result<Catalog> open(Bytes bytes);
  /// The same, keeping the bytes.
  static Result<Catalog> open(std::vector<std::byte> bytes);
  /// The catalog this program was built with. Its hash was made by the same build, so only the structure is checked.
  static Result<Catalog> embedded();

  [[nodiscard]] std::string id() const;      ///< 12 hex digits of the hash of the content
  [[nodiscard]] std::string sha256() const;  ///< all 64
  [[nodiscard]] Date data_as_of() const;     ///< date of the newest feed that went in
  [[nodiscard]] std::uint64_t size_bytes() const;

  [[nodiscard]] Rows<Update, read_update> updates() const;  ///< by release date, then KB
  /// nullopt: no row has this number.
  [[nodiscard]] std::optional<Update> find_kb(std::uint32_t kb) const;
  /// The same rows by their number, without texts. row < updates().size().
  [[nodiscard]] UpdateBrief brief(std::uint32_t row) const;
  [[nodiscard]] std::optional<std::uint32_t> row_of_kb(std::uint32_t kb) const;
  /// KBs whose row says, or whose line implies, that they supersede this one. Direct edges only.
  [[nodiscard]] KbList superseded_by(std::uint32_t kb) const;

  [[nodiscard]] Rows<Product, read_product> products() const;  ///< by id
  [[nodiscard]] std::optional<Product> find_product(std::string_view id) const;
  [[nodiscard]] Rows<Cve, read_cve> cves() const;  ///< by CVE
  [[nodiscard]] std::optional<Cve> find_cve(CveId cve) const;

  /// What repairs what. A row of `updates`, `products` or `cves` picks the fixes; all lists are precomputed.
  [[nodiscard]] Rows<Fix, read_fix> fixes() const;
  [[nodiscard]] Rows<Fix, read_fix> fixes_of_update(std::uint32_t update) const;           ///< by product
  [[nodiscard]] IndexedRows<Fix, read_fix> fixes_of_product(std::uint32_t product) const;  ///< by release, then KB
  [[nodiscard]] std::vector<Fix> fixes_of_cve(std::uint32_t cve) const;                    ///< by release, then KB, then product
  [[nodiscard]] Provenance provenance(const Fix& f) const { return read_provenance(held_->image, f.provenance); }
  /// Many fixes close the same CVEs: a set is stored once and named by its number. Rows of `cves`, rising.
  [[nodiscard]] CveSet cve_set(std::uint32_t set) const;
  [[nodiscard]] std::uint32_t cve_set_count() const;
  /// CVEs of an update over all its products, rising. Empty for one that names none.
  [[nodiscard]] std::vector<std::uint32_t> cves_of_update(std::uint32_t update) const;

  [[nodiscard]] Rows<Child, read_child> children() const;  ///< by parent, then child
  [[nodiscard]] Rows<Child, read_child> children_of(std::uint32_t parent_kb) const;
  /// The updates whose packages bring this one along.
  [[nodiscard]] std::vector<Child> parents_of(std::uint32_t child_kb) const;
  [[nodiscard]] Rows<UpdateFile, read_update_file> files() const;  ///< by KB, then file
  [[nodiscard]] Rows<UpdateFile, read_update_file> files_of(std::uint32_t kb) const;
  [[nodiscard]] Rows<Correction, read_correction> corrections() const;
  [[nodiscard]] Rows<ComponentName, read_component_name> component_names() const;
  [[nodiscard]] Rows<Family, read_family> families() const;

  [[nodiscard]] Rows<Build, read_build> builds() const;
  /// One number can stand for several products, so there may be several rows.
  [[nodiscard]] std::vector<Build> find_build(std::string_view nt_version, std::uint32_t build) const;
  [[nodiscard]] Rows<Lifecycle, read_lifecycle> lifecycles() const;
  /// A build of a client ends its support on other days than the same build of a server.
  [[nodiscard]] std::optional<Lifecycle> lifecycle(std::string_view nt_version, std::uint32_t build, bool server) const;
  [[nodiscard]] Rows<Goal, read_goal> goals() const;
  /// `id`: "public", "esu" or "last".
  [[nodiscard]] std::optional<Goal> find_goal(std::string_view nt_version, std::string_view id) const;
  [[nodiscard]] Rows<Feature, read_feature> features() const;
  [[nodiscard]] Rows<Release, read_release> releases() const;
  [[nodiscard]] Rows<Edition, read_edition> editions() const;
  [[nodiscard]] Rows<UpgradeHop, read_upgrade_hop> upgrade_hops() const;
  [[nodiscard]] Rows<UpgradeBar, read_upgrade_bar> upgrade_bars() const;
  [[nodiscard]] Rows<Rehost, read_rehost> rehosts() const;
  [[nodiscard]] Rows<MigrationNote, read_migration_note> migration_notes() const;
  [[nodiscard]] Rows<EsuTerm, read_esu_term> esu_terms() const;
  [[nodiscard]] Rows<SoftwareTerm, read_software_term> software_terms() const;
  [[nodiscard]] Rows<Belief, read_belief> beliefs() const;
  [[nodiscard]] Rows<EsuId, read_esu_id> esu_ids() const;
  [[nodiscard]] Rows<EsuYear, read_esu_year> esu_years() const;
  [[nodiscard]] Rows<BypassIndicator, read_bypass_indicator> bypass_indicators() const;
  [[nodiscard]] Rows<RevisionRange, read_revision_range> revision_ranges() const;
  [[nodiscard]] Rows<KernelException, read_kernel_exception> kernel_exceptions() const;
  [[nodiscard]] Rows<ExposureSetting, read_exposure_setting> exposure_settings() const;
  [[nodiscard]] Rows<ExposureCve, read_exposure_cve> exposure_cves() const;
  [[nodiscard]] Rows<Meta, read_meta> metas() const;
  [[nodiscard]] std::optional<Meta> meta(std::string_view key) const;

  /// For the tools that write a catalog out again.
  [[nodiscard]] const Image& image() const { return held_->image; }

 private:
  struct Held {
    std::vector<std::byte> bytes;  ///< empty when the caller keeps them
    Image image;
  };
  explicit Catalog(std::shared_ptr<const Held> held) : held_(std::move(held)) {}
  static Result<Catalog> make(Bytes bytes, std::vector<std::byte> owned, Check check);
  template <class R>
  [[nodiscard]] R rows(TableId id) const;
  template <class R>
  [[nodiscard]] R rows_of_kb(TableId id, std::uint32_t kb) const;

  std::shared_ptr<const Held> held_;
};

}  // namespace tq::catalog
