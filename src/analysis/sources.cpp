// The imported functions that tell the version or the time, and those that find others by name.
#include <algorithm>
#include <string_view>

#include "analysis/functions.hpp"

namespace tq::analysis {
namespace {

constexpr std::string_view kVersion[] = {
    "PsGetVersion",          "RtlGetVersion",          "GetVersion",          "GetVersionExA",
    "GetVersionExW",         "RtlVerifyVersionInfo",   "VerifyVersionInfoA",  "VerifyVersionInfoW",
    "NtBuildNumber",         "RtlGetNtVersionNumbers", "GetFileVersionInfoA", "GetFileVersionInfoW",
    "GetFileVersionInfoExW", "GetFileVersionInfoExA",  "VerQueryValueA",      "VerQueryValueW",
    "NtVerifyVersionInfo",   "InitSafeBootMode",
};
// Registry readers are sources only when a name of a version value is in the file; the model looks at the name asked for.
constexpr std::string_view kRegistry[] = {
    "RegQueryValueExA", "RegQueryValueExW", "RegGetValueA",    "RegGetValueW",           "RegQueryValueA",
    "RegQueryValueW",   "ZwQueryValueKey",  "NtQueryValueKey", "RtlQueryRegistryValues", "SHGetValueA",
    "SHGetValueW",      "RegEnumValueA",    "RegEnumValueW",   "SHRegGetValueW",         "RtlQueryRegistryValuesEx",
};
constexpr std::string_view kResolvers[] = {"GetProcAddress", "MmGetSystemRoutineAddress", "LdrGetProcedureAddress", "FltGetRoutineAddress",
                                           "NdisGetRoutineAddress"};
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
    "time",
    "_time32",
    "_time64",
    "_ftime",
    "_ftime32",
    "_ftime64",
    "_ftime_s",
    "_ftime32_s",
    "_ftime64_s",
    "RtlSystemTimeToLocalTime",
    "ExSystemTimeToLocalTime",
    "ftime",
    "timespec_get",
    "_timespec32_get",
    "_timespec64_get",
    "mktime",
    "_mktime32",
    "_mktime64",
    "RtlTimeToSecondsSince1980",
};

template <class L>
bool in(const L& list, std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

}  // namespace

bool is_source_import(const ImportSlot& import, bool clock) {
  if (clock) return in(kClock, import.name);
  return in(kVersion, import.name) || in(kRegistry, import.name);
}

bool is_resolver(const std::string& name) { return in(kResolvers, name); }

}  // namespace tq::analysis
