// A triage collection as it was packed: zip, 7z or tar in the layouts of KAPE, Velociraptor, UAC, or plain.
#include "fs/archive.hpp"

#include <fmt/format.h>

#include "io/meter.hpp"
#include "target/loader.hpp"
#include "target/support/collection.hpp"
#include "target/support/evidence_names.hpp"
#include "target/support/machines.hpp"

namespace tq::target {
namespace {

bool accepts_archive(const Input& in) { return in.kind == io::HostKind::file && fs::looks_like_archive(bytes_of(in.head)); }

std::string losses_of(const fs::Archive& archive) {
  if (archive.lost_total() == 0) return {};
  return fmt::format("; {} refused or damaged: {}", archive.lost_total(), in_short(texts(archive.lost()), 10));
}

/// Links, devices and paths that lead out are refused and are no evidence; what is encrypted, damaged or a bomb may be.
bool has_gap(const fs::Archive& archive) {
  for (const auto& e : archive.lost())
    if (e.code != ErrorCode::unsupported && e.code != ErrorCode::usage) return true;
  return false;
}

std::vector<model::Coverage> state_of(const fs::Archive& archive, const std::vector<std::string>& notes) {
  std::vector<model::Coverage> out;
  out.push_back({"archive", has_gap(archive) ? model::CoverageStatus::failed : model::CoverageStatus::read,
                 fmt::format("{} files{}", archive.files(), losses_of(archive))});
  for (const auto& n : notes) out.push_back({"archive", model::CoverageStatus::skipped, n});
  return out;
}

Error no_windows(const Input& in, const fs::Archive& archive, const Collection& found) {
  return Error{ErrorCode::unsupported,
               in.label,
               "a Windows folder or registry hives in it",
               fmt::format("{} with {} files and neither{}{}", archive.format(), archive.files(),
                           found.notes.empty() ? "" : " (" + in_short(found.notes) + ")", losses_of(archive)),
               {},
               "an archive or disk image inside of an archive is unpacked first"};
}

Result<std::vector<Source>> load_archive(const Input& in) {
  std::shared_ptr<const io::ByteSource> bytes;
  if (in.path.empty()) {
    bytes = io::from_memory(in.content);
  } else {
    TQ_TRY(bytes, io::open_file(in.path));
  }
  if (in.log) in.log->note(in.label, *bytes);
  fs::ArchiveOptions options;
  options.keep = is_evidence;
  TQ_TRY(auto opened, fs::open_archive(std::move(bytes), in.label, options));
  const std::shared_ptr<const fs::Archive> archive = std::move(opened);
  Collection found = read_collection(logged(archive, in.log), "archive", in.label);
  if (found.machines.empty()) return no_windows(in, *archive, found);
  for (auto& s : found.machines) s.medium = [archive, notes = found.notes] { return state_of(*archive, notes); };
  return std::move(found.machines);
}

}  // namespace

extern const Loader archive;
const Loader archive{"archive", 32, accepts_archive, load_archive};

}  // namespace tq::target
