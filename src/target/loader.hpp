// A loader recognises one kind of target by its content and opens it. One file each; the build collects them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "io/folder.hpp"
#include "target/source.hpp"
#include "target/source_log.hpp"

namespace tq::target {

/// What the user named, looked at once.
struct Input {
  std::string label;
  std::string path;  ///< empty for standard input
  io::HostKind kind = io::HostKind::missing;
  std::vector<std::byte> head;     ///< the first kHeadBytes of a file
  std::vector<std::byte> content;  ///< the whole of standard input; empty for a file
  std::uint64_t size = 0;
  std::string head_text;           ///< head decoded to UTF-8; empty when it is plainly binary
  std::string column_map;          ///< --map: "name=COLUMN,..."
  std::string verify_key;          ///< PEM: only a bundle that this key signed is opened
  std::shared_ptr<SourceLog> log;  ///< notes what is read; null when nobody asks

  /// The whole content; refused above `limit` bytes.
  [[nodiscard]] Result<std::vector<std::byte>> read(std::uint64_t limit) const;
};
inline constexpr std::size_t kHeadBytes = 65536;

/// A kind of target: one object a file of this folder, found by the build.
struct Loader {
  const char* kind;  ///< the word of --as
  int rank;          ///< lower is asked first: signatures before structure before guesses
  bool (*accepts)(const Input&);
  Result<std::vector<Source>> (*load)(const Input&);
};

/// Every kind of target, by name; open() asks them by rank, and the first that accepts a file has it.
std::span<const Loader* const> all();

/// What the command line says of how targets are opened.
struct OpenOptions {
  std::string as;                       ///< empty: recognise by content
  std::string column_map;               ///< "name=COLUMN,...": which column of an inventory holds what
  std::string verify_key = {};          ///< PEM of a public key: nothing but a bundle that it signed is opened
  std::shared_ptr<SourceLog> log = {};  ///< what is read is noted there, with digests; null: it is not
};
/// Opens what the user named: a path or "-". More than one machine for an inventory or a facts file.
Result<std::vector<Source>> open(const std::string& name, const OpenOptions& options);
/// The same for what was looked at before: standard input can be read once only.
Result<std::vector<Source>> load(const Input& in, const OpenOptions& options);
/// Looks at a path or "-" without opening it as anything.
Result<Input> look_at(const std::string& name, const OpenOptions& options);
/// The same for bytes that were read already: a member of an archive.
Input look_at_bytes(const std::string& label, std::vector<std::byte> bytes, const OpenOptions& options);

}  // namespace tq::target
