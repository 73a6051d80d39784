// The files on disk: the kernel decides, its neighbours are lower bounds.
#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"
#include "format/pe/pe.hpp"

namespace tq::evidence {
namespace {

namespace pe = format::pe;

struct KernelFile {
  const char* path;
  bool kernel;
};
// Only the kernels decide the build. The others move only when they are serviced: 6002.x beside a 6003 kernel is normal.
constexpr KernelFile kKernelFiles[] = {
    {"system32/ntoskrnl.exe", true}, {"system32/ntkrnlpa.exe", true},  {"system32/win32k.sys", false},  {"system32/hal.dll", false},
    {"system32/ntdll.dll", false},   {"system32/kernel32.dll", false}, {"system32/wuaueng.dll", false},
};

void witness(model::Facts& facts, const KernelFile& w, const FileVersion& v, const std::string& where) {
  // The update agent has a version line of its own (7.7.6003.x): it says nothing about the build.
  if (v.major > 10 || (v.major == 7)) return;
  model::BuildWitness b;
  b.source = "file." + std::string(w.path).substr(std::string_view(w.path).find('/') + 1);
  b.group = w.kernel ? model::WitnessGroup::kernel_file : model::WitnessGroup::other_file;
  b.says = v.text();
  b.where = where;
  b.build = v.build;
  b.revision = v.revision;
  b.decides = w.kernel;
  facts.build_witnesses.push_back(std::move(b));
}

void read_one(const target::Source& source, model::Facts& facts, const KernelFile& w) {
  const std::string path = source.windows + "/" + w.path;
  const std::string name = "file." + std::string(w.path);
  const auto src = source.tree->open(path);
  if (!src) {
    const bool absent = src.error().code == ErrorCode::not_found;
    if (w.kernel || !absent)
      cover(facts, name, absent ? model::CoverageStatus::absent : model::CoverageStatus::failed, absent ? "" : src.error().text());
    return;
  }
  const auto image = pe::open(**src);
  if (!image) return cover(facts, name, model::CoverageStatus::failed, image.error().text());
  const auto info = pe::version_info(**src, *image);
  if (!info || !info->file_fixed) {
    cover(facts, name, model::CoverageStatus::failed, info ? "the version resource has no fixed version" : info.error().text());
    return;
  }
  model::FileVersionFact f;
  f.path = w.path;
  f.version = *info->file_fixed;
  f.arch = to_string(image->machine);
  f.where = source.tree->cite(source.tree->real_path(path).value_or(path));
  if (w.kernel)
    if (const auto sum = pe::computed_checksum(**src, *image); sum && image->stored_checksum != 0)
      f.checksum_ok = *sum == image->stored_checksum;
  witness(facts, w, f.version, f.where);
  if (w.kernel) {
    cover(facts, name, model::CoverageStatus::read, f.version.text());
    if (facts.identity.nt_version.empty())
      facts.identity.nt_version = std::to_string(f.version.major) + "." + std::to_string(f.version.minor);
    if (facts.identity.arch.empty() && (f.arch == "x86" || f.arch == "x64" || f.arch == "ia64" || f.arch == "arm64"))
      facts.identity.arch = f.arch;
  }
  facts.files.push_back(std::move(f));
}

void collect_kernel_files(const target::Source& source, model::Facts& facts) {
  if (!source.tree) return;
  for (const KernelFile& w : kKernelFiles) {
    // ntkrnlpa.exe exists on x86 only: its absence elsewhere is no gap.
    const auto there = source.tree->real_path(source.windows + "/" + w.path);
    const bool absent = !there && there.error().code == ErrorCode::not_found;
    if (absent && std::string_view(w.path).ends_with("ntkrnlpa.exe")) continue;
    read_one(source, facts, w);
  }
}

}  // namespace

extern const Collector kernel_files;
const Collector kernel_files{"kernel_files", collect_kernel_files};

}  // namespace tq::evidence
