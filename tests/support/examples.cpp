#include "tests/support/examples.hpp"

namespace tq::test {
namespace {

void add(FileMap& all, const std::string& folder, const FileMap& files) {
  for (const auto& [path, content] : files)
    if (!path.ends_with("/.keep") || path.find("servicing/Version") != std::string::npos ||
        path.find("servicingstack") != std::string::npos)
      all[folder + "/" + path] = content;
}

constexpr std::uint32_t kInstalled = 7;  // the low encoding, as NT 6.0 writes it

FileMap unpatched() {
  MachineBuilder m;
  m.name("BAGGAGE-07").stack("6.0.6002.18005");
  return m.build();
}

FileMap patched() {
  MachineBuilder m;
  m.name("INFUSION-DB")
      .registry_build("6003", "vistasp2_ldr_escrow.251211-1611")
      .kernel({6, 0, 6003, 23717})
      .neighbours({6, 0, 6003, 23717});
  m.package(4493730, kInstalled).package(4474419, kInstalled, "6.0.4.0").package(5016891, kInstalled).package(5073697, kInstalled);
  m.stack("6.0.6003.20484").stack("6.0.6003.22715");
  return m.build();
}

FileMap contradicted() {
  MachineBuilder m;
  m.name("PLANT-CTRL-2")
      .registry_build("6003", "vistasp2_ldr_escrow.190320-1700")
      .kernel({6, 0, 6002, 24520})
      .neighbours({6, 0, 6002, 19680});
  m.stack("6.0.6003.20484").package(4493730, kInstalled).package(4463097, kInstalled);
  return m.build();
}

}  // namespace

FileMap examples() {
  FileMap all;
  add(all, "server2008-6002", unpatched());
  add(all, "server2008-6003-patched", patched());
  add(all, "server2008-contradicted", contradicted());
  all["systeminfo-6003.txt"] =
      bytes_from(systeminfo_text("GATE-B12", "6.0.6003", "Service Pack 2 Build 6003", {948465, 4474419, 4493471, 4493730}));
  return all;
}

}  // namespace tq::test
