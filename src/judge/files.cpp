// Judging by the versions of the files an update carries. Branches are never compared with each other: a file of the LDR
// branch has a higher number than one of GDR whatever either of them contains.
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "judge/states.hpp"

namespace tq::judge {
namespace {

using catalog::Branch;
using catalog::FileBranch;
using model::FileVersionFact;

struct Row {
  const catalog::UpdateFile* file;
  std::optional<Branch> branch;
};

std::optional<Branch> branch_of_row(const View& view, const catalog::UpdateFile& f) {
  if (f.branch == FileBranch::gdr) return Branch::gdr;
  if (f.branch == FileBranch::ldr) return Branch::ldr;
  return view.branch_of(f.version);
}

/// "system32/drivers/tcpip.sys" is meant by "tcpip.sys" and by itself.
bool same_file(std::string_view fact, std::string_view wanted) {
  return fact == wanted || (fact.size() > wanted.size() && fact.ends_with(wanted) && fact[fact.size() - wanted.size() - 1] == '/');
}

int against(const FileVersion& v, const catalog::UpdateFile& f) { return v < f.version ? -1 : 1; }

/// Rows of the same build, of the file's own branch; 0 when none of them may be compared.
int compare_same_build(const View& view, const FileVersion& v, std::span<const Row> rows, const catalog::UpdateFile*& used) {
  const auto branch = view.branch_of(v);
  bool low = false, high = false;
  for (const Row& r : rows) {
    // Where the file's branch cannot be told, only agreement with every row counts.
    if (branch && r.branch && *branch != *r.branch) continue;
    const int c = against(v, *r.file);
    if (used == nullptr || c < 0) used = r.file;
    low = low || c < 0;
    high = high || c > 0;
  }
  return low == high ? 0 : low ? -1 : 1;
}

/// -1 older, 1 as new or newer, 0 cannot be compared.
int compare(const View& view, const FileVersion& v, std::span<const Row> rows, const catalog::UpdateFile*& used) {
  std::vector<Row> same;
  bool below = false, above = false;
  for (const Row& r : rows) {
    const auto& w = r.file->version;
    if (w.major != v.major || w.minor != v.minor) continue;  // another Internet Explorer, another framework
    if (w.build == v.build) {
      same.push_back(r);
    } else {
      if (used == nullptr) used = r.file;
      (v.build < w.build ? below : above) = true;
    }
  }
  if (!same.empty()) {
    used = nullptr;
    return compare_same_build(view, v, same, used);
  }
  // Builds are service packs: a lower one is older whatever its branch, a higher one was released with the fix in it.
  return below == above ? 0 : below ? -1 : 1;
}

}  // namespace

std::optional<FileSays> files_say(const Judged& j, const Entry& e) {
  if (e.files.count == 0) return std::nullopt;
  const auto wanted = j.view.range(j.view.files, e.files);
  const std::string& arch = j.c.facts.identity.arch;
  std::optional<FileSays> says;
  for (const auto& fact : j.c.facts.files) {
    if (!arch.empty() && !fact.arch.empty() && fact.arch != arch) continue;  // the 32-bit copy of a 64-bit machine
    std::vector<Row> rows;
    for (const auto& w : wanted)
      if (same_file(fact.path, w.file)) rows.push_back({&w, branch_of_row(j.view, w)});
    if (rows.empty()) continue;
    const catalog::UpdateFile* used = nullptr;
    const int c = compare(j.view, fact.version, rows, used);
    const FileSays one{c < 0 ? State::absent : c > 0 ? State::present : State::unknown, &fact, used};
    // One file that is too old decides; one that cannot be compared leaves the update open.
    if (!says || one.state == State::absent || (one.state == State::unknown && says->state == State::present)) says = one;
    if (one.state == State::absent) break;
  }
  return says;
}

std::string file_reason(const Judged& j, std::uint32_t i) {
  const auto says = files_say(j, j.entry(i));
  if (!says || says->wanted == nullptr) return text(j.reason[i]);
  return fmt::format("{} is {}, the update brings {}", says->file->path, says->file->version.text(), says->wanted->version.text());
}

void judge_files(Judged& j) {
  if (j.view.files.empty() || j.c.facts.files.empty()) return;
  for (std::uint32_t i = 0; i < j.state.size(); ++i) {
    const auto says = files_say(j, j.entry(i));
    if (!says || says->state == State::unknown) continue;  // weaker witnesses are heard
    j.set(i, says->state, says->state == State::present ? Reason::files_new_enough : Reason::files_too_old);
  }
}

}  // namespace tq::judge
