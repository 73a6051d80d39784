// Which month's updates the machine has: the kernel is a lower bound, packages and lists name the update.
#include <fmt/format.h>

#include "judge/parts.hpp"

namespace tq::judge {
namespace {

using model::LevelVerdict;
using model::Standing;

struct Sides {
  std::optional<KernelVersion> kernel;
  catalog::LevelMatch by_kernel;
  const catalog::Update* too_new = nullptr;
  const catalog::Update* package = nullptr;
  const catalog::Update* hotfix = nullptr;
};

/// The kernel file and the store are read from the disk; the booted kernel's word repeats what the machine says of itself.
const char* how_of(const KernelVersion& k) { return k.from == KernelSource::booted ? "registered_revision" : "kernel_revision"; }

LevelVerdict named(const Case& c, const catalog::Update& u, const char* how) {
  LevelVerdict l;
  l.kb = u.kb;
  l.kind = to_string(u.kind);
  l.title = u.title;
  l.month = u.released;
  l.how = how;
  if (const auto w = where_of(c, u.kb); !w.empty()) l.evidence.push_back(w);
  return l;
}

LevelVerdict by_kernel(const Sides& s) {
  LevelVerdict l;
  l.month = *s.by_kernel.month;
  // A rollup and a security-only update of one month share the kernel: then the kernel alone names neither.
  if (s.by_kernel.kbs.size() == 1) l.kb = s.by_kernel.kbs.front();
  l.kind = "month";
  l.how = how_of(*s.kernel);
  l.status = Standing::claimed;
  l.why = s.by_kernel.why;
  l.evidence.push_back(s.kernel->where);
  return l;
}

/// Package and kernel side by side.
LevelVerdict both(const Case& c, const Sides& s) {
  const auto& u = *s.package;
  const auto* too_new = s.too_new;
  if (too_new != nullptr && u.released >= too_new->released) {
    LevelVerdict l = s.by_kernel.month ? by_kernel(s) : named(c, u, "cbs");
    if (!s.by_kernel.month) l.kb = 0;
    l.status = Standing::contradicted;
    l.why = fmt::format("the component store says that {} ({}) is in place, but the kernel {} is older than that of {}", kb_text(u.kb),
                        u.released.month_text(), s.kernel->version.text(), too_new->released.month_text());
    if (const auto w = where_of(c, u.kb); !w.empty()) l.evidence.push_back(w);
    return l;
  }
  const bool kernel_ahead = s.by_kernel.month && months_between(u.released, *s.by_kernel.month) > 0;
  if (kernel_ahead && s.by_kernel.how != catalog::LevelHow::fixed_build) {
    LevelVerdict l = by_kernel(s);
    l.kb = 0;
    l.status = c.packages ? Standing::contradicted : Standing::claimed;
    l.why = fmt::format("the kernel {} is of {} or later, but the newest package in place is {} ({})", s.kernel->version.text(),
                        l.month.month_text(), kb_text(u.kb), u.released.month_text());
    return l;
  }
  LevelVerdict l = named(c, u, s.kernel->from != KernelSource::booted ? "kernel_revision" : "cbs");
  l.evidence.push_back(s.kernel->where);
  l.status = Standing::proven;
  l.why = fmt::format("{} is in place and the kernel {} agrees", kb_text(u.kb), s.kernel->version.text());
  return l;
}

/// A hotfix list is told by the same booted system as the registered revision: no second witness of that.
LevelVerdict listed(const Case& c, const Sides& s) {
  LevelVerdict l = named(c, *s.hotfix, "qfe");
  l.status = Standing::claimed;
  l.why = kb_text(l.kb) + " is the newest update of the monthly line in the hotfix list";
  if (!s.kernel) return l;
  const auto* too_new = s.too_new;
  if (too_new != nullptr && s.hotfix->released >= too_new->released) {
    l.status = Standing::contradicted;
    l.why = fmt::format("the hotfix list names {} ({}), but the kernel {} is older than that of {}", kb_text(l.kb), l.month.month_text(),
                        s.kernel->version.text(), too_new->released.month_text());
  } else if (s.kernel->from != KernelSource::booted) {
    l.status = Standing::proven;
    l.why += " and the kernel agrees";
    l.evidence.push_back(s.kernel->where);
  }
  return l;
}

/// Build against list where no kernel version was read: 6002 cannot have an update that brings 6003.
void against_build(const catalog::Update& update, const model::BuildVerdict& build, LevelVerdict& l) {
  const auto* u = &update;
  if (!build.number || l.status != Standing::claimed || l.how != std::string_view("qfe")) return;
  if (u->version && u->version->build > *build.number) {
    l.status = Standing::contradicted;
    l.why = fmt::format("the hotfix list names {}, which brings build {}, but the machine says {}", kb_text(l.kb), u->version->build,
                        *build.number);
  }
}

std::string why_unknown(const Case& c, const model::Verdict& v, const Sides& s) {
  if (!v.build.number) return "the build is not known";
  if (!v.product_known)
    return fmt::format("the catalog has no monthly line for Windows NT {}",
                       c.facts.identity.nt_version.empty() ? "?" : c.facts.identity.nt_version);
  if (s.kernel) return s.by_kernel.why;
  if (c.packages) return "no package of the monthly line is in place, and no kernel version was read";
  return "neither a kernel version nor a package or hotfix list was read that names an update of the monthly line";
}

Sides sides_of(const Case& c, const model::Verdict& verdict) {
  Sides s;
  if (!verdict.product_known || c.view == nullptr) return s;
  s.kernel = c.kernel.kernel;
  s.by_kernel = c.kernel.match;
  s.too_new = c.kernel.too_new;
  s.package = newest_package(c);
  s.hotfix = newest_hotfix(c);
  return s;
}

}  // namespace

void judge_level(const Case& c, model::Verdict& verdict) {
  const Sides s = sides_of(c, verdict);
  if (s.package != nullptr && s.kernel) {
    verdict.level = both(c, s);
  } else if (s.package != nullptr) {
    verdict.level = named(c, *s.package, "cbs");
    verdict.level->status = Standing::claimed;
    verdict.level->why = "the component store says so; no kernel version was read";
  } else if (s.hotfix != nullptr && !(s.by_kernel.month && months_between(s.hotfix->released, *s.by_kernel.month) > 0)) {
    verdict.level = listed(c, s);
    against_build(*s.hotfix, verdict.build, *verdict.level);
  } else if (s.by_kernel.month) {
    verdict.level = by_kernel(s);
    if (c.packages) {
      verdict.level->status = Standing::contradicted;
      verdict.level->why = fmt::format("the kernel {} is of {} or later, but no package of the monthly line is in place",
                                       s.kernel->version.text(), verdict.level->month.month_text());
    }
  } else {
    verdict.level_unknown_why = why_unknown(c, verdict, s);
  }
}

}  // namespace tq::judge
