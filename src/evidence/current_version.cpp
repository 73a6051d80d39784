// SOFTWARE\Microsoft\Windows NT\CurrentVersion: what the last booted kernel wrote about itself. One witness, however many values.
#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

std::optional<std::uint32_t> leading_number(std::string_view s) {
  std::uint64_t n = 0;
  const auto digits = s.substr(0, s.find_first_not_of("0123456789"));
  if (!parse_u64(digits, n) || n > 0xFFFFFFFF) return std::nullopt;
  return static_cast<std::uint32_t>(n);
}

/// BuildLabEx is "6003.20489.amd64fre.vistasp2_ldr_escrow.190320-1700"; BuildLab lacks the revision.
std::optional<std::uint32_t> lab_revision(std::string_view lab) {
  const auto dot = lab.find('.');
  return dot == std::string_view::npos ? std::nullopt : leading_number(lab.substr(dot + 1));
}

std::string lab_arch(std::string_view lab) {
  for (const char* a : {"amd64", "x86", "ia64", "arm64"})
    if (ifind(lab, std::string(".") + a + "fre") != std::string_view::npos ||
        ifind(lab, std::string(".") + a + "chk") != std::string_view::npos)
      return arch_word(a);
  return {};
}

void witness(const target::Registry& reg, model::Facts& facts, const char* name, bool with_revision, bool older) {
  const auto v = reg.value(kCurrentVersion, name);
  if (!v) return;
  const auto t = v->text();
  if (!t) {
    cover(facts, std::string("registry.") + name, model::CoverageStatus::failed,
          "the value is not text (type " + std::to_string(v->type) + ")");
    return;
  }
  model::BuildWitness w;
  w.source = std::string(older ? "registry.RegBack." : "registry.") + name;
  w.says = *t;
  w.where = v->where;
  w.build = leading_number(*t);
  if (with_revision) w.revision = lab_revision(*t);
  w.older = older;
  facts.build_witnesses.push_back(std::move(w));
}

void build_values(const target::Registry& reg, model::Facts& facts, bool older) {
  witness(reg, facts, "CurrentBuildNumber", false, older);
  witness(reg, facts, "CurrentBuild", false, older);
  witness(reg, facts, "BuildLab", false, older);
  witness(reg, facts, "BuildLabEx", true, older);
}

/// Windows 10 and later keep their version in numbers and freeze CurrentVersion at 6.3.
std::string nt_version(const target::Registry& reg) {
  const auto major = reg.dword(kCurrentVersion, "CurrentMajorVersionNumber");
  const auto minor = reg.dword(kCurrentVersion, "CurrentMinorVersionNumber");
  if (major && minor) return std::to_string(*major) + "." + std::to_string(*minor);
  return reg.text(kCurrentVersion, "CurrentVersion").value_or("");
}

std::optional<int> service_pack(const std::string& csd) {
  constexpr std::string_view kPrefix = "Service Pack ";
  if (!istarts_with(csd, kPrefix)) return std::nullopt;
  const auto n = leading_number(std::string_view(csd).substr(kPrefix.size()));
  return n && *n < 100 ? std::optional<int>(static_cast<int>(*n)) : std::nullopt;
}

void identity(const target::Registry& reg, model::Facts& facts) {
  auto& id = facts.identity;
  id.product = reg.text(kCurrentVersion, "ProductName").value_or("");
  id.nt_version = nt_version(reg);
  id.edition = reg.text(kCurrentVersion, "EditionID").value_or("");
  const target::Certainty sure(reg);
  if (const auto csd = reg.value(kCurrentVersion, "CSDVersion")) {
    if (const auto t = csd->text()) {
      facts.readings.push_back({"CSDVersion", *t, csd->where});
      id.service_pack = service_pack(*t);
    }
  } else if (sure.whole(kCurrentVersion) && reg.value(kCurrentVersion, "CurrentBuildNumber")) {
    id.service_pack = 0;  // the value is deleted on a release version; its hive was read
  }
  // InstallDate is a 32-bit count of seconds: itself a field that ends in 2038.
  if (const auto d = reg.dword(kCurrentVersion, "InstallDate")) id.install_date = FileTime::from_unix(*d).text();
  for (const char* name : {"ProductName", "EditionID", "InstallationType", "BuildLab", "BuildLabEx", "CurrentVersion"})
    read_text(reg, facts, kCurrentVersion, name, name);
  const std::string core = reading(facts, "InstallationType");
  if (!core.empty()) id.server_core = istarts_with(core, "Server Core") ? model::Tri::yes : model::Tri::no;
  if (id.arch.empty()) id.arch = lab_arch(reading(facts, "BuildLabEx"));
}

void collect_current_version(const target::Source& source, model::Facts& facts) {
  if (const auto* old = source.registry("SOFTWARE", true)) build_values(*old, facts, true);
  const auto* reg = source.registry("SOFTWARE");
  if (reg == nullptr) return;
  if (!reg->has_key(kCurrentVersion)) {
    cover(facts, "registry.CurrentVersion", model::CoverageStatus::absent, reg->cite(kCurrentVersion, ""));
    return;
  }
  build_values(*reg, facts, false);
  identity(*reg, facts);
  // UBR exists from Windows 10 on (and on patched 7 to 8.1); NT 6.0 has none and none is required.
  if (const auto ubr = reg->value(kCurrentVersion, "UBR"); ubr && ubr->dword()) {
    facts.readings.push_back({"UBR", std::to_string(*ubr->dword()), ubr->where});
    if (!facts.build_witnesses.empty() && facts.identity.nt_version != "6.0") {
      model::BuildWitness w;
      w.source = "registry.UBR";
      w.says = std::to_string(*ubr->dword());
      w.where = ubr->where;
      w.revision = ubr->dword();
      facts.build_witnesses.push_back(std::move(w));
    }
  }
}

}  // namespace

extern const Collector current_version;
const Collector current_version{"current_version", collect_current_version};

}  // namespace tq::evidence
