// Update files (.msu, .cab, .exe): what they are, for which processor, what they need, whether whole, who signed them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "format/authenticode/authenticode.hpp"
#include "format/manifest/manifest.hpp"

namespace tq::format::update_media {

enum class Kind { msu, cab, exe, other };
const char* to_string(Kind k);

struct UpdateFile {
  Kind kind = Kind::other;
  std::uint32_t kb = 0;    ///< 0: nothing inside or in the name tells
  std::string kb_from;     ///< "manifest", "answer_file", "properties", "version_resource", "file_name"
  std::string arch;        ///< "x86", "x64", "ia64", "arm64"; empty: not known
  std::string identity;    ///< of the package; for a program its file version
  std::string nt_version;  ///< "6.0", from the parents or the name; empty: not known
  std::string description;
  std::vector<std::string> parents;   ///< identities of which one must be on the machine
  std::vector<std::string> contents;  ///< names of the files inside, as far as they were listed
  std::uint64_t size = 0;
  std::string sha256, sha1;
  authenticode::Signature signature;
  std::vector<std::string> conflicts;  ///< name, answer file and manifest that contradict each other
  std::vector<Error> lost;
};

/// Never fails: what cannot be read is in `lost`, and a file that is nothing known has kind `other`.
/// `file_name` is used only where nothing inside tells, and to find contradictions.
UpdateFile identify(Bytes file, const std::string& file_name, const authenticode::Roots* roots);

}  // namespace tq::format::update_media
