// What the judge says of one machine: every statement with its standing and its proof.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/version.hpp"
#include "model/facts.hpp"
#include "model/source_file.hpp"
#include "model/way.hpp"

namespace tq::model {

/// proven: at least two independent witness groups agree, one of them a file or the component store.
/// claimed: one kind of witness only. contradicted: witnesses disagree. unknown: no witness.
enum class Standing { proven, claimed, contradicted, unknown };
const char* to_string(Standing s);

/// How much a finding matters, rising: reports are ordered by it, and --fail-on counts from one on.
enum class Severity { info, low, medium, high, critical };
const char* to_string(Severity s);
bool from_string(std::string_view s, Severity& out);

/// Which build it is: what the witnesses agree on, and the witnesses themselves.
struct BuildVerdict {
  std::optional<std::uint32_t> number;
  std::optional<std::uint32_t> revision;
  std::string version;  ///< "6.0.6003.20489", or "6.0.6003" without a revision; empty: unknown
  std::optional<int> service_pack;
  Standing status = Standing::unknown;
  std::string why;
  std::vector<BuildWitness> witnesses;
};

/// The month whose updates the machine demonstrably has. A lower bound where it rests on the kernel alone.
struct LevelVerdict {
  std::uint32_t kb = 0;  ///< 0: only the month is known (a rollup and a security-only update share a kernel)
  std::string kind;
  std::string title;
  Date month;
  std::string how;
  Standing status = Standing::unknown;
  std::string why;
  std::vector<std::string> evidence;
};

/// How far the machine is from one of the catalog's goals. kb and revision are the goal's own, 0: the catalog names none.
struct GoalVerdict {
  std::string name;  ///< "public", "esu", "last"
  std::uint32_t kb = 0;
  std::uint32_t revision = 0;
  Date released;
  Tri reached = Tri::unknown;
  std::optional<int> months_behind;
  std::string why;
};

/// Whatever the machine itself names: packages and lists, and files that are as new as the update's.
struct InstalledUpdate {
  std::uint32_t kb = 0;
  /// A package state's word; "listed": only a list names it; "file_versions": only its files do. Lives as long as the program.
  std::string_view state;
  std::uint32_t evidence = 0;  ///< row of Verdict::installed_evidence: a thousand updates share a few sets of sources
};
/// An update to install: that it is lacking has evidence.
struct MissingUpdate {
  std::uint32_t kb = 0;
  std::string kind, title;
  Date released;
  std::uint32_t cves = 0;
  std::vector<std::uint32_t> covers;  ///< earlier updates that it stands for, rising
  std::string why;
  std::string state;                    ///< what servicing has of it all the same ("staged"); empty: nothing
  std::string approval, approval_note;  ///< what a vendor's list says of it; empty: no list was given
};
/// `why` is one of a few sentences that live as long as the program: thousands of these are made for each machine.
struct UnknownUpdate {
  std::uint32_t kb = 0;
  const char* why = "";
};
/// Not in place under its own number, and nothing lacks: a newer one of its line holds it.
struct CoveredUpdate {
  std::uint32_t kb = 0, by = 0;
};

/// year << 20 | number; Microsoft's advisories follow all CVEs. The same packing as the catalog's.
using CveId = std::uint32_t;
std::string cve_text(CveId cve);

/// Each list rises. A CVE is in one of `missing` and `unknown` at most; one that is in neither is repaired or does not apply.
struct CveVerdict {
  std::vector<CveId> missing, unknown;
  std::vector<CveId> known_exploited;          ///< of `missing`: on CISA's list
  std::vector<CveId> known_exploited_unknown;  ///< of `unknown`: on CISA's list
};

/// A trace of a tool that goes around the ESU check. It shows that something was changed, never by whom or why.
struct Bypass {
  std::string id;  ///< row of the catalog's bypass_indicators
  std::string what;
  std::string where;
  bool weak = false;  ///< has innocent causes too
};

/// Extended support, each step by itself: what it needs (SHA-2, servicing stack, preparation), what is left of a licence, what goes around
/// it.
struct EsuVerdict {
  Tri sha2 = Tri::unknown;
  std::uint32_t stack_kb = 0;
  std::string stack_version;
  Tri stack_sufficient = Tri::unknown;
  Tri preparation = Tri::unknown;
  std::string licence = "unknown";       ///< "keys_present", "absent", "unknown"; never "licensed"
  std::vector<std::string> licence_ids;  ///< what the catalog calls the activation ids that were found
  std::vector<Bypass> bypass;
};

/// Something beside Windows itself whose support has dates of its own.
struct SoftwareLifecycle {
  std::string name, version;  ///< as the catalog names it
  std::string end;            ///< ISO date of the last day of support
  std::string state;          ///< "supported", "ended", "unknown"
  std::string source;
  std::string where;
};

/// One year of extended support that was sold for this Windows; ISO dates, the last day belongs to it.
struct EsuYear {
  int year = 0;
  std::string who;  ///< whose contract it took: "volume ESU", "Azure ..."
  std::string starts, ends;
};

/// When support ends or ended: ISO dates of the last day, empty where the catalog records none.
struct Lifecycle {
  std::string mainstream_end, extended_end, esu_end, last_patch, patch_source;
  std::vector<EsuYear> esu_years;  ///< those open to this edition and processor; none: it never had any
  std::string esu_why;             ///< why there is none; empty otherwise
  std::vector<SoftwareLifecycle> software;
};

/// The default words say: the value is not there, and what that Windows then does is what is stated.
enum class ExposureState { open, closed, default_open, default_closed, unknown };
const char* to_string(ExposureState s);

/// One way into the machine and how it stands.
struct Exposure {
  std::string id;  ///< "smb1", "rdp", ...: the row of the catalog
  ExposureState state = ExposureState::unknown;
  std::string what;                        ///< one sentence with the values that were read
  std::string evidence;                    ///< the place that decides
  std::vector<CveId> joined_with;          ///< of the machine's missing CVEs: those that this exposure opens the door to
  std::vector<CveId> joined_with_unknown;  ///< the same of its unknown ones
};

/// Open or open by default, closed or closed by default; both false where it is not known.
constexpr bool is_open(ExposureState s) { return s == ExposureState::open || s == ExposureState::default_open; }
constexpr bool is_closed(ExposureState s) { return s == ExposureState::closed || s == ExposureState::default_closed; }

/// One upgrade by Setup, between releases as the catalog names them.
struct Hop {
  std::string from, to;
  std::vector<std::string> conditions;
  std::string source;
};
/// What has to be dealt with, or looked at, before the machine can move.
struct Blocker {
  std::string kind;  ///< "role", "software", "dropped", "changed", "program", "driver", "address", "task", "volume", "not_read"
  std::string what;
  std::vector<std::string> evidence;
  std::string source;  ///< of the knowledge; empty when the evidence is all there is
};
/// One way to a destination. A rehost and a clean install have no hops.
struct MigrationPath {
  std::string to;
  std::string kind;  ///< "in_place", "clean_install", "rehost"
  std::vector<Hop> hops;
  std::vector<std::uint32_t> blockers;  ///< rows of Migration::blockers: most paths share most of them
};
/// A destination that this machine cannot reach, and what bars it.
struct MigrationBar {
  std::string to, why, source;
};
/// What the machine can become. Empty when its product is not known.
struct Migration {
  std::string from;  ///< as the catalog calls the machine's Windows, with edition and processor; empty: it knows none that fits
  std::vector<MigrationPath> paths;
  std::vector<Blocker> blockers;  ///< each once
  std::vector<MigrationBar> impossible;
};

/// Everything the judge says of one machine.
struct Verdict {
  BuildVerdict build;
  std::optional<LevelVerdict> level;
  std::string level_unknown_why;
  std::vector<GoalVerdict> goals;
  EsuVerdict esu;
  std::vector<std::string> broken_packages;
  std::vector<InstalledUpdate> installed;
  std::vector<std::vector<std::string>> installed_evidence;  ///< sets of sources, each once
  std::vector<MissingUpdate> missing;
  std::vector<UnknownUpdate> unknown;
  std::vector<CoveredUpdate> covered;
  CveVerdict cves;
  std::string judged_as;  ///< the catalog's product; empty: it knows none that fits, so no CVE was judged
  std::string line;       ///< "rollup", "security_only": the line of updates that `missing` follows; empty: no product
  Lifecycle lifecycle;
  std::vector<Exposure> exposure;
  Migration migration;
  bool product_known = false;  ///< the catalog knows this Windows well enough to judge its level
};

/// What a rule says of one machine, in the words of the rule and with its evidence.
struct Finding {
  std::string id;
  Severity severity = Severity::info;
  std::string title;
  std::string detail;
  std::string advice;
  std::vector<std::string> evidence;
};

/// A target, or a part of one, that could not be read.
struct TargetError {
  std::string target, where, what;
};

/// One machine from what was read to what is said of it: what every report prints.
struct Machine {
  Facts facts;
  Verdict verdict;
  std::vector<Finding> findings;
  std::optional<Way> way = {};  ///< to the goal of the report; empty: this format does not show it
};

/// What the catalog calls an update, for formats that list them all.
struct UpdateName {
  Date released;
  std::string title;
};

/// Everything a report sees.
struct Report {
  std::string tool_version, catalog_id, catalog_data_as_of, as_of, goal;
  std::vector<Machine> machines;
  std::vector<TargetError> errors;
  std::vector<BundleNote> bundles = {};                   ///< those that facts came from
  std::map<std::uint32_t, UpdateName> update_names = {};  ///< of every update a verdict names; empty: this format shows none
  std::vector<SourceFile> sources = {};                   ///< what was read, by place; empty: this format lists none
};

}  // namespace tq::model
