// The rows of the catalog as structs, one a table, and how each is read from where it lies.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "catalog/image.hpp"

namespace tq::catalog {

// Views (string_view, KbList, Rows) point into the Catalog's memory and live as long as the Catalog or a copy of it.

/// Where a row comes from. A row without a source is `unconfirmed` whatever its author thought of it.
struct Provenance {
  std::string_view source, retrieved, note;  ///< `retrieved` is YYYY-MM-DD, empty when there is no source
  Confidence confidence = Confidence::unconfirmed;
};

/// A CVE ("CVE-2019-0708") or one of Microsoft's advisories ("ADV190009") as one word: year << 20 | number, advisories last.
using CveId = std::uint32_t;
/// "CVE-2019-0708". nullopt: not of that form, or a number past 2^20.
std::optional<CveId> parse_cve(std::string_view s);
std::string cve_text(CveId cve);

KbList read_group(const Image& image, std::uint32_t i);
/// AND of ORs: every element needs one of its KBs.
using Requirements = Rows<KbList, read_group>;

/// An update; each KB has one row.
struct Update : Provenance {
  std::uint32_t kb = 0;
  Date released;
  UpdateKind kind = UpdateKind::monthly_rollup;
  std::string_view title;
  std::string_view nt_versions;  ///< "6.0", "6.1;6.2;6.3": the releases of Windows it is for; see is_for()
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
  bool out_of_band = false;          ///< came on another day than its line's
  std::string_view order_exception;  ///< why its version may break the order of its line; mostly empty

  [[nodiscard]] Line line() const { return line_of(kind); }
  [[nodiscard]] bool is_cumulative() const { return catalog::is_cumulative(kind); }
  /// True when the update exists for this release of Windows ("6.0").
  [[nodiscard]] bool is_for(std::string_view nt_version) const;
};

/// What a whole-catalog loop needs of an update, without its texts: a few loads a row.
struct UpdateBrief {
  std::uint32_t row = 0, kb = 0;
  std::uint32_t released = 0;  ///< year*10000 + month*100 + day
  UpdateKind kind = UpdateKind::monthly_rollup;
  bool out_of_band = false;
};

/// A build number and the products that were released with it.
struct Build : Provenance {
  std::string_view nt_version;  ///< "6.0"
  std::uint32_t build = 0;
  std::string_view service_pack, client_product, server_product;
  Date released;
  std::string_view end_mainstream, end_extended, end_esu;  ///< prose: several editions may end on several days
};

/// When support of one Windows ends: last days, Microsoft's own.
struct Lifecycle : Provenance {
  std::string_view nt_version;
  std::uint32_t build = 0;
  ProductClass product_class = ProductClass::server;
  std::string_view product;
  Date mainstream_end, extended_end, esu_end, esu_azure_end, premium_assurance_end, last_patch;  ///< !known() = never or not recorded
  std::string_view patch_source;
};

/// What people ask for that came with a later Windows, and what this one does instead.
struct Feature : Provenance {
  std::string_view feature, phrases;  ///< phrases: "a;b;c", lower case
  std::string_view first_server_version;
  std::uint32_t first_build = 0;  ///< 0 = not tied to a build
  std::string_view state_2008_sp2;
};

/// Something widely said, and whether it is so (`explain`).
struct Belief : Provenance {
  std::string_view id, phrases, claim;  ///< phrases: "a;b;c", lower case
  BeliefVerdict verdict = BeliefVerdict::unsupported;
  std::string_view truth, evidence;
};

/// An end that a plan can have: the last update of a kind of support.
struct Goal : Provenance {
  std::string_view id, nt_version;  ///< id: public, esu, last
  std::uint32_t kb = 0;
  FileVersion version;
  Date date;
  std::string_view meaning;
};

/// An activation id of an ESU licence; GUID text, lower case.
struct EsuId : Provenance {
  std::string_view activation_id, scope, years, licence, valid_window;
};

/// One year of ESU of NT 6.0: its days, its first and last rollup, and how many CVEs it repaired.
struct EsuYear : Provenance {
  std::uint32_t year = 0;
  std::string_view who;
  Date first, last;
  std::uint32_t first_kb = 0, last_kb = 0, cves = 0;
};

/// A trace of a tool that goes around the ESU check; `type` says where to look for `subject`.
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

/// A kernel version that does not follow its line, and what it counts as.
struct KernelException : Provenance {
  FileVersion version;
  KernelTreatment treatment = KernelTreatment::release_revision;
  std::uint32_t kb = 0;  ///< the update it counts as; 0 with release_revision
  std::string_view meaning;
};

/// One way into a machine, and how its registry says whether it is open. Rows of one id differ in `nt_versions` and in the
/// defaults only; the first row of an id is the one that is read. Vocabulary: catalog/exposure.hpp.
struct ExposureSetting : Provenance {
  std::string_view id;           ///< "smb1"
  std::string_view nt_versions;  ///< "6.0;6.1": where the defaults hold; "*": everywhere
  std::string_view reads;        ///< what kind of reading: "dword", "service", ...
  std::string_view hive;         ///< "SYSTEM" or "SOFTWARE"; empty for what is put together from other facts
  std::string_view key, value;
  std::string_view policy_key, policy_value;                                   ///< in SOFTWARE; wins where it is set. Empty: none
  std::string_view default_server, default_client, default_domain_controller;  ///< what an absent value does; empty: not known
  std::string_view open_when;
  std::string_view service;  ///< "LanmanServer": without it closed; "!MpsSvc": without it open; empty: none
  std::string_view needs;    ///< another id: closed when that one is
  std::string_view open_says, closed_says;
};

/// A CVE that an exposure opens the door to.
struct ExposureCve : Provenance {
  std::string_view exposure;
  CveId cve = 0;
  std::string_view why;
};

/// A fact about the catalog itself: the day of its newest feed, its name.
struct Meta : Provenance {
  std::string_view key, value;
};

/// A product as Microsoft's security data names it, taken apart. Windows itself, or a component on one Windows.
struct Product : Provenance {
  std::uint32_t row = 0;                ///< its number in this catalog: what Fix::product holds
  std::string_view id;                  ///< "ws08-sp2-x64-core", "ie9@ws08-sp2-x64"
  std::string_view name;                ///< in Microsoft's words, spelling evened out
  std::string_view nt_version;          ///< "6.0"
  std::uint32_t build = 0;              ///< 6002; 0 = several or not known
  std::string_view service_pack;        ///< "SP2", "" = as released
  ProductArch arch = ProductArch::any;  ///< any: the name does not say
  ProductClass product_class = ProductClass::server;
  bool core = false;                    ///< Server Core installation
  Component component = Component::os;  ///< `other`: script engines, XML parsers, players ...
  std::string_view component_name;      ///< "Internet Explorer", ".NET Framework", "Microsoft XML Core Services"; empty for os
  std::string_view component_version;   ///< "9", "4.6.2", "2.0 SP2"
  std::string_view base;                ///< id of the Windows it is on; its own for os
};

/// A CVE that an update of this catalog repairs.
struct Cve : Provenance {
  std::uint32_t row = 0;  ///< its number in this catalog, rising with `cve`: what a CveSet holds
  CveId cve = 0;
  std::string_view title;
  Rating severity = Rating::none;  ///< the highest over the products of this catalog
  std::string_view impact;         ///< "Remote Code Execution"
  Date first;                      ///< first day an update for it came out, or the CVE was published; may be unknown
  Date exploited;                  ///< day CISA added it to the known-exploited list; !known() = not on it
  bool ransomware = false;         ///< CISA: used in ransomware campaigns

