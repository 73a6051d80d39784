// What the facts say about the kernel and the monthly line, before it is weighed.
#include <algorithm>

#include "catalog/level.hpp"
#include "judge/parts.hpp"

namespace tq::judge {
namespace {

using model::WitnessGroup;

bool newer(const catalog::Update& a, const std::optional<catalog::Update>& b) { return !b || a.released > b->released; }

/// "6.0" -> {6, 0}.
std::optional<std::pair<std::uint16_t, std::uint16_t>> nt_numbers(const std::string& nt) {
  const auto v = FileVersion::parse(nt, 2);
  if (!v) return std::nullopt;
  return std::pair{v->major, v->minor};
}

/// Package_for_RollupFix~...~~6003.20489.1.2 carries its level in its version (seen on 6.1; read where it is).
std::optional<catalog::Update> of_rollup_fix(const model::Package& p, const catalog::Catalog& c) {
  if (p.kb != 0 || !p.version || p.identity.find("RollupFix") == std::string::npos) return std::nullopt;
  for (const auto& u : c.updates())
    if (u.kind == catalog::UpdateKind::monthly_rollup && u.version && u.version->build == p.version->major &&
        u.version->revision == p.version->minor)
      return u;
  return std::nullopt;
}

}  // namespace

std::optional<KernelVersion> kernel_of(const model::Facts& facts) {
  for (const auto& w : facts.build_witnesses)
    if (w.group == WitnessGroup::kernel_file && w.decides && !w.older)
      if (const auto v = FileVersion::parse(w.says)) return KernelVersion{*v, true, w.where};
  const auto nt = nt_numbers(facts.identity.nt_version);
  if (!nt) return std::nullopt;
  const model::BuildWitness* build = nullptr;
  const model::BuildWitness* revision = nullptr;
  for (const auto& w : facts.build_witnesses) {
    if (w.group != WitnessGroup::booted_kernel || w.older) continue;
    if (w.build && build == nullptr) build = &w;
    if (w.revision && revision == nullptr) revision = &w;
  }
  if (build == nullptr || revision == nullptr) return std::nullopt;
  // A revision belongs to the build it was printed with; a bare one (UBR) to the build of the same boot.
  const std::uint32_t b = revision->build.value_or(*build->build);
  if (b > 0xFFFF || *revision->revision > 0xFFFF) return std::nullopt;
  return KernelVersion{FileVersion{nt->first, nt->second, static_cast<std::uint16_t>(b), static_cast<std::uint16_t>(*revision->revision)},
                       false, revision->where};
}

bool is_level(catalog::UpdateKind kind) {
  return kind == catalog::UpdateKind::monthly_rollup || kind == catalog::UpdateKind::security_only || kind == catalog::UpdateKind::preview;
}

std::optional<catalog::Update> newest_package(const model::Facts& facts, const catalog::Catalog& catalog) {
  std::optional<catalog::Update> best;
  for (const auto& p : facts.packages) {
    // A child that is installed without its parent does not make the update installed.
    if (p.child || !model::present(p.state)) continue;
    const auto u = p.kb != 0 ? catalog.find_kb(p.kb) : of_rollup_fix(p, catalog);
    if (u && is_level(u->kind) && newer(*u, best)) best = u;
  }
  return best;
}

std::optional<catalog::Update> newest_hotfix(const model::Facts& facts, const catalog::Catalog& catalog) {
  std::optional<catalog::Update> best;
  for (const auto& h : facts.hotfixes) {
    if (!h.succeeded) continue;
    const auto u = catalog.find_kb(h.kb);
    if (u && is_level(u->kind) && newer(*u, best)) best = u;
  }
  return best;
}

bool packages_speak(const model::Facts& facts) { return facts.packages_read == model::Tri::yes && !facts.packages.empty(); }

bool hotfixes_speak(const model::Facts& facts) {
  return std::any_of(facts.hotfix_lists.begin(), facts.hotfix_lists.end(), [](const auto& l) { return l.complete; });
}

std::optional<catalog::Update> disproved(const FileVersion& kernel, const catalog::Catalog& catalog) {
  const auto reached = catalog::level_of_kernel(catalog, kernel).month;
  std::optional<catalog::Update> first;
  for (const auto& u : catalog.updates()) {
    if (!is_level(u.kind) || u.basis != catalog::VersionBasis::kernel || !u.version || *u.version <= kernel) continue;
    if (reached && u.released <= *reached) continue;  // counted as reached by a named exception
    if (!first || u.released < first->released) first = u;
  }
  return first;
}

}  // namespace tq::judge
