// Microsoft's server software whose support has days of its own: SQL Server by instance, IIS, PowerShell.
#include <fmt/format.h>

#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

using target::Registry;

/// "10.50 SP3" from "10.53.6000.34": the second number counts service packs, and 2008 R2 starts its count at 50.
std::string sql_version(const std::string& says) {
  const auto dot = says.find('.');
  const auto second = says.find('.', dot == std::string::npos ? dot : dot + 1);
  std::uint64_t major = 0, minor = 0;
  if (second == std::string::npos || !parse_u64(says.substr(0, dot), major) || !parse_u64(says.substr(dot + 1, second - dot - 1), minor))
    return {};
  constexpr std::uint64_t kR2 = 50;
  const bool r2 = major == 10 && minor >= kR2;
  const std::uint64_t pack = r2 ? minor - kR2 : minor;
  return fmt::format("{}.{}{}", major, r2 ? "50" : "0", pack == 0 ? std::string() : fmt::format(" SP{}", pack));
}

void add_instance(const Registry& reg, const std::string& root, const std::string& instance, const std::string& id, model::Facts& facts) {
  const std::string setup = root + "\\" + id + "\\Setup";
  const auto version = reg.text(setup, "Version");
  if (!version) return;
  const std::string line = sql_version(*version);
  const std::string edition = reg.text(setup, "Edition").value_or("");
  facts.software.push_back({"sql_server", line,
                            fmt::format("instance {}, {}{}{}", instance, *version, edition.empty() ? "" : ", ", edition),
                            reg.cite(setup, "Version")});
}

void sql_server(const Registry& reg, model::Facts& facts) {
  for (const char* view : {"", "Wow6432Node\\"}) {
    const std::string root = std::string(view) + "Microsoft\\Microsoft SQL Server";
    const std::string names = root + "\\Instance Names\\SQL";
    for (const auto& instance : reg.value_names(names).value_or(std::vector<std::string>{}))
      if (const auto id = reg.text(names, instance)) add_instance(reg, root, instance, *id, facts);
  }
}

void iis(const Registry& reg, model::Facts& facts) {
  const std::string key = "Microsoft\\InetStp";
  const auto major = reg.dword(key, "MajorVersion"), minor = reg.dword(key, "MinorVersion");
  if (major && minor)
    facts.software.push_back(
        {"iis", fmt::format("{}.{}", *major, *minor), reg.text(key, "VersionString").value_or(""), reg.cite(key, "MajorVersion")});
}

/// Engine 3 is that of version 3 and later; where both are there the newer one says more.
void powershell(const Registry& reg, model::Facts& facts) {
  for (const char* engine : {"3", "1"}) {
    const std::string key = fmt::format("Microsoft\\PowerShell\\{}\\PowerShellEngine", engine);
    const auto version = reg.text(key, "PowerShellVersion");
    if (!version) continue;
    facts.software.push_back({"powershell", *version, *version, reg.cite(key, "PowerShellVersion")});
    return;
  }
}

void collect_server_software(const target::Source& source, model::Facts& facts) {
  const auto* reg = source.registry("SOFTWARE");
  if (reg == nullptr) return;
  const target::Certainty sure(*reg);
  sql_server(*reg, facts);
  iis(*reg, facts);
  powershell(*reg, facts);
  if (reg->has_key(kCurrentVersion) && sure.holds()) facts.server_software_read = model::Tri::yes;
}

}  // namespace

extern const Collector server_software;
const Collector server_software{"server_software", collect_server_software};

}  // namespace tq::evidence
