// Which .NET Frameworks are installed, and which of their updates Windows Installer registered: those never appear among
// the packages or in a hotfix list.
#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/file_version.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

const std::string kNdp = "Microsoft\\NET Framework Setup\\NDP";

struct Release {
  std::uint32_t least;
  const char* version;
};
// The `Release` value of NDP\v4\Full: each version starts at the lowest number that any edition of Windows shows for it.
// Microsoft: "How to: Determine which .NET Framework versions are installed".
constexpr Release kReleases[] = {{528040, "4.8"},   {461808, "4.7.2"}, {461308, "4.7.1"}, {460798, "4.7"},   {394802, "4.6.2"},
                                 {394254, "4.6.1"}, {393295, "4.6"},   {379893, "4.5.2"}, {378675, "4.5.1"}, {378389, "4.5"}};

/// 2.0 to 3.5 write Install, SP and Version beside each other.
void classic(const target::Registry& reg, model::Facts& facts, const char* key, const char* version) {
  const std::string path = kNdp + "\\" + key;
  const target::Certainty sure(reg);
  auto installed = reg.dword(path, "Install");
  // 3.0 as a feature of Windows writes InstallSuccess below Setup instead.
  if (!installed) installed = reg.dword(path + "\\Setup", "InstallSuccess");
  if (!installed || *installed != 1) return;
  const auto sp = reg.dword(path, "SP").value_or(0);
  if (!sure.holds()) return;  // which service pack, then, is not known
  facts.software.push_back({"dotnet", sp == 0 ? std::string(version) : std::string(version) + " SP" + std::to_string(sp),
                            reg.text(path, "Version").value_or(""), reg.cite(path, "Install")});
}

void v4(const target::Registry& reg, model::Facts& facts) {
  const std::string full = kNdp + "\\v4\\Full", client = kNdp + "\\v4\\Client";
  const target::Certainty sure(reg);
  const std::string& path = reg.dword(full, "Install").value_or(0) == 1 ? full : client;
  if (reg.dword(path, "Install").value_or(0) != 1) return;
  const std::string says = reg.text(path, "Version").value_or("");
  const auto release = reg.dword(path, "Release");
  if (!sure.holds()) return;
  if (!release) {  // 4.0 has no such value
    facts.software.push_back({"dotnet", "4.0", says, reg.cite(path, "Install")});
    return;
  }
  for (const Release& r : kReleases) {
    if (*release < r.least) continue;
    facts.software.push_back({"dotnet", r.version, says + " (Release " + std::to_string(*release) + ")", reg.cite(path, "Release")});
    return;
  }
}

/// Updates\<product>\KB<n>: what Windows Installer patched. On x64 the 32-bit view holds some of them.
void msi_updates(const target::Registry& reg, model::Facts& facts) {
  const target::Certainty sure(reg);
  bool whole = reg.has_key(kCurrentVersion);
  for (const char* root : {"Microsoft\\Updates", "Wow6432Node\\Microsoft\\Updates"}) {
    const auto products = reg.subkeys(root);
    whole = whole && reg.whole(root);
    if (!products) continue;
    for (const auto& product : *products) {
      const std::string path = std::string(root) + "\\" + product, below = path + "\\";
      whole = whole && reg.whole(path);
      for (const auto& name : reg.subkeys(path).value_or(std::vector<std::string>{})) {
        const auto kb = parse_kb(name);
        if (!kb) continue;
        const std::string key = below + name;
        const target::Certainty known(reg);
        const bool installed = iequals(reg.text(key, "ThisVersionInstalled").value_or("Y"), "Y");
        if (known.holds()) facts.hotfixes.push_back({*kb, "msi_updates", {}, installed, reg.cite(key, "ThisVersionInstalled")});
      }
    }
  }
  if (whole && sure.holds()) facts.msi_updates_read = model::Tri::yes;
}

void collect_dotnet(const target::Source& source, model::Facts& facts) {
  if (const auto* reg = source.registry("SOFTWARE")) {
    const target::Certainty sure(*reg);
    classic(*reg, facts, "v2.0.50727", "2.0");
    classic(*reg, facts, "v3.0", "3.0");
    classic(*reg, facts, "v3.5", "3.5");
    v4(*reg, facts);
    if (reg->has_key(kCurrentVersion) && sure.holds()) facts.dotnet_read = model::Tri::yes;
    msi_updates(*reg, facts);
  }
  if (!source.tree) return;
  for (const char* framework : {"microsoft.net/framework/", "microsoft.net/framework64/"})
    for (const char* file : {"v2.0.50727/mscorwks.dll", "v2.0.50727/mscorlib.dll", "v4.0.30319/clr.dll", "v4.0.30319/mscorlib.dll"})
      add_file(source, std::string(framework) + file, facts);
}

}  // namespace

extern const Collector dotnet;
const Collector dotnet{"dotnet", collect_dotnet};

}  // namespace tq::evidence
