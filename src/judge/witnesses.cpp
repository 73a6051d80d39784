// What the facts say about the kernel and the monthly line, before it is weighed.
#include <algorithm>

#include "catalog/level.hpp"
#include "judge/parts.hpp"

namespace tq::judge {
namespace {

using model::WitnessGroup;

/// Of one day the cumulative one: it holds what the other does.
bool newer(const catalog::Update& a, const catalog::Update* b) {
  return b == nullptr || a.released > b->released || (a.released == b->released && a.is_cumulative() && !b->is_cumulative());
}

/// "6.0" -> {6, 0}.
std::optional<std::pair<std::uint16_t, std::uint16_t>> nt_numbers(const std::string& nt) {
  const auto v = FileVersion::parse(nt, 2);
  if (!v) return std::nullopt;
  return std::pair{v->major, v->minor};
}

/// Package_for_RollupFix~...~~6003.20489.1.2 carries its level in its version (seen on 6.1; read where it is).
const catalog::Update* of_rollup_fix(const model::Package& p, const View& view) {
  if (p.identity.find("RollupFix") == std::string::npos) return nullptr;
  for (const auto i : view.of(catalog::Line::os)) {
    const auto& u = view.entries[i].update;
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

const catalog::Update* newest_package(const Case& c) {
  const catalog::Update* best = nullptr;
  // A child that is installed without its parent does not make the update installed.
  for (const auto i : c.view->of(catalog::Line::os))
    if (const auto& u = c.view->entries[i].update; c.seen.package_present(i) && is_level(u.kind) && newer(u, best)) best = &u;
  for (const auto row : c.seen.numbered_by_build())
    if (const auto* u = of_rollup_fix(c.facts.packages[row], *c.view); u != nullptr && newer(*u, best)) best = u;
  return best;
}

const catalog::Update* newest_hotfix(const Case& c) {
  const catalog::Update* best = nullptr;
  for (const auto i : c.view->of(catalog::Line::os)) {
    const Seen* s = c.seen.at(i);
    const auto& u = c.view->entries[i].update;
    if (s != nullptr && s->named() && is_level(u.kind) && newer(u, best)) best = &u;
  }
  return best;
}

std::string where_of(const Case& c, std::uint32_t kb) {
  const Seen* s = c.seen.find(kb);
  if (s == nullptr) return {};
  if (s->first_package != kNone) return c.facts.packages[s->first_package].where;
  return s->first_hotfix != kNone ? c.facts.hotfixes[s->first_hotfix].where : std::string();
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
  for (const auto i : view.kernel_levels) {  // by release: the first is the oldest
    const auto& u = view.entries[i].update;
    if (*u.version <= kernel) continue;
    if (reached && u.released <= *reached) continue;  // counted as reached by a named exception
    return &u;
  }
  return nullptr;
}

}  // namespace tq::judge
