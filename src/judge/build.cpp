// Which build it is: the last booted kernel, the kernel file and the component store, held against each other.
#include <fmt/format.h>

#include "judge/parts.hpp"

namespace tq::judge {
namespace {

using model::BuildWitness;
using model::Standing;
using model::WitnessGroup;

const BuildWitness* first_of(const Case& c, WitnessGroup g) {
  for (const auto& w : c.facts.build_witnesses)
    if (w.group == g && w.decides && !w.older && w.build && !from_language_file(w, c.knowledge)) return &w;
  return nullptr;
}

/// A preview's own kernel is not known; the month it precedes is the next one, and the line never goes back.
std::optional<FileVersion> version_up_to(const catalog::Update& u, const View& view) {
  std::optional<FileVersion> v = u.version;
  if (v) return v;
  for (const auto i : view.of(catalog::Line::os)) {
    const auto& e = view.entries[i];
    if (is_level(e.update.kind) && e.update.version && e.update.released <= u.released) v = e.update.version;
  }
  return v;
}

/// What the component store says about the build: the newest package in place brings a kernel of a known build, and the
/// store itself names the kernel it put into use.
std::optional<BuildWitness> store_witness(const Case& c) {
  const auto& facts = c.facts;
  if (facts.identity.nt_version != "6.0" || c.view == nullptr) return std::nullopt;
  BuildWitness w;
  w.source = "cbs.packages";
  w.group = WitnessGroup::component_store;
  if (const auto* u = newest_package(c)) {
    w.where = where_of(c, u->kb);
    w.says = fmt::format("{} ({}) is in place", kb_text(u->kb), u->released.month_text());
    if (const auto v = version_up_to(*u, *c.view)) w.build = v->build;
    return w;
  }
  if (!c.packages) {
    for (const auto& k : facts.components) {
      if (k.source != "winners" || k.name != kKernelComponent) continue;
      w.source = "component_store.winners";
      w.says = "the kernel in use is " + k.version.text();
      w.where = k.where;
      w.build = k.version.build;
      return w;
    }
    return std::nullopt;
  }
  w.says = "no package of the monthly line is in place";
  if (!facts.packages.empty()) w.where = facts.packages.front().where.substr(0, facts.packages.front().where.rfind('\\'));
  return w;
}

/// The build that the store rules out or demands, given what the others say. Empty: no objection. `whole`: all packages were read,
/// so that none newer is in place than those that were seen.
std::string store_objects(const BuildWitness& store, std::uint32_t number, bool whole) {
  if (store.build && *store.build > number) return fmt::format("{}, which brings build {}", store.says, *store.build);
  if (!whole) return {};
  // Build 6003 came with an update of the monthly line and with nothing else (docs/evidence.md).
  if (number == 6003 && !store.build) return store.says + ", and build 6003 comes with one of them";
  if (number == 6003 && *store.build < 6003)
    return fmt::format("{} and nothing newer, and its kernel is of build {}", store.says, *store.build);
  return {};
}

void weigh(const Case& c, const BuildWitness* booted, const BuildWitness* file, const std::optional<BuildWitness>& store,
           model::BuildVerdict& v) {
  if (booted != nullptr && file != nullptr && *booted->build != *file->build) {
    // From Windows 10 on, small packages raise the registered build above that of the files they switch on.
    if (c.facts.identity.nt_version == "10.0" && *booted->build > *file->build) {
      v.number = booted->build;
      v.status = Standing::claimed;
      v.why = fmt::format("the registry says {}, the kernel file {}: usual where an enablement package raised the number", *booted->build,
                          *file->build);
      return;
    }
    v.status = Standing::contradicted;
    v.why = *file->build > *booted->build
                ? fmt::format(
                      "the kernel file is of build {}, the last boot was {}: installed and not booted since, or one of them was replaced",
                      *file->build, *booted->build)
                : fmt::format("the last boot says {}, the kernel file is of build {}: rolled back and not booted since, or edited",
                              *booted->build, *file->build);
    return;
  }
  const BuildWitness* other = file != nullptr ? file : booted;
  const std::string objection = store && other != nullptr && v.number ? store_objects(*store, *v.number, c.packages) : std::string{};
  if (!objection.empty()) {
    v.status = Standing::contradicted;
    v.why = fmt::format("{} says build {}, but {}", other->source, *v.number, objection);
    return;
  }
  const int groups = (booted != nullptr ? 1 : 0) + (file != nullptr ? 1 : 0) + (store ? 1 : 0);
  v.status = groups >= 2 ? Standing::proven : Standing::claimed;
  v.why = groups >= 2 ? "independent witnesses agree, one of them a file or the component store" : "one kind of witness only";
}

}  // namespace

model::BuildVerdict judge_build(const Case& c) {
  const auto& facts = c.facts;
  model::BuildVerdict v;
  v.witnesses = facts.build_witnesses;
  v.service_pack = facts.identity.service_pack;
  const BuildWitness* booted = first_of(c, WitnessGroup::booted_kernel);
  const BuildWitness* file = first_of(c, WitnessGroup::kernel_file);
  const auto store = store_witness(c);
  if (store) v.witnesses.push_back(*store);
  if (booted == nullptr && file == nullptr && !(store && store->build)) {
    v.why = "nothing that was read tells a build";
    return v;
  }
  v.number = file != nullptr ? file->build : booted != nullptr ? booted->build : store->build;
  weigh(c, booted, file, store, v);
  if (!facts.conflicts.empty() && v.status != Standing::contradicted) {
    for (const auto& w : v.witnesses)
      if (w.build && !w.older && w.decides && w.group != WitnessGroup::component_store && *w.build != *v.number &&
          !from_language_file(w, c.knowledge))
        v.status = Standing::contradicted;
    if (v.status == Standing::contradicted) v.why = facts.conflicts.front();
  }
  const auto& kernel = c.kernel.kernel;
  if (kernel && kernel->version.build == *v.number) v.revision = kernel->version.revision;
  // A kernel older than the registered build (Windows 10): the revision counter is shared.
  if (!v.revision && kernel && facts.identity.nt_version == "10.0") v.revision = kernel->version.revision;
  if (!facts.identity.nt_version.empty())
    v.version = v.revision ? fmt::format("{}.{}.{}", facts.identity.nt_version, *v.number, *v.revision)
                           : fmt::format("{}.{}", facts.identity.nt_version, *v.number);
  return v;
}

}  // namespace tq::judge