  [[nodiscard]] bool known_exploited() const { return exploited.known(); }
};

/// Rows of CVEs, rising. cves()[i] is the CVE.
using CveSet = std::span<const le32>;

/// One update repairs one product. Rows come by (release, KB, product). Holds no text: a verdict reads thousands of them.
struct Fix {
  std::uint32_t update = 0;                ///< row in updates()
  std::uint32_t product = 0;               ///< row in products()
  std::uint32_t set = 0;                   ///< its CVEs: cve_set(set); equal sets have one number
  std::optional<FileVersion> fixed_build;  ///< what MSRC prints for this product
  std::uint32_t provenance = 0;            ///< for Catalog::provenance()
};

/// What a machine lists (child) when it has what Microsoft's data names (parent): .NET Framework bundles.
struct Child : Provenance {
  std::uint32_t parent = 0, child = 0;
  std::string_view framework;  ///< "2.0 SP2;3.0 SP2", "4.5.2": versions, parted by ';'
  Arches arches;
};

/// An error in Microsoft's data and what is done about it; applied when feeds are read.
struct Correction : Provenance {
  CorrectionKind kind = CorrectionKind::drop_edge;
  std::uint32_t kb = 0, other = 0;  ///< other: 0 where the kind needs none
  std::string_view value, why;
};

/// A file that an update carries. Empty unless a site brought a table of its own.
struct UpdateFile : Provenance {
  std::uint32_t kb = 0;
  std::string_view file;  ///< "ntoskrnl.exe", lower case
  ProductArch arch = ProductArch::any;
  FileBranch branch = FileBranch::any;
  FileVersion version;
};

/// A Windows as product names call it, once processor, service pack and installation kind are taken off the name.
struct Family : Provenance {
  std::string_view name, service_pack;  ///< "Windows Server 2008", "SP2"
  std::string_view id;                  ///< "ws08-sp2", first part of a product id
  std::string_view nt_version;
  std::uint32_t build = 0;  ///< 0 = not known
  ProductClass product_class = ProductClass::server;
  ProductArch arch = ProductArch::any;  ///< what a name means that says nothing of the processor
};

/// A word of Microsoft's old "affected component" column, and which part of a machine it means.
struct ComponentName : Provenance {
  std::string_view text;  ///< "Windows Internet Explorer 8"
  Component component = Component::other;
  std::string_view name, version, id;  ///< id: "ie8", first part of a product id
};

/// A Windows that a machine may be, or become. Lists in the structs that follow are parted by ';', conditions by " | ".
struct Release : Provenance {
  std::string_view id, name;  ///< "ws08-sp2", "Windows Server 2008 SP2"
  std::string_view nt_version;
  std::uint32_t build = 0;
  ProductClass product_class = ProductClass::server;
  Arches arches;
  bool offered = false;    ///< may be named as a destination while it has updates
  Date ends;               ///< last day of updates without a contract beyond the licence; !known() = not recorded
  std::string_view needs;  ///< of the hardware and firmware
};

/// The class that an edition counts as in upgrade tables.
struct Edition : Provenance {
  ProductClass product_class = ProductClass::server;
  std::string_view edition;      ///< "Standard"
  std::string_view edition_ids;  ///< what EditionID begins with; the longest match wins
  std::string_view phrases;      ///< lower case, looked for in product names where there is no EditionID
};

/// One supported in-place upgrade. Editions: "Standard;Enterprise" or "any".
struct UpgradeHop : Provenance {
  std::string_view from, to;  ///< ids of releases
  std::string_view from_editions, to_editions;
  Arches arches;             ///< processor of both sides: no hop changes it
  std::string_view options;  ///< "same": Core stays Core and desktop stays desktop; "desktop": no Core at all; "any"
  std::string_view conditions;
};

/// What forbids hops on machines of which `applies` is true.
struct UpgradeBar : Provenance {
  std::string_view id, from, to;  ///< ids of releases, or "any"
  std::string_view applies;       ///< see judge/migration/conditions.hpp
  std::string_view why;
};

/// Somewhere a machine can be moved as it is.
struct Rehost : Provenance {
  std::string_view id, to, guests;  ///< guests: ids of releases
  Arches arches;
  Date ends;  ///< the place's own end of updates; !known() = none is recorded
  std::string_view conditions;
};

/// What a machine has that matters when it moves: a role, a program, something newer releases dropped or changed.
struct MigrationNote : Provenance {
  std::string_view id;
  std::string_view kind;           ///< "role", "software", "dropped", "changed"
  std::string_view applies;        ///< see judge/migration/conditions.hpp
  std::string_view product_class;  ///< of the destination: "server", "client" or "any"
  std::uint32_t since_build = 0;   ///< destinations of this build or later; 0: all
  std::string_view paths;          ///< "in_place;clean_install;rehost" or a part of it
  std::string_view what;
};

/// Who could get the updates of one ESU year.
struct EsuTerm : Provenance {
  std::string_view nt_version;
  ProductClass product_class = ProductClass::server;
  std::uint32_t year = 0;
  std::string_view who, editions;
  Arches arches;
  Date starts, ends;
};

/// Until when something beside Windows is supported, on one Windows or on any.
struct SoftwareTerm : Provenance {
  std::string_view id, version;  ///< as Facts::software names it
  std::string_view on;           ///< nt_version, or "any"
  std::string_view name;
  Date mainstream_end, extended_end, esu_end;
  bool follows_windows = false;  ///< ends with the Windows it is part of
};

/// One row of a table as its struct; `row` must be one that the table has.
Update read_update(const Image&, std::uint32_t row);
Build read_build(const Image&, std::uint32_t row);
Lifecycle read_lifecycle(const Image&, std::uint32_t row);
Feature read_feature(const Image&, std::uint32_t row);
Belief read_belief(const Image&, std::uint32_t row);
Goal read_goal(const Image&, std::uint32_t row);
EsuId read_esu_id(const Image&, std::uint32_t row);
EsuYear read_esu_year(const Image&, std::uint32_t row);
BypassIndicator read_bypass_indicator(const Image&, std::uint32_t row);
RevisionRange read_revision_range(const Image&, std::uint32_t row);
KernelException read_kernel_exception(const Image&, std::uint32_t row);
ExposureSetting read_exposure_setting(const Image&, std::uint32_t row);
ExposureCve read_exposure_cve(const Image&, std::uint32_t row);
Meta read_meta(const Image&, std::uint32_t row);
Product read_product(const Image&, std::uint32_t row);
Cve read_cve(const Image&, std::uint32_t row);
Fix read_fix(const Image&, std::uint32_t row);
Provenance read_provenance(const Image&, std::uint32_t row);
Child read_child(const Image&, std::uint32_t row);
Correction read_correction(const Image&, std::uint32_t row);
UpdateFile read_update_file(const Image&, std::uint32_t row);
ComponentName read_component_name(const Image&, std::uint32_t row);
Family read_family(const Image&, std::uint32_t row);
Release read_release(const Image&, std::uint32_t row);
Edition read_edition(const Image&, std::uint32_t row);
UpgradeHop read_upgrade_hop(const Image&, std::uint32_t row);
UpgradeBar read_upgrade_bar(const Image&, std::uint32_t row);
Rehost read_rehost(const Image&, std::uint32_t row);
MigrationNote read_migration_note(const Image&, std::uint32_t row);
EsuTerm read_esu_term(const Image&, std::uint32_t row);
SoftwareTerm read_software_term(const Image&, std::uint32_t row);

}  // namespace tq::catalog
