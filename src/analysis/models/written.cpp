// What imported functions write through the pointers they are handed: of those without a model of their own that drivers and programs
// call between reading the version and looking at it. A function that is not here may write more.
#include <algorithm>
#include <array>
#include <string_view>

#include "analysis/models/models.hpp"

namespace tq::analysis {
namespace {

/// `words` of 4 or 8 bytes, or as many `bytes`, through the argument `index`.
struct Out {
  unsigned index = kNone, words = 0, bytes = 0;
  static constexpr unsigned kNone = ~0u;
};
struct Writer {
  std::string_view name;
  std::array<Out, 2> outs{};
};

// Sources: the functions' public documentation. Sorted by name.
constexpr Writer kWriters[] = {
    {"CloseHandle"},
    {"CreateEventA"},
    {"CreateEventW"},
    {"CreateFileA"},
    {"CreateFileW"},
    {"CreateThread", {{{5, 0, 4}}}},
    {"ExFreePool"},
    {"ExFreePoolWithTag"},
    {"ExQueueWorkItem", {{{0, 2, 0}}}},
    {"FreeLibrary"},
    {"GetFileVersionInfoSizeA", {{{1, 0, 4}}}},
    {"GetFileVersionInfoSizeW", {{{1, 0, 4}}}},
    {"HeapFree"},
    {"InitOnceExecuteOnce", {{{0, 1, 0}, {3, 1, 0}}}},
    {"IoCreateSymbolicLink"},
    {"IoDeleteDevice"},
    {"IoDeleteSymbolicLink"},
    {"IoGetDeviceObjectPointer", {{{2, 1, 0}, {3, 1, 0}}}},
    {"IoQueueWorkItem"},
    {"IoRegisterShutdownNotification"},
    {"KeDelayExecutionThread"},
    {"KeInitializeDpc", {{{0, 8, 0}}}},
    {"KeInitializeSpinLock", {{{0, 1, 0}}}},
    {"KeInitializeTimer", {{{0, 8, 0}}}},
    {"KeInitializeTimerEx", {{{0, 8, 0}}}},
    {"KeSetTimer", {{{0, 8, 0}}}},
    {"KeSetTimerEx", {{{0, 8, 0}}}},
    {"KeWaitForSingleObject"},
    {"MessageBoxA"},
    {"MessageBoxW"},
    {"NtClose"},
    {"NtOpenKey", {{{0, 1, 0}}}},
    {"ObReferenceObjectByHandle", {{{4, 1, 0}, {5, 0, 8}}}},
    {"PsCreateSystemThread", {{{0, 1, 0}, {4, 2, 0}}}},
    {"PsLookupProcessByProcessId", {{{1, 1, 0}}}},
    {"PsLookupThreadByThreadId", {{{1, 1, 0}}}},
    {"PsSetCreateProcessNotifyRoutine"},
    {"PsSetLoadImageNotifyRoutine"},
    {"RegCloseKey"},
    {"RegCreateKeyExA", {{{7, 1, 0}, {8, 0, 4}}}},
    {"RegCreateKeyExW", {{{7, 1, 0}, {8, 0, 4}}}},
    {"RegOpenKeyA", {{{2, 1, 0}}}},
    {"RegOpenKeyExA", {{{4, 1, 0}}}},
    {"RegOpenKeyExW", {{{4, 1, 0}}}},
    {"RegOpenKeyW", {{{2, 1, 0}}}},
    {"RtlRunOnceExecuteOnce", {{{0, 1, 0}, {3, 1, 0}}}},
    {"ZwClose"},
    {"ZwCreateFile", {{{0, 1, 0}, {3, 2, 0}}}},
    {"ZwCreateKey", {{{0, 1, 0}, {6, 0, 4}}}},
    {"ZwOpenFile", {{{0, 1, 0}, {3, 2, 0}}}},
    {"ZwOpenKey", {{{0, 1, 0}}}},
    {"ZwOpenSection", {{{0, 1, 0}}}},
};

}  // namespace

std::optional<std::uint64_t> bytes_written(const std::string& name, unsigned index, unsigned word) {
  const auto it = std::lower_bound(std::begin(kWriters), std::end(kWriters), std::string_view(name),
                                   [](const Writer& w, std::string_view n) { return w.name < n; });
  if (it == std::end(kWriters) || it->name != name) return std::nullopt;
  for (const Out& o : it->outs)
    if (o.index == index) return o.words * word + o.bytes;
  return 0;
}

}  // namespace tq::analysis
