// Composes whole machines from real bytes: hives, kernels, servicing folders. Base of the examples and of the whole-program tests.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "core/version.hpp"
#include "format/pe/pe.hpp"
#include "tests/support/hive_builder.hpp"

namespace tq::test {

/// Path below the root ("Windows/System32/ntoskrnl.exe") -> bytes.
using FileMap = std::map<std::string, std::vector<std::byte>>;

/// A Windows Server 2008 SP2 machine. The defaults are a healthy x64 Standard server at build 6002 without updates.
class MachineBuilder {
 public:
  MachineBuilder();
  MachineBuilder& name(std::string n) { return name_ = std::move(n), *this; }
  MachineBuilder& arch(format::pe::Machine m) { return machine_ = m, *this; }
  MachineBuilder& product(std::string name, std::string type) { return product_ = std::move(name), type_ = std::move(type), *this; }
  MachineBuilder& edition(std::string e) { return edition_ = std::move(e), *this; }
  /// What the registry says (CurrentBuildNumber, CurrentBuild, BuildLab); `lab` is the rest of BuildLab.
  MachineBuilder& registry_build(std::string build, std::string lab) { return build_ = std::move(build), lab_ = std::move(lab), *this; }
  /// What the kernel file says.
  MachineBuilder& kernel(FileVersion v) { return kernel_ = v, *this; }
  MachineBuilder& no_kernel() { return has_kernel_ = false, *this; }
  /// Version of hal.dll, win32k.sys, ntdll.dll and kernel32.dll; by default that of the kernel.
  MachineBuilder& neighbours(FileVersion v) { return neighbours_ = v, *this; }
  /// A package of an update with its state in either encoding, and its .mum and .cat.
  MachineBuilder& package(std::uint32_t kb, std::uint32_t state, const std::string& version = "6.0.1.0", bool files = true);
  MachineBuilder& stack(const std::string& version) { return stacks_.push_back(version), *this; }
  MachineBuilder& service_pack(int n) { return service_pack_ = n, *this; }
  MachineBuilder& pending_xml() { return pending_ = true, *this; }
  /// Internet Explorer as its key names it; 10 and later write svcVersion.
  MachineBuilder& internet_explorer(const std::string& version);
  /// A .NET Framework by its key below NDP: ("v2.0.50727", 2, 0), ("v4\\Full", 0, 394802).
  MachineBuilder& dotnet(const std::string& key, std::uint32_t service_pack, std::uint32_t release);
  /// An update that Windows Installer registered (.NET 4.x).
  MachineBuilder& msi_update(const std::string& product, std::uint32_t kb);
  /// The version of a component that is in use, as SideBySide\Winners keeps it.
  MachineBuilder& winner(const std::string& component, FileVersion v);
  /// A program below the Windows folder ("System32/drivers/tcpip.sys") with this version.
  MachineBuilder& program_file(const std::string& below_windows, FileVersion v);
  /// The hives themselves, for what has no word of its own here.
  HiveBuilder& software() { return software_; }
  HiveBuilder& system() { return system_; }
  HiveBuilder& components() { return components_; }
  MachineBuilder& file(std::string path, std::vector<std::byte> content) { return extra_[std::move(path)] = std::move(content), *this; }

  /// The files of the machine. Also brings software() and system() up to date, for tests that change them further.
  FileMap build();

 private:
  void write_software();
  void write_system();
  HiveBuilder software_{"SOFTWARE"}, system_{"SYSTEM"}, components_{"COMPONENTS"};
  std::string name_ = "TESTSRV", product_ = "Windows Server (R) 2008 Standard", type_ = "ServerNT", edition_ = "ServerStandard";
  std::string build_ = "6002", lab_ = "lh_sp2rtm.090410-1830";
  format::pe::Machine machine_ = format::pe::Machine::x64;
  FileVersion kernel_{6, 0, 6002, 18005};
  std::optional<FileVersion> neighbours_;
  bool has_kernel_ = true, pending_ = false;
  int service_pack_ = 2;
  std::vector<std::string> stacks_;
  FileMap extra_;
};

/// Writes the files below `folder`, making folders as needed.
void write_files(const FileMap& files, const std::string& folder);
/// A new empty folder below the system's temporary one; removed at the end of the program.
std::string temporary_folder();
std::vector<std::byte> bytes_from(std::string_view s);
/// The text of systeminfo for a machine; hotfixes as KB numbers.
std::string systeminfo_text(const std::string& host, const std::string& version, const std::string& pack_and_build,
                            const std::vector<std::uint32_t>& kbs);

}  // namespace tq::test
