// The steps of the judgement, one file each, in the order in which they are taken.
#pragma once

#include <optional>
#include <vector>

#include "catalog/level.hpp"
#include "judge/judge.hpp"
#include "judge/seen.hpp"

namespace tq::judge {

/// The component of the store that holds the kernel.
inline constexpr const char* kKernelComponent = "microsoft-windows-os-kernel";

/// Who says which kernel it is, the strongest first: the file, the component store, the last boot's word.
enum class KernelSource { file, store, booted };
struct KernelVersion {
  FileVersion version;
  KernelSource from = KernelSource::booted;
  std::string where;
};
/// The version of the kernel: its file's, else that of the component the store has chosen, else what other witnesses name.
std::optional<KernelVersion> kernel_of(const model::Facts& facts, const Knowledge& knowledge);
/// A kernel version of an inventory that is a release revision: tools read those from language files, so it says nothing.
bool from_language_file(const model::BuildWitness& w, const Knowledge& knowledge);

/// True for updates that carry a month of Windows fixes: monthly rollup, security-only, preview.
bool is_level(catalog::UpdateKind kind);
struct Case;
/// The newest update of the monthly line whose parent package is in place; nullptr when none is.
const catalog::Update* newest_package(const Case& c);
/// The newest update of the monthly line that the machine names. Null: none that the catalog knows.
const catalog::Update* newest_hotfix(const Case& c);
/// Packages were read as a whole: then a package that is not there is absent.
bool packages_speak(const model::Facts& facts, const Knowledge& knowledge);
/// A hotfix list was read and it says of itself that it is whole.
bool hotfixes_speak(const model::Facts& facts);
/// The oldest update whose kernel this one is too old for: nullptr when nothing is disproved. Only updates that are known to
/// ship the kernel can be disproved by it. `reached`: the month the kernel proves.
const catalog::Update* disproved(const FileVersion& kernel, const std::optional<Date>& reached, const View& view);

/// What the kernel says of the level, asked of the catalog once.
struct KernelSays {
  std::optional<KernelVersion> kernel;
  catalog::LevelMatch match;
  const catalog::Update* too_new = nullptr;  ///< the oldest update that this kernel rules out
};

/// What the steps after the build share.
struct Case {
  const model::Facts& facts;
  const Knowledge& knowledge;
  const Options& options;
  const View* view = nullptr;  ///< null: the catalog does not know this Windows
  SeenUpdates seen;
  KernelSays kernel;
  bool packages = false;  ///< packages_speak
};
/// Where the machine names this KB first: the key of its package, or the line of a list. Empty: nowhere.
std::string where_of(const Case& c, std::uint32_t kb);

// Each fills its own part of the verdict; the order is that of judge(), because later ones read what earlier ones found.

/// Build, revision and service pack, with every witness; the status is what they say of one another.
model::BuildVerdict judge_build(const Case& c);
/// Which month's rollup the kernel or the packages show.
void judge_level(const Case& c, model::Verdict& verdict);
/// Stack, SHA-2, preparation and licence of extended support.
void judge_esu(const Case& c, model::Verdict& verdict);
/// Traces of tools that pretend a licence.
void judge_bypass(const Case& c, model::Verdict& verdict);
/// Days on which support ends, and who still makes updates.
void judge_lifecycle(const Case& c, model::Verdict& verdict);
/// What the machine can become, by which hops, and what bars it.
void judge_migration(const Case& c, model::Verdict& verdict);
/// After the CVEs: each exposure is joined with those that are missing.
void judge_exposure(const Case& c, model::Verdict& verdict);

}  // namespace tq::judge
