// The knowledge: what Microsoft released, until when, and what is wrongly believed about it. Read-only, no parsing.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/image.hpp"

namespace tq::catalog {

// Views (string_view, KbList, Rows) point into the Catalog's memory and live as long as the Catalog or a copy of it.

/// Where a row comes from. A row without a source is `unconfirmed` whatever its author thought of it.
struct Provenance {
  std::string_view source, retrieved, note;  ///< `retrieved` is YYYY-MM-DD, empty when there is no source
  Confidence confidence = Confidence::unconfirmed;
};

KbList read_group(const Image& image, std::uint32_t i);
/// AND of ORs: every element needs one of its KBs.
using Requirements = Rows<KbList, read_group>;

struct Update : Provenance {
  std::uint32_t kb = 0;
  Date released;
  UpdateKind kind = UpdateKind::monthly_rollup;
  std::string_view title;
  Arches arches;
  std::optional<FileVersion> version;  ///< of the file that version_basis speaks of
  VersionBasis basis = VersionBasis::none;
  std::string_view version_file;           ///< "ntoskrnl.exe"; empty when not one file
  std::optional<FileVersion> fixed_build;  ///< what MSRC prints; not always the kernel's
  KbList supersedes;                       ///< said by Microsoft
  KbList supersedes_inferred;              ///< follows from the order of a cumulative line
  Requirements requirements;
  KbList recommends;
  bool esu_required = false;
  int esu_year = 0;                  ///< 0 = not of an ESU year
  std::uint32_t n_cves = 0;          ///< 0 = none counted
  std::string_view order_exception;  ///< why its version may break the order of its line; mostly empty
};

struct Build : Provenance {
  std::string_view nt_version;  ///< "6.0"
  std::uint32_t build = 0;
  std::string_view service_pack, client_product, server_product;
  Date released;
  std::string_view end_mainstream, end_extended, end_esu;  ///< prose: several editions may end on several days
};

struct Lifecycle : Provenance {
  std::string_view nt_version;
  std::uint32_t build = 0;
  ProductClass product_class = ProductClass::server;
  std::string_view product;
  Date mainstream_end, extended_end, esu_end, esu_azure_end, premium_assurance_end, last_patch;  ///< !known() = never or not recorded
  std::string_view patch_source;
};

struct Feature : Provenance {
  std::string_view feature, phrases;  ///< phrases: "a;b;c", lower case
  std::string_view first_server_version;
  std::uint32_t first_build = 0;  ///< 0 = not tied to a build
  std::string_view state_2008_sp2;
};

struct UpgradePath : Provenance {
  std::string_view from, to;
  UpgradeAnswer supported = UpgradeAnswer::no;
  std::string_view condition;
};

struct Belief : Provenance {
  std::string_view id, phrases, claim;  ///< phrases: "a;b;c", lower case
  BeliefVerdict verdict = BeliefVerdict::unsupported;
  std::string_view truth, evidence;
};

struct Goal : Provenance {
  std::string_view id, nt_version;  ///< id: public, esu, last
  std::uint32_t kb = 0;
  FileVersion version;
  Date date;
  std::string_view meaning;
};

struct EsuId : Provenance {
  std::string_view activation_id, scope, years, licence, valid_window;
};

struct EsuYear : Provenance {
  std::uint32_t year = 0;
  std::string_view who;
  Date first, last;
  std::uint32_t first_kb = 0, last_kb = 0, cves = 0;
};

struct BypassIndicator : Provenance {
  std::string_view id, type, subject, meaning, observed_on;
};

/// Revisions (fourth field) that Microsoft's builds of one branch use; both ends belong to it.
struct RevisionRange : Provenance {
  std::string_view nt_version;
  std::uint32_t build = 0;
  Branch branch = Branch::ldr;
  std::uint32_t first = 0, last = 0;
};

struct KernelException : Provenance {
  FileVersion version;
  KernelTreatment treatment = KernelTreatment::release_revision;
  std::uint32_t kb = 0;  ///< the update it counts as; 0 with release_revision
  std::string_view meaning;
};

struct ExposureDefault : Provenance {
  std::string_view setting, default_when_absent;
};

struct Meta : Provenance {
  std::string_view key, value;
};

Update read_update(const Image&, std::uint32_t row);
Build read_build(const Image&, std::uint32_t row);
Lifecycle read_lifecycle(const Image&, std::uint32_t row);
Feature read_feature(const Image&, std::uint32_t row);
UpgradePath read_upgrade_path(const Image&, std::uint32_t row);
Belief read_belief(const Image&, std::uint32_t row);
Goal read_goal(const Image&, std::uint32_t row);
EsuId read_esu_id(const Image&, std::uint32_t row);
EsuYear read_esu_year(const Image&, std::uint32_t row);
BypassIndicator read_bypass_indicator(const Image&, std::uint32_t row);
RevisionRange read_revision_range(const Image&, std::uint32_t row);
KernelException read_kernel_exception(const Image&, std::uint32_t row);
ExposureDefault read_exposure_default(const Image&, std::uint32_t row);
Meta read_meta(const Image&, std::uint32_t row);

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
  [[nodiscard]] std::optional<Update> find_kb(std::uint32_t kb) const;
  [[nodiscard]] Rows<Build, read_build> builds() const;
  [[nodiscard]] std::vector<Build> find_build(std::string_view nt_version, std::uint32_t build) const;
  [[nodiscard]] Rows<Lifecycle, read_lifecycle> lifecycles() const;
  [[nodiscard]] std::optional<Lifecycle> lifecycle(std::string_view nt_version, std::uint32_t build, bool server) const;
  [[nodiscard]] Rows<Goal, read_goal> goals() const;
  [[nodiscard]] std::optional<Goal> find_goal(std::string_view nt_version, std::string_view id) const;
  [[nodiscard]] Rows<Feature, read_feature> features() const;
  [[nodiscard]] Rows<UpgradePath, read_upgrade_path> upgrade_paths() const;
  [[nodiscard]] Rows<Belief, read_belief> beliefs() const;
  [[nodiscard]] Rows<EsuId, read_esu_id> esu_ids() const;
  [[nodiscard]] Rows<EsuYear, read_esu_year> esu_years() const;
  [[nodiscard]] Rows<BypassIndicator, read_bypass_indicator> bypass_indicators() const;
  [[nodiscard]] Rows<RevisionRange, read_revision_range> revision_ranges() const;
  [[nodiscard]] Rows<KernelException, read_kernel_exception> kernel_exceptions() const;
  [[nodiscard]] Rows<ExposureDefault, read_exposure_default> exposure_defaults() const;
  [[nodiscard]] Rows<Meta, read_meta> metas() const;
  [[nodiscard]] std::optional<Meta> meta(std::string_view key) const;

 private:
  struct Held {
    std::vector<std::byte> bytes;  ///< empty when the caller keeps them
    Image image;
  };
  explicit Catalog(std::shared_ptr<const Held> held) : held_(std::move(held)) {}
  static Result<Catalog> make(Bytes bytes, std::vector<std::byte> owned, Check check);
  template <class R>
  [[nodiscard]] R rows(TableId id) const;

  std::shared_ptr<const Held> held_;
};

}  // namespace tq::catalog
