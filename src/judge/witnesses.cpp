// What the facts say about the kernel and the monthly line, before it is weighed.
#include <algorithm>

#include "catalog/level.hpp"
#include "judge/parts.hpp"

namespace tq::judge {
namespace {

using model::WitnessGroup;

bool newer(const catalog::Update& a, const catalog::Update* b) { return b == nullptr || a.released > b->released; }

/// "6.0" -> {6, 0}.
std::optional<std::pair<std::uint16_t, std::uint16_t>> nt_numbers(const std::string& nt) {
  const auto v = FileVersion::parse(nt, 2);
  if (!v) return std::nullopt;
  return std::pair{v->major, v->minor};
}

/// Package_for_RollupFix~...~~6003.20489.1.2 carries its level in its version (seen on 6.1; read where it is).
const catalog::Update* of_rollup_fix(const model::Package& p, const View& view) {
  if (p.kb != 0 || !p.version || p.identity.find("RollupFix") == std::string::npos) return nullptr;
  for (const auto& e : view.entries) {
    const auto& u = e.update;
    if (u.kind == catalog::UpdateKind::monthly_rollup && u.version && u.version->build == p.version->major &&
        u.version->revision == p.version->minor)
      return &u;
  }
  return nullptr;
}

}  // namespace

std::optional<KernelVersion> kernel_of(const model::Facts& facts, const Knowledge& knowledge) {
  for (const auto& w : facts.build_witnesses) {
    if (w.group != WitnessGroup::kernel_file || !w.decides || w.older || from_language_file(w, knowledge)) continue;
    if (const auto v = FileVersion::parse(w.says)) return KernelVersion{*v, KernelSource::file, w.where};
  }
  for (const auto& c : facts.components)
    if (c.source == "winners" && c.name == kKernelComponent) return KernelVersion{c.version, KernelSource::store, c.where};
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
                       KernelSource::booted, revision->where};
}

bool from_language_file(const model::BuildWitness& w, const Knowledge& knowledge) {
  if (!w.source.starts_with("inventory.")) return false;
  const auto v = FileVersion::parse(w.says);
  return v && knowledge.release_kernel(*v);
}

bool is_level(catalog::UpdateKind kind) {
  return kind == catalog::UpdateKind::monthly_rollup || kind == catalog::UpdateKind::security_only || kind == catalog::UpdateKind::preview;
}

const catalog::Update* newest_package(const model::Facts& facts, const View& view) {
  const catalog::Update* best = nullptr;
  for (const auto& p : facts.packages) {
    // A child that is installed without its parent does not make the update installed.
    if (p.child || !model::present(p.state)) continue;
    const Entry* e = p.kb != 0 ? view.find(p.kb) : nullptr;
    const auto* u = e != nullptr ? &e->update : of_rollup_fix(p, view);
    if (u != nullptr && is_level(u->kind) && newer(*u, best)) best = u;
  }
  return best;
}

const catalog::Update* newest_hotfix(const model::Facts& facts, const View& view) {
  const catalog::Update* best = nullptr;
  for (const auto& h : facts.hotfixes) {
    const Entry* e = h.succeeded ? view.find(h.kb) : nullptr;
    if (e != nullptr && is_level(e->update.kind) && newer(e->update, best)) best = &e->update;
  }
  return best;
}

bool packages_speak(const model::Facts& facts, const Knowledge& knowledge) {
  if (facts.packages_read != model::Tri::yes) return false;
  if (!facts.packages.empty()) return true;
  // No package at all is what a damaged key looks like, unless the kernel says that nothing was ever serviced.
  const auto kernel = kernel_of(facts, knowledge);
  return kernel && kernel->from != KernelSource::booted && knowledge.release_kernel(kernel->version);
}

bool hotfixes_speak(const model::Facts& facts) {
  return std::any_of(facts.hotfix_lists.begin(), facts.hotfix_lists.end(), [](const auto& l) { return l.complete; });
}

const catalog::Update* disproved(const FileVersion& kernel, const std::optional<Date>& reached, const View& view) {
  for (const auto& e : view.entries) {  // by release: the first is the oldest
    const auto& u = e.update;
    if (!is_level(u.kind) || u.basis != catalog::VersionBasis::kernel || !u.version || *u.version <= kernel) continue;
    if (reached && u.released <= *reached) continue;  // counted as reached by a named exception
    return &u;
  }
  return nullptr;
}

}  // namespace tq::judge
