#include "plan/fit.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tq::plan {
namespace {

/// A machine without SHA-2 support can check SHA-1 signatures only; so a file that also carries one still passes.
Fit signature(const Medium& m, const State& s) {
  if (m.broken) return {Tri::no, "its signature does not fit: Windows refuses it"};
  if (m.digest_algorithm.empty() || m.digest_algorithm == "SHA1" || m.digest_algorithm == "MD5") return {Tri::yes, {}};
  if (s.sha2 == Tri::yes) return {Tri::yes, {}};
  if (m.second_signature) return {Tri::unknown, "it has two signatures: whether one of them is SHA-1 was not checked"};
  if (s.sha2 == Tri::no) return {Tri::no, fmt::format("it is signed with {} and the machine has no SHA-2 support", m.digest_algorithm)};
  return {Tri::unknown, fmt::format("it is signed with {}, and whether the machine has SHA-2 support is not known", m.digest_algorithm)};
}

/// yes when each group of requirements has one that is in place; no when a group has none for certain.
Fit requirements(const catalog::Update& u, const Presence& presence, const catalog::Catalog& catalog) {
  Fit f{Tri::yes, {}};
  for (const auto& group : u.requirements) {
    Tri best = Tri::no;
    for (const std::uint32_t kb : group) {
      const auto r = catalog.find_kb(kb);
      const Tri there = r ? presence.of(*r) : Tri::unknown;
      if (there == Tri::yes) best = Tri::yes;
      if (there == Tri::unknown && best == Tri::no) best = Tri::unknown;
    }
    if (best == Tri::no) return {Tri::no, fmt::format("it needs {} first", kb_text(group[0]))};
    if (best == Tri::unknown) f = {Tri::unknown, fmt::format("whether {}, which it needs, is in place is not known", kb_text(group[0]))};
  }
  return f;
}

}  // namespace

Fit fit(const Medium& m, const State& s, const catalog::Catalog& catalog) {
  if (!m.nt_version.empty() && !s.nt_version.empty() && m.nt_version != s.nt_version)
    return {Tri::no, fmt::format("it is for Windows NT {}, the machine is NT {}", m.nt_version, s.nt_version)};
  if (!m.arch.empty() && !s.arch.empty() && m.arch != s.arch)
    return {Tri::no, fmt::format("it is for {}, the machine is {}", m.arch, s.arch)};
  auto signed_well = signature(m, s);
  if (signed_well.installable == Tri::no) return signed_well;
  const auto u = m.kb != 0 ? catalog.find_kb(m.kb) : std::nullopt;
  if (!u) return {Tri::unknown, "the catalog does not know this update"};
  if (!s.nt_version.empty() && !u->is_for(s.nt_version)) return {Tri::no, "the update was made for another Windows"};
  if (!made_for(*u, s)) return {Tri::no, fmt::format("the update was not made for {}", s.arch)};
  const Presence presence(s, catalog);
  if (presence.of(*u) == Tri::yes) return {Tri::no, "it is in place, or covered by what is"};
  if (s.product_class == catalog::ProductClass::client && u->esu_required)
    return {Tri::no, "Extended Security Updates exist for servers only"};
  auto needs = requirements(*u, presence, catalog);
  if (needs.installable == Tri::no) return needs;
  if (s.restart_pending == Tri::yes && is_groundwork(u->kind)) return {Tri::no, "a restart is pending"};
  if (needs.installable == Tri::unknown) return needs;
  if (signed_well.installable == Tri::unknown) return signed_well;
  if (s.arch.empty() || m.arch.empty()) return {Tri::unknown, "the processor of the file or of the machine is not known"};
  if (u->esu_required && s.licensed != Tri::yes)
    return {s.licensed == Tri::no ? Tri::no : Tri::unknown,
            fmt::format("it needs a licence for ESU year {}, {}", u->esu_year,
                        s.licensed == Tri::no ? "which is not there" : "and whether one is active only the running machine can say")};
  return {Tri::yes, "processor, signature and prerequisites fit"};
}

}  // namespace tq::plan
