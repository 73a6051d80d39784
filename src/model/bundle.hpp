// The evidence bundle: one archive of what was read, what was found, what it was read from, and a manifest over all of it.
// docs/formats/bundle.md.
#pragma once

#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/stored_zip.hpp"
#include "model/source_file.hpp"

namespace tq::model {

inline constexpr const char* kBundleSchema = "tourniquet.bundle/1";
inline constexpr const char* kVersionsSchema = "tourniquet.versions/1";
/// Members that a bundle has besides its manifest and, when signed, the manifest's signature.
inline constexpr const char* kBundleFacts = "facts.json";
inline constexpr const char* kBundleReport = "report.json";
inline constexpr const char* kBundleSources = "sources.csv";
inline constexpr const char* kBundleVersions = "versions.json";

/// The archive: manifest first, its signature next when `sign_key` (PEM) is given, the members by name.
/// Errors: usage (the key is none), limit.
Result<std::string> pack_bundle(std::vector<StoredMember> members, const std::string& sign_key);

/// The text of versions.json; `note.path` and `note.signature` are not in it.
std::string versions_json(const BundleNote& note);

/// What is used of a bundle once it was checked.
struct OpenedBundle {
  std::string facts;  ///< the text of facts.json
  BundleNote note;    ///< `path` is left empty
};
/// Everything is checked before anything is handed out: every member against the manifest, the manifest against the signature
/// when `verify_key` (PEM) is given, and the archive against the bytes that packing the same members gives.
/// Errors: corrupt, naming every member that was changed, added or removed; usage (the key is none).
Result<OpenedBundle> open_bundle(Bytes archive, const std::string& verify_key);

/// True when these are the first bytes of a bundle, or of one that was tampered with.
bool looks_like_bundle(Bytes head);

}  // namespace tq::model
