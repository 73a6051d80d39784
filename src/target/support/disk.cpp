#include "target/support/disk.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fs/cited.hpp"
#include "image/support/beside.hpp"
#include "io/meter.hpp"
#include "io/window.hpp"
#include "target/support/machines.hpp"

namespace tq::target {
namespace {

using model::CoverageStatus;

/// The image with what lies beside it; nothing does for standard input.
Result<image::HostFile> host_file(const Input& in) {
  if (!in.path.empty()) return image::host_file(in.path);
  image::HostFile h;
  h.file.name = in.label;
  h.file.bytes = io::from_memory(in.content);
  return h;
}

std::string label_of(const Input& in, const DiskVolume& v) { return v.name.empty() ? in.label : in.label + "//" + v.name; }

/// A volume without a number is still a medium of its own: "image//path", not "image/path".
std::shared_ptr<const fs::Tree> tree_of(const Input& in, const DiskVolume& v) {
  if (v.name.empty()) return logged(fs::cited(v.files, in.label + "//"), in.log);
  return logged(v.files, in.log);
}

DiskVolume open_volume(const Input& in, const image::Image& image, const volume::Volume& where) {
  DiskVolume v;
  v.where = where;
  if (where.number != 0) v.name = "p" + std::to_string(where.number);
  v.filesystem = std::string(volume::filesystem_of(*image.disk, where));
  if (v.filesystem != "ntfs") return v;
  auto bytes = std::shared_ptr<const io::ByteSource>(io::window(image.disk, where.offset, where.size));
  auto files = fs::ntfs::open_ntfs(io::metered(std::move(bytes), io::Meter::volume), label_of(in, v));
  if (!files) {
    v.error = files.error();
    return v;
  }
  v.files = *std::move(files);
  v.found = find_windows(tree_of(in, v), Search::volume);
  return v;
}

std::string state_of_files(const DiskVolume& v) {
  std::vector<std::string> all = v.files->notes();
  if (const auto lost = texts(v.files->lost()); !lost.empty()) all.push_back(fmt::format("damaged: {}", in_short(lost)));
  return in_short(all, all.size());
}

CoverageStatus status_of(const DiskVolume& v) {
  if (v.error) {
    const bool other = v.error->code == ErrorCode::encrypted || v.error->code == ErrorCode::unsupported;
    return other ? CoverageStatus::unsupported : CoverageStatus::failed;
  }
  // Windows NT does not start from these: that they are not read leaves no gap.
  const bool no_windows = v.filesystem.starts_with("fat") || v.filesystem == "ext" || v.filesystem == "lvm" || v.filesystem == "unknown";
  return v.files ? CoverageStatus::read : no_windows ? CoverageStatus::skipped : CoverageStatus::unsupported;
}

std::string detail_of(const DiskVolume& v) {
  if (v.error) return v.error->text();
  if (v.files) return state_of_files(v);
  if (v.filesystem == "bitlocker") return "encrypted with BitLocker: not read";
  return fmt::format("{}{}: not read", v.filesystem, v.where.role.empty() ? "" : " (" + v.where.role + ")");
}

}  // namespace

std::string DiskVolume::text() const {
  std::string s = fmt::format("{}{} {} bytes", name.empty() ? "" : name + " ", filesystem, where.size);
  if (error) s += " (" + error->text() + ")";
  for (const auto& n : found.notes) s += " (" + n + ")";
  return s;
}

std::string Disk::text() const {
  std::string s = image.format + (image.variant.empty() ? "" : " (" + image.variant + ")") + ", " +
                  (table.scheme == "none" ? "no partition table" : table.scheme) + ":";
  for (const auto& v : volumes) s += (&v == volumes.data() ? " " : ", ") + v.text();
  return volumes.empty() ? s + " no volumes" : s;
}

bool is_disk(const Input& in) {
  if (in.kind != io::HostKind::file || in.size == 0) return false;
  const auto host = host_file(in);
  if (!host) return false;
  const auto formats = image::all();
  return std::any_of(formats.begin(), formats.end(), [&](const image::Format* f) { return f->probe(host->file); });
}

Result<Disk> open_disk(const Input& in) {
  TQ_TRY(const auto host, host_file(in));
  if (in.log) in.log->note_without_digest(in.label, in.size, "a disk: its files are listed, it was not read as a whole");
  Disk d;
  TQ_TRY(d.image, image::open(host.file));
  d.image.disk = io::metered(d.image.disk, io::Meter::image);
  TQ_TRY(d.table, volume::read_table(*d.image.disk, d.image.sector_size));
  for (const auto& v : d.table.volumes) d.volumes.push_back(open_volume(in, d.image, v));
  return d;
}

std::vector<model::Coverage> disk_state(const Disk& disk) {
  std::vector<model::Coverage> out;
  std::vector<std::string> about = disk.image.notes;
  about.insert(about.end(), disk.table.notes.begin(), disk.table.notes.end());
  for (auto& t : texts(disk.table.lost)) about.push_back(std::move(t));
  if (!about.empty()) out.push_back({"image", CoverageStatus::read, in_short(about)});
  for (const auto& v : disk.volumes) {
    const std::string name = "volume" + (v.name.empty() ? "" : "." + v.name);
    out.push_back({name, status_of(v), detail_of(v)});
    for (const auto& n : v.found.notes) out.push_back({name, CoverageStatus::skipped, n});
  }
  return out;
}

}  // namespace tq::target
