// The imported functions that tell the version or the time, and those that find others by name.
#include <algorithm>
#include <string_view>

#include "analysis/functions.hpp"
#include "analysis/name_list.hpp"

namespace tq::analysis {
namespace {

constexpr std::string_view kVersionSources[] = {
    "PsGetVersion",
    "RtlGetVersion",
    "GetVersion",
    "GetVersionExA",
    "GetVersionExW",
    "RtlVerifyVersionInfo",
    "VerifyVersionInfoA",
    "VerifyVersionInfoW",
    "NtBuildNumber",
    "RtlGetNtVersionNumbers",
    "GetFileVersionInfoA",
    "GetFileVersionInfoW",
    "GetFileVersionInfoExW",
    "GetFileVersionInfoExA",
    "VerQueryValueA",
    "VerQueryValueW",
    "RtlIsNtDdiVersionAvailable",
    "RtlIsServicePackVersionInstalled",
    "IoIsWdmVersionAvailable",
};
// Registry readers are sources only when a name of a version value is in the file; the model looks at the name asked for.
constexpr std::string_view kRegistry[] = {
    "RegQueryValueExA", "RegQueryValueExW", "RegGetValueA",    "RegGetValueW",           "RegQueryValueA",
    "RegQueryValueW",   "ZwQueryValueKey",  "NtQueryValueKey", "RtlQueryRegistryValues", "SHGetValueA",
    "SHGetValueW",      "RegEnumValueA",    "RegEnumValueW",   "SHRegGetValueW",         "RtlQueryRegistryValuesEx",
};
constexpr std::string_view kResolvers[] = {"GetProcAddress", "MmGetSystemRoutineAddress", "LdrGetProcedureAddress", "FltGetRoutineAddress",
                                           "NdisGetRoutineAddress"};
// What gives back what Windows keeps for a program; models/kept_values.cpp.
constexpr std::string_view kKeepers[] = {"TlsGetValue",    "FlsGetValue",       "GetWindowLongA",
                                         "GetWindowLongW", "GetWindowLongPtrA", "GetWindowLongPtrW",
                                         "GetPropA",       "GetPropW",          "IoGetDriverObjectExtension"};
constexpr std::string_view kClock[] = {
    "GetSystemTimeAsFileTime",
    "GetSystemTimePreciseAsFileTime",
    "GetSystemTime",
    "GetLocalTime",
    "KeQuerySystemTime",
    "KeQuerySystemTimePrecise",
    "NtQuerySystemTime",
    "ZwQuerySystemTime",
    "RtlTimeToSecondsSince1970",
    "RtlTimeToSecondsSince1980",
    "time",
    "_time32",
    "_time64",
    "ftime",
    "timespec_get",
    "_timespec32_get",
    "_timespec64_get",
    "mktime",
    "_mktime32",
    "_mktime64",
    "GetFileTime",
    "GetProcessTimes",
    "GetFileAttributesExA",
    "GetFileAttributesExW",
    "GetFileInformationByHandle",
    "FindFirstFileA",
    "FindFirstFileW",
    "FindFirstFileExA",
    "FindFirstFileExW",
    "ZwQueryInformationFile",
    "NtQueryInformationFile",
};
// The times of files in structures of the run time, and _ftime: a family for each width of time and size.
constexpr std::string_view kClockFamilies[] = {"_ftime",     "_stat",     "_fstat",      "_wstat",
                                               "_findfirst", "_findnext", "_wfindfirst", "_wfindnext"};

}  // namespace

bool is_source_import(const ImportSlot& import, bool clock) {
  const auto begins = [&](std::string_view family) { return import.name.starts_with(family); };
  if (clock)
    return is_among(kClock, import.name) || is_among(kRegistry, import.name) ||
           std::any_of(std::begin(kClockFamilies), std::end(kClockFamilies), begins);
  return is_among(kVersionSources, import.name) || is_among(kRegistry, import.name);
}

bool is_resolver(const std::string& name) { return is_among(kResolvers, name); }
bool is_keeper(const std::string& name) { return is_among(kKeepers, name); }
bool is_registry_reader(const std::string& name) { return is_among(kRegistry, name); }
bool is_epoch_constant(std::uint64_t v) {
  constexpr std::uint64_t kTicks = 116444736000000000, kSeconds = 11644473600, kMilliseconds = kSeconds * 1000;
  for (const std::uint64_t epoch : {kTicks, kSeconds, kMilliseconds})
    if (v == epoch || v == 0 - epoch || (v & 0xFFFFFFFF) == (epoch & 0xFFFFFFFF) || (v & 0xFFFFFFFF) == ((0 - epoch) & 0xFFFFFFFF))
      return true;
  return false;
}
std::span<const std::string_view> clock_names() { return kClock; }

}  // namespace tq::analysis
