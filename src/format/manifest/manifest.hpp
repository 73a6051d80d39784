// Package files (.mum) and component manifests (.manifest): identity, parents, updates, children, files. And WinSxS\pending.xml.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/version.hpp"
#include "format/servicing_names.hpp"

namespace tq::format::manifest {

struct AssemblyIdentity {
  std::string name, version_text, architecture, language, public_key_token, version_scope;
  std::optional<FileVersion> version;  ///< absent when version_text is not four numbers
  /// The registry's and the file names' form, "Package_for_KBnnnnnnn~31bf3856ad364e35~amd64~~6.0.1.2"; neutral language is empty.
  [[nodiscard]] std::string package_form() const;
};

/// The identities in one parent are alternatives, and so are several parents.
/// The compare attributes are "EQ", "GE" or empty, as written.
struct Parent {
  std::string build_compare, service_compare, revision_compare, distribution_compare, integrate, disposition;
  std::vector<AssemblyIdentity> identities;
};

struct Update {
  std::string name;
  std::vector<AssemblyIdentity> packages;    ///< child packages
  std::vector<AssemblyIdentity> components;  ///< of updateComponent and component
};

struct Manifest {
  AssemblyIdentity identity;
  bool is_package = false;  ///< a .mum: it has a <package> element
  std::string description, support_information, creation_time;
  std::string package_identifier, release_type, restart, psf_name;
  std::vector<Parent> parents;
  std::vector<Update> updates;
  std::vector<AssemblyIdentity> packages;      ///< child packages outside of updates
  std::optional<AssemblyIdentity> installer;   ///< installerAssembly: the servicing stack that is wanted
  std::vector<AssemblyIdentity> dependencies;  ///< dependentAssembly
  std::vector<std::string> files;              ///< names of <file>
  std::vector<Error> lost;
};

/// Shape: at most 16 MiB of XML, 100000 listed items. XML that breaks off gives what stood before it, with the break in `lost`.
/// Errors: unsupported (compressed "DCM" manifest, document type), corrupt/truncated (no <assembly> with an identity).
Result<Manifest> parse_manifest(Bytes text);

/// What still waits for the next start. Existence of the file alone means that servicing has not finished.
struct Pending {
  std::string version, identifier;
  std::uint64_t operations = 0;                          ///< elements directly inside <POQ>
  std::map<std::string, std::uint64_t> operation_kinds;  ///< by element name, at most 200 names
  std::vector<AssemblyIdentity> installs;                ///< from <Transaction>: the "Application" of <Install>, <Uninstall>, ...
  std::vector<ComponentName> components;                 ///< component folders named in operations; sorted, unique
  std::vector<PackageName> packages;                     ///< package identities named anywhere; sorted, unique
  std::vector<std::uint32_t> kbs;                        ///< KB numbers named anywhere; sorted, unique
  std::vector<Error> lost;
};

/// Shape: at most 256 MiB, 20000 components, 20000 packages, 20000 KB numbers. Damage as in parse_manifest.
Result<Pending> parse_pending(Bytes text);

}  // namespace tq::format::manifest
