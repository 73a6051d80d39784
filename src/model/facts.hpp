// What was read of one machine and where, without any judgement and without any catalog.
// A facts file is this struct as JSON: collect once, judge again later with newer knowledge.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/version.hpp"
#include "model/configuration.hpp"
#include "model/deep.hpp"
#include "model/tri.hpp"

namespace tq::model {

/// Witnesses of one group share one origin, so their agreement proves nothing: the registry's build values,
/// systeminfo, wmic and network banners all repeat what the last booted kernel said (docs/evidence.md).
enum class WitnessGroup { booted_kernel, kernel_file, component_store, servicing_history, other_file };
const char* to_string(WitnessGroup g);
bool from_string(std::string_view s, WitnessGroup& out);

/// One statement about the build: `says` is the raw text, `where` the place down to the value or field.
struct BuildWitness {
  std::string source;  ///< "registry.CurrentBuildNumber", "file.ntoskrnl.exe", "systeminfo.version", ...
  WitnessGroup group = WitnessGroup::booted_kernel;
  std::string says;
  std::string where;
  std::optional<std::uint32_t> build;
  std::optional<std::uint32_t> revision;
  bool older = false;   ///< a dated snapshot (RegBack, a log): older evidence never contradicts
  bool decides = true;  ///< false: a lower bound at most (hal.dll, win32k.sys, ...: they move only when serviced)
};

/// State of a CBS package, decoded from either of its two encodings (docs/evidence.md, "Package states").
enum class PackageState {
  installed,
  superseded,
  staged,
  staged_or_superseded,
  pending_install,
  pending_removal,
  partial,
  in_progress,
  absent,
  broken,
  unknown
};
const char* to_string(PackageState s);
bool from_string(std::string_view s, PackageState& out);
/// True for states in which the package's files were put in place: installed or superseded.
bool present(PackageState s);
/// The number that CBS keeps as CurrentState. Negative ones are `broken`, others that are not documented `unknown`.
PackageState decode_package_state(std::int32_t raw);

/// A package of component-based servicing, as the Packages key of the SOFTWARE hive has it.
struct Package {
  std::string identity;  ///< as the key or file is named
  std::uint32_t kb = 0;  ///< 0: none in the name (RollupFix, language packs)
  bool child = false;    ///< Package_<n>_for_KB...: one target of the parent
  std::string arch;
  std::optional<FileVersion> version;
  PackageState state = PackageState::unknown;
  std::int32_t raw_state = 0;
  std::uint32_t last_error = 0;
  std::string installed_at;    ///< ISO time; empty: not known
  std::string client;          ///< InstallClient, as written
  bool files_present = false;  ///< .mum and .cat lie in servicing\Packages
  bool files_known = false;    ///< that folder could be read
  std::string where;
};

/// One line of a hotfix list (systeminfo, wmic qfe, Get-HotFix, an inventory row, update history).
struct Hotfix {
  std::uint32_t kb = 0;
  std::string source;  ///< "systeminfo", "qfe", "inventory", "reporting_events", ...
  std::string date;    ///< ISO; empty: not known
  bool succeeded = true;
  std::string where;
};

/// A file whose version decides updates.
struct FileVersionFact {
  std::string path;  ///< below the Windows folder, forward slashes, lower case
  FileVersion version;
  std::string arch;
  std::string sha256;  ///< empty: only the version was read
  bool checksum_ok = true;
  std::string where;
};

/// A value of the registry or of a text that was read as such.
struct Reading {
  std::string name;
  std::string value;
  std::string where;
};

/// A component of the store that tells a build or an owner: the kernel's, and those that ESU switches on.
struct StoreComponent {
  std::string name;  ///< lower case; long names are shortened in their middle, as the store does it
  std::string arch;  ///< "x86", "x64", "ia64", ...
  FileVersion version;
  std::string source;        ///< "winners" (in use), "components" (known to the store), "folder" (files lie in WinSxS)
  Tri owned = Tri::unknown;  ///< a deployment refers to it (its key in the COMPONENTS hive has an owner)
  std::string where;
};

/// Something beside Windows itself whose updates are a line of their own.
struct Software {
  std::string name;     ///< "internet_explorer", "dotnet"
  std::string version;  ///< "9"; "2.0 SP2", "4.6.2"
  std::string says;     ///< as the machine writes it
  std::string where;
};

/// Traces of an ESU licence. Presence of ids only: nothing offline proves that a machine is licensed.
struct Licence {
  Tri store = Tri::unknown;  ///< the token store is there and was read; no: it is not there
  std::vector<Reading> ids;  ///< name: the activation id; value: the encoding it was found in
  Tri azure = Tri::unknown;  ///< the Azure guest agent is installed: a machine that needs no key
};

/// A trace of servicing that proves no build: AppCompatCache, CBS.log, old snapshots.
struct Trace {
  std::string source;
  std::string what;
  std::string date;
  std::string where;
};

/// A version of the servicing stack that something names. CBS.log only tells what once ran.
struct StackVersion {
  FileVersion version;
  std::string source;  ///< "servicing_folder", "component_store", "cbs_log", "registry"
  std::string where;
};

/// What became of a source. Only `read` lets absence in it mean anything.
enum class CoverageStatus { read, absent, unsupported, failed, skipped };
const char* to_string(CoverageStatus s);
bool from_string(std::string_view s, CoverageStatus& out);

/// A source and what became of it: what a report prints so that silence is never taken for health.
struct Coverage {
  std::string source;
  CoverageStatus status = CoverageStatus::absent;
  std::string detail;
};

/// A list of updates as a whole: what it does not name is only missing from a complete one.
struct HotfixList {
  std::string source;
  bool complete = true;  ///< false: the text announces more than it lists, or is cut
  std::uint32_t announced = 0, listed = 0;
  std::string where;
};

/// What servicing was in the middle of when the machine was last written.
struct Servicing {
  Tri reboot_pending = Tri::unknown;      ///< volatile keys: absence in a saved hive is unknown, never no
  Tri pending_operations = Tri::unknown;  ///< pending.xml, PendingXmlIdentifier, PackagesPending, Exclusive
  std::vector<std::string> evidence;
};

/// What the machine says it is. Empty texts and nullopt: nothing says it.
struct Identity {
  std::string name;
  std::string product;     ///< as the machine names itself
  std::string nt_version;  ///< "6.0"; empty: not known
  std::string edition;
  std::string arch;          ///< "x86", "x64", "ia64", "arm64"; empty: not known
  std::string product_type;  ///< "server", "client", "domain_controller"; empty: not known
  Tri server_core = Tri::unknown;
  std::optional<int> service_pack;
  std::string install_date;
};

/// All that was read of one machine. `where` everywhere is the place that evidence cites, down to the value or line.
struct Facts {
  std::string target;
  std::string kind;  ///< "tree", "hives", "hive", "systeminfo", "qfe", "inventory", "banner", "registry_text", "facts"
  Identity identity;
  std::vector<BuildWitness> build_witnesses;
  std::vector<Reading> readings;
  Tri packages_read = Tri::unknown;  ///< yes: the Packages key was read, so a package that is not there is absent
  std::vector<Package> packages;
  std::vector<HotfixList> hotfix_lists;
  std::vector<Hotfix> hotfixes;
  std::vector<FileVersionFact> files;
  std::vector<StackVersion> stacks;
  Servicing servicing;
  std::vector<StoreComponent> components;
  Tri components_read = Tri::unknown;  ///< yes: the list of the COMPONENTS hive was read as a whole
  std::vector<Software> software;
  Tri internet_explorer_read = Tri::unknown;  ///< yes: looked for, so none in `software` means none is installed
  Tri dotnet_read = Tri::unknown;             ///< the same for .NET Framework
  Tri server_software_read = Tri::unknown;    ///< the same for SQL Server, IIS and PowerShell
  Tri msi_updates_read = Tri::unknown;        ///< the updates that Windows Installer registered were read as a whole
  Tri update_files_read = Tri::unknown;       ///< the files that the catalog asked for were looked for
  Licence licence;
  std::vector<Reading> oddities;   ///< things a stock Windows does not have; `name` says of what kind
  Tri sha2_values = Tri::unknown;  ///< the two Codesigning\SHA2 values are set (anyone can set them)
  std::vector<Trace> traces;
  std::vector<Reading> labels;         ///< other columns of an inventory
  std::vector<std::string> conflicts;  ///< readings of one witness group that disagree with each other
  Configuration configuration;
  Tri deep_read = Tri::unknown;  ///< yes: the two lists below were asked for
  std::vector<DriverGate> drivers;
  std::vector<TimeExposure> time32;
  std::vector<Coverage> coverage;
};

}  // namespace tq::model
