#include "tests/support/machine_builder.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "tests/support/pe_builder.hpp"

namespace tq::test {
namespace {

namespace pe = format::pe;

const std::string kCurrentVersion = "Microsoft\\Windows NT\\CurrentVersion";
const std::string kCbs = "Microsoft\\Windows\\CurrentVersion\\Component Based Servicing";

const char* arch_of_packages(pe::Machine m) { return m == pe::Machine::x64 ? "amd64" : m == pe::Machine::ia64 ? "ia64" : "x86"; }

std::string identity(std::uint32_t kb, pe::Machine m, const std::string& version) {
  return fmt::format("Package_for_KB{}~31bf3856ad364e35~{}~~{}", kb, arch_of_packages(m), version);
}

std::string manifest(std::uint32_t kb, pe::Machine m, const std::string& version) {
  return fmt::format(R"(<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0">
  <assemblyIdentity name="Package_for_KB{0}" version="{2}" language="neutral" processorArchitecture="{1}" publicKeyToken="31bf3856ad364e35"/>
  <package identifier="KB{0}" releaseType="Security Update"/>
</assembly>
)",
                     kb, arch_of_packages(m), version);
}

std::vector<std::byte> program(pe::Machine m, FileVersion v) {
  return PeBuilder().machine(m).version(v).string("FileVersion", v.text()).string("CompanyName", "Microsoft Corporation").build();
}

struct Folders {
  std::vector<std::string> made;
  ~Folders() {
    std::error_code ignored;
    for (const auto& f : made) std::filesystem::remove_all(f, ignored);
  }
};

}  // namespace

MachineBuilder::MachineBuilder() {
  software_.key(kCbs + "\\Packages");
  components_.key("DerivedData\\Components").key("CanonicalData\\Deployments");
}

MachineBuilder& MachineBuilder::package(std::uint32_t kb, std::uint32_t state, const std::string& version, bool files) {
  const std::string id = identity(kb, machine_, version);
  software_.dword(kCbs + "\\Packages\\" + id, "CurrentState", state)
      .dword(kCbs + "\\Packages\\" + id, "Visibility", 1)
      .sz(kCbs + "\\Packages\\" + id, "InstallName", id + ".mum");
  if (!files) return *this;
  extra_["Windows/servicing/Packages/" + id + ".mum"] = bytes_from(manifest(kb, machine_, version));
  extra_["Windows/servicing/Packages/" + id + ".cat"] = bytes_from("0");
  return *this;
}

MachineBuilder& MachineBuilder::internet_explorer(const std::string& version) {
  const std::string key = "Microsoft\\Internet Explorer";
  const bool ten = version.starts_with("1");
  software_.sz(key, "Version", ten ? "9." + version : version);
  if (ten) software_.sz(key, "svcVersion", version);
  return *this;
}

MachineBuilder& MachineBuilder::dotnet(const std::string& key, std::uint32_t service_pack, std::uint32_t release) {
  const std::string path = "Microsoft\\NET Framework Setup\\NDP\\" + key;
  software_.dword(path, "Install", 1).sz(path, "Version", "as built");
  if (service_pack != 0) software_.dword(path, "SP", service_pack);
  if (release != 0) software_.dword(path, "Release", release);
  return *this;
}

MachineBuilder& MachineBuilder::msi_update(const std::string& product, std::uint32_t kb) {
  software_.sz(fmt::format("Microsoft\\Updates\\{}\\KB{}", product, kb), "ThisVersionInstalled", "Y");
  return *this;
}

MachineBuilder& MachineBuilder::winner(const std::string& component, FileVersion v) {
  const std::string name = fmt::format("{}_{}_31bf3856ad364e35_none_ca56670fcac29ca9", arch_of_packages(machine_), component);
  software_.sz(fmt::format("Microsoft\\Windows\\CurrentVersion\\SideBySide\\Winners\\{}\\{}.{}", name, v.major, v.minor), "", v.text());
  return *this;
}

MachineBuilder& MachineBuilder::program_file(const std::string& below_windows, FileVersion v) {
  extra_["Windows/" + below_windows] = program(machine_, v);
  return *this;
}

