#include "target/support/evidence_names.hpp"

#include <string>

#include "core/path.hpp"
#include "core/text.hpp"

namespace tq::target {
namespace {

bool is_hive_or_log(std::string_view name) {
  for (std::string_view hive : {"software", "system", "components"})
    if (name == hive || name == std::string(hive) + ".log" || name == std::string(hive) + ".log1" || name == std::string(hive) + ".log2")
      return true;
  return false;
}

bool is_program(std::string_view name) {
  for (std::string_view p : {"ntoskrnl.exe", "ntkrnlpa.exe", "win32k.sys", "hal.dll", "ntdll.dll", "kernel32.dll", "wuaueng.dll"})
    if (name == p) return true;
  return false;
}

}  // namespace

bool is_evidence(std::string_view path) {
  const std::string lower = lower_ascii(path);
  const std::string_view name = last_component(lower);
  if (is_hive_or_log(name)) return true;
  if (lower.find("system32/") != std::string::npos && is_program(name)) return true;
  return name == "pending.xml" || name == "reportingevents.log" || name == "windowsupdate.log" ||
         lower.find("logs/cbs/") != std::string::npos;
}

}  // namespace tq::target
