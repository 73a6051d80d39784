// An archive: its format, how many files, where Windows lies in it, what was refused, and with --dump the digest of every file.

#include "cli/support/file_dump.hpp"
#include "cli/support/inspect.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "fs/archive.hpp"
#include "target/support/find_windows.hpp"

namespace tq::cli {
namespace {

bool is_archive(const target::Input& in) { return fs::looks_like_archive(bytes_of(in.head)); }

Status dump_members(const fs::Archive& archive, FileDump& dump) {
  std::optional<FileDump::Digest> digest;
  std::string of;
  return archive.stream([&](const std::string& path, Bytes chunk) {
    // A member that broke off never came to its end: the next one begins anew.
    if (!digest || of != path || chunk.base() == 0) digest.emplace();
    of = path;
    if (!chunk.empty()) return digest->add(chunk);
    dump.add(path, *digest);
    digest.reset();
  });
}

Result<Inspected> about_archive(const target::Input& in, const Args& args) {
  std::shared_ptr<const io::ByteSource> bytes;
  if (in.path.empty()) {
    bytes = io::from_memory(in.content);
  } else {
    TQ_TRY(bytes, io::open_file(in.path));
  }
  TQ_TRY(auto opened, fs::open_archive(std::move(bytes), in.label));
  const std::shared_ptr<const fs::Archive> archive = std::move(opened);
  Inspected out;
  out.kind = "archive";
  if (args.has("--dump")) {
    FileDump dump;
    TQ_TRY([[maybe_unused]] const auto done, dump_members(*archive, dump));
    out.dump = dump.take();
  }
  const auto found = target::find_windows(archive, target::Search::collection);
  Json roots = Json::array(), notes = Json::array();
  for (const auto& r : found.roots) roots.push_back(to_valid_utf8(r.tree->cite(r.windows).substr(in.label.size() + 2)));
  for (const auto& n : found.notes) notes.push_back(to_valid_utf8(n));
  out.about = {{"format", archive->format()},
               {"files", archive->files()},
               {"volumes", Json::array()},
               {"windows_roots", std::move(roots)},
               {"notes", std::move(notes)}};
  put_lost(out.about, archive->lost());
  return out;
}

}  // namespace

const Inspector inspect_archive{is_archive, about_archive};

}  // namespace tq::cli
