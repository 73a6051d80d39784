// The steps of the judgement, one file each, in the order in which they are taken.
#pragma once

#include <optional>
#include <vector>

#include "judge/judge.hpp"

namespace tq::judge {

/// The kernel's version with the standing of the evidence that gave it.
struct KernelVersion {
  FileVersion version;
  bool from_file = false;  ///< false: BuildLabEx, UBR or a text: the last booted kernel's word
  std::string where;
};
std::optional<KernelVersion> kernel_of(const model::Facts& facts);

/// True for updates that carry a month of Windows fixes: monthly rollup, security-only, preview.
bool is_level(catalog::UpdateKind kind);
/// The newest update of the monthly line whose parent package is in place; nullopt when none is.
std::optional<catalog::Update> newest_package(const model::Facts& facts, const catalog::Catalog& catalog);
std::optional<catalog::Update> newest_hotfix(const model::Facts& facts, const catalog::Catalog& catalog);
/// Packages were read as a whole and there are some: then a package that is not there is absent.
bool packages_speak(const model::Facts& facts);
/// A hotfix list was read and it says of itself that it is whole.
bool hotfixes_speak(const model::Facts& facts);
/// The newest month that a kernel this old cannot have: nullopt when nothing is disproved. Only months that are
/// known to ship the kernel can be disproved by it.
std::optional<catalog::Update> disproved(const FileVersion& kernel, const catalog::Catalog& catalog);

model::BuildVerdict judge_build(const model::Facts& facts, const catalog::Catalog& catalog);
void judge_level(const model::Facts& facts, const catalog::Catalog& catalog, model::Verdict& verdict);
void judge_goals(const model::Facts& facts, const catalog::Catalog& catalog, model::Verdict& verdict);
void judge_updates(const model::Facts& facts, const catalog::Catalog& catalog, const Options& options, model::Verdict& verdict);
void judge_esu(const model::Facts& facts, const catalog::Catalog& catalog, model::Verdict& verdict);
void judge_lifecycle(const model::Facts& facts, const catalog::Catalog& catalog, model::Verdict& verdict);

}  // namespace tq::judge
