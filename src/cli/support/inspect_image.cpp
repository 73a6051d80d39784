// A disk image: its format, its volumes, where Windows lies on them, and with --dump the digest of every file.
#include <algorithm>

#include "cli/support/file_dump.hpp"
#include "cli/support/inspect.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "target/support/disk.hpp"

namespace tq::cli {
namespace {

std::string below(const target::DiskVolume& v, const std::string& path) { return v.name.empty() ? path : v.name + "/" + path; }

/// Counts the files of a volume and, for a dump, reads each to its end.
std::uint64_t files_of(const target::DiskVolume& v, FileDump* dump) {
  std::uint64_t files = 0;
  v.files->walk([&](const fs::ntfs::WalkEntry& e) {
    if (e.kind != io::EntryKind::file) return true;
    ++files;
    if (dump != nullptr) dump->add(below(v, e.path), v.files->open_reference(e.reference));
    return true;
  });
  return files;
}

Json volume(const target::DiskVolume& v, FileDump* dump, std::vector<Error>& lost) {
  Json j = {{"kind", v.filesystem}, {"offset", v.where.offset}, {"size", v.where.size}, {"files", nullptr}};
  j["number"] = v.where.number;
  j["scheme"] = v.where.scheme;
  j["type"] = v.where.type;
  j["role"] = v.where.role;
  j["name"] = to_valid_utf8(v.where.name);
  Json notes = Json::array();
  if (v.files) {
    j["files"] = files_of(v, dump);
    j["label"] = to_valid_utf8(v.files->info().name);
    j["cluster_size"] = v.files->info().cluster_size;
    j["dirty"] = v.files->info().dirty;
    for (const auto& n : v.files->notes()) notes.push_back(to_valid_utf8(n));
    for (const auto& e : v.files->lost()) lost.push_back(e);
  }
  if (v.error) lost.push_back(*v.error);
  for (const auto& n : v.found.notes) notes.push_back(to_valid_utf8(n));
  j["notes"] = std::move(notes);
  return j;
}

Result<Inspected> about_image(const target::Input& in, const Args& args) {
  TQ_TRY(const auto disk, target::open_disk(in));
  FileDump dump;
  Inspected out;
  const bool bare = disk.table.scheme == "none" && disk.image.format == "raw";
  out.kind = bare ? "volume" : "image";
  std::vector<Error> lost = disk.table.lost;
  Json volumes = Json::array(), roots = Json::array(), notes = Json::array();
  for (const auto& v : disk.volumes) {
    volumes.push_back(volume(v, args.has("--dump") ? &dump : nullptr, lost));
    for (const auto& r : v.found.roots) roots.push_back(to_valid_utf8(below(v, r.windows)));
  }
  for (const auto& n : disk.image.notes) notes.push_back(to_valid_utf8(n));
  for (const auto& n : disk.table.notes) notes.push_back(to_valid_utf8(n));
  out.about = {{"format", disk.image.format},           {"variant", disk.image.variant},     {"disk_size", disk.image.disk->size()},
               {"sector_size", disk.table.sector_size}, {"table", disk.table.scheme},        {"parts", disk.image.files},
               {"volumes", std::move(volumes)},         {"windows_roots", std::move(roots)}, {"notes", std::move(notes)}};
  put_lost(out.about, lost);
  out.dump = dump.take();
  return out;
}

}  // namespace

const Inspector inspect_image{target::is_disk, about_image};

}  // namespace tq::cli
