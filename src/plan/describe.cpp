// The sentences that every form of a plan shares.
#include <fmt/format.h>

#include "plan/render.hpp"

namespace tq::plan {
namespace {

std::string build_text(const BuildAfter& b, const std::string& nt_version) {
  std::string s = fmt::format("{}.{}", nt_version, b.build);
  if (b.revision) s += fmt::format(".{}", *b.revision);
  if (b.basis == "fixed_build") s += " or a few revisions below (Microsoft's FixedBuild, not a measured kernel)";
  if (b.basis == "other_file") s += " (the kernel of this month was not changed)";
  return s;
}

std::string list(const std::vector<std::uint32_t>& kbs) {
  std::string s;
  for (const auto kb : kbs) s += (s.empty() ? "" : ", ") + kb_text(kb);
  return s;
}

}  // namespace

StepText describe(const Step& s) {
  StepText t;
  t.what = s.kb != 0 ? fmt::format("{} - {}", kb_text(s.kb), s.title) : s.title;
  if (s.kb != 0 && s.released.known()) t.what += fmt::format(" ({})", s.released.text());
  if (!s.condition.empty()) t.details.push_back(s.condition);
  if (!s.why.empty()) t.details.push_back("why: " + s.why);
  if (!s.requirements.empty()) t.details.push_back("needs: " + list(s.requirements));
  if (s.raises_build_to) t.details.push_back(fmt::format("raises the build number to {}", *s.raises_build_to));
  if (s.build_after && s.kb != 0 && s.build_after->basis != "now")
    t.details.push_back("build afterwards: " + build_text(*s.build_after, "6.0"));
  if (!s.approval.empty()) t.details.push_back("approval: " + s.approval + (s.approval_note.empty() ? "" : " (" + s.approval_note + ")"));
  return t;
}

std::string describe(const State& s) {
  std::string out = s.product.empty() ? "unknown product" : s.product;
  if (!s.arch.empty()) out += ", " + s.arch;
  if (s.service_pack) out += fmt::format(", Service Pack {}", *s.service_pack);
  if (!s.build) return out + ", build unknown";
  out += fmt::format(", build {}.{}", s.nt_version, *s.build);
  if (s.revision) out += fmt::format(".{}", *s.revision);
  return out;
}

}  // namespace tq::plan