void MachineBuilder::write_software() {
  software_.sz(kCurrentVersion, "CurrentVersion", "6.0")
      .sz(kCurrentVersion, "ProductName", product_)
      .sz(kCurrentVersion, "EditionID", edition_);
  software_.sz(kCurrentVersion, "CurrentBuild", build_)
      .sz(kCurrentVersion, "CurrentBuildNumber", build_)
      .sz(kCurrentVersion, "BuildLab", build_ + "." + lab_);
  software_.dword(kCurrentVersion, "InstallDate", 1247616000);
  if (service_pack_ > 0) software_.sz(kCurrentVersion, "CSDVersion", fmt::format("Service Pack {}", service_pack_));
}

void MachineBuilder::write_system() {
  const std::string control = "ControlSet001\\Control";
  system_.dword("Select", "Current", 1).dword("Select", "Default", 1).dword("Select", "LastKnownGood", 1).dword("Select", "Failed", 0);
  system_.sz(control + "\\ComputerName\\ComputerName", "ComputerName", name_).sz(control + "\\ProductOptions", "ProductType", type_);
  system_.dword(control + "\\Windows", "CSDVersion", static_cast<std::uint32_t>(service_pack_) << 8)
      .dword(control + "\\Windows", "CSDBuildNumber", 1621);
  const char* env = machine_ == pe::Machine::x64 ? "AMD64" : machine_ == pe::Machine::ia64 ? "IA64" : "x86";
  system_.sz(control + "\\Session Manager\\Environment", "PROCESSOR_ARCHITECTURE", env);
}

FileMap MachineBuilder::build() {
  write_software();
  write_system();
  FileMap f = extra_;
  const std::string config = "Windows/System32/config/";
  f[config + "SOFTWARE"] = software_.build();
  f[config + "SYSTEM"] = system_.build();
  f[config + "COMPONENTS"] = components_.build();
  f["Windows/servicing/Packages/.keep"] = {};
  f["Windows/WinSxS/.keep"] = {};
  if (has_kernel_) {
    const FileVersion around = neighbours_.value_or(kernel_);
    f["Windows/System32/ntoskrnl.exe"] = program(machine_, kernel_);
    if (machine_ == pe::Machine::x86) f["Windows/System32/ntkrnlpa.exe"] = program(machine_, kernel_);
    for (const char* n : {"win32k.sys", "hal.dll", "ntdll.dll", "kernel32.dll"})
      f[std::string("Windows/System32/") + n] = program(machine_, around);
  }
  for (const auto& s : stacks_) {
    f["Windows/servicing/Version/" + s + "/.keep"] = {};
    f[fmt::format("Windows/WinSxS/{}_microsoft-windows-servicingstack_31bf3856ad364e35_{}_none_0/.keep", arch_of_packages(machine_), s)] =
        {};
  }
  if (pending_) f["Windows/WinSxS/pending.xml"] = bytes_from("<POQ><MoveFile source=\"a\" destination=\"b\"/></POQ>");
  return f;
}

void write_files(const FileMap& files, const std::string& folder) {
  for (const auto& [path, content] : files) {
    const std::filesystem::path p = std::filesystem::path(folder) / path;
    std::filesystem::create_directories(p.parent_path());
    std::ofstream out(p, std::ios::binary);
    out.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
    if (!out) throw std::runtime_error("cannot write " + p.string());
  }
}

std::string temporary_folder() {
  static Folders folders;
  std::string name = (std::filesystem::temp_directory_path() / "tq-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  folders.made.push_back(name);
  return name;
}

std::vector<std::byte> bytes_from(std::string_view s) {
  const auto b = std::as_bytes(std::span(s.data(), s.size()));
  return {b.begin(), b.end()};
}

std::string systeminfo_text(const std::string& host, const std::string& version, const std::string& pack_and_build,
                            const std::vector<std::uint32_t>& kbs) {
  std::string s = fmt::format(
      "\r\nHost Name:                 {}\r\nOS Name:                   Microsoftr Windows Serverr 2008 Standard \r\n"
      "OS Version:                {} {}\r\nOS Manufacturer:           Microsoft Corporation\r\nOS Configuration:          Standalone "
      "Server\r\n"
      "OS Build Type:             Multiprocessor Free\r\nSystem Type:               x64-based PC\r\n"
      "Hotfix(s):                 {} Hotfix(s) Installed.\r\n",
      host, version, pack_and_build, kbs.size());
  for (std::size_t i = 0; i < kbs.size(); ++i) s += fmt::format("                           [{:02}]: KB{}\r\n", i + 1, kbs[i]);
  return s + "Network Card(s):           N/A\r\n";
}

}  // namespace tq::test
