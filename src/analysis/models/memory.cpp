// Functions that copy, fill and hand out memory, find other functions, and set up devices.
#include <algorithm>
#include <array>
#include <bit>

#include "analysis/models/texts.hpp"
#include "analysis/models/version.hpp"
#include "core/text.hpp"

namespace tq::analysis {
namespace {

constexpr std::uint64_t kMostCopied = 1024;

std::optional<std::uint64_t> plain(const Value& v) {
  if (!v.uniform() || !v.all.number()) return std::nullopt;
  return v.all.off;
}

void copy_bytes(Engine& e, State& s, const Value& to, const Value& from, std::uint64_t n) {
  std::vector<Value> words;
  const auto at = [&](std::uint64_t i) { return n - i >= 8 ? 8u : n - i >= 4 ? 4u : 1u; };
  for (std::uint64_t i = 0; i < n; i += at(i)) words.push_back(e.read(s, e.plus(from, i), at(i)));
  std::size_t k = 0;
  for (std::uint64_t i = 0; i < n; i += at(i)) e.write(s, e.plus(to, i), at(i), words[k++]);
}

void copy(Engine& e, State& s, const CallSite& c) {
  const Value to = e.argument(s, c, 0), from = e.argument(s, c, 1), n = e.argument(s, c, 2);
  if (const auto known = plain(n); known && *known <= kMostCopied)
    copy_bytes(e, s, to, from, *known);
  else
    e.havoc_pointee(s, c, to, 0);
  e.set_result(s, to);
}

void fill_bytes(Engine& e, State& s, const Value& to, std::uint64_t byte, std::uint64_t n) {
  const std::uint64_t pattern = (byte & 0xFF) * 0x0101010101010101u;
  for (std::uint64_t i = 0; i < n;) {
    const unsigned size = n - i >= 4 ? 4 : 1;
    e.write(s, e.plus(to, i), size, constant(pattern & mask_of(size * 8)));
    i += size;
  }
}

void fill(Engine& e, State& s, const CallSite& c) {
  const bool rtl = c.import->name == "RtlFillMemory";
  const Value to = e.argument(s, c, 0), byte = e.argument(s, c, rtl ? 2 : 1), n = e.argument(s, c, rtl ? 1 : 2);
  if (plain(n) && plain(byte) && *plain(n) <= 4 * kMostCopied)
    fill_bytes(e, s, to, *plain(byte), *plain(n));
  else
    e.havoc_pointee(s, c, to, 0);
  e.set_result(s, to);
}

void zero(Engine& e, State& s, const CallSite& c) {
  const Value to = e.argument(s, c, 0), n = e.argument(s, c, 1);
  if (plain(n) && *plain(n) <= 4 * kMostCopied)
    fill_bytes(e, s, to, 0, *plain(n));
  else
    e.havoc_pointee(s, c, to, 0);
}

/// Where two stretches of memory part in each lane.
struct Parting {
  std::array<std::uint64_t, kMostLanes> at{};  ///< equal bytes before it
  std::array<bool, kMostLanes> less{};
  LaneMask open = 0;  ///< equal to the end
  bool known = true;
};

Parting parting(Engine& e, State& s, const Value& a, const Value& b, std::uint64_t n) {
  Parting p;
  p.open = e.alu.mask;
  for (std::uint64_t i = 0; i < n && p.open != 0 && p.known; ++i) {
    const Value x = e.read(s, e.plus(a, i), 1), y = e.read(s, e.plus(b, i), 1);
    for (LaneMask left = p.open; left != 0; left &= left - 1) {
      const auto k = static_cast<unsigned>(std::countr_zero(left));
      p.at[k] = i;
      if (x.at(k) == y.at(k)) continue;
      p.known = p.known && x.at(k).number() && y.at(k).number();
      p.less[k] = x.at(k).off < y.at(k).off;
      p.open &= ~lane_bit(k);
    }
  }
  return p;
}

/// memcmp gives the sign of the first difference, RtlCompareMemory how many bytes are equal before it.
template <bool Counts>
void compare_memory(Engine& e, State& s, const CallSite& c) {
  const Value a = e.argument(s, c, 0), b = e.argument(s, c, 1), n = e.argument(s, c, 2);
  const auto size = plain(n);
  const Parting p = size && *size <= kMostCopied ? parting(e, s, a, b, *size) : Parting{{}, {}, 0, false};
  if (!p.known) {
    if (!text_lost(e, s, c)) e.generic(s, c);
    return;
  }
  e.set_result(s, e.alu.each([&](unsigned k) {
    const bool equal = (p.open >> k & 1) != 0;
    if (Counts) return number(equal ? *size : p.at[k]);
    return number(equal ? 0 : p.less[k] ? 0xFFFFFFFF : 1);
  }));
}

/// Fresh memory: never null here, for what a program does without memory does not depend on the version.
void allocate(Engine& e, State& s, const CallSite& c) {
  const std::uint64_t h = mix(0xA110C, e.site_hash(s, c.rva));
  e.external_event(s, c, c.import->name, 2);
  e.set_result(s, e.fresh(Kind::object, h));
}

/// The address of a function by its name. Those that tell the version (or the time) every Windows of the ladder has; any other may be
/// missing, and what a program does without it is followed, too.
Value function_named(Engine& e, const State& s, const CallSite& c, const std::optional<std::string>& name) {
  if (!name) e.function_unnamed(c);
  if (!name || name->empty()) return e.fresh(Kind::result, mix(0xF19D, e.site_hash(s, c.rva)));
  return e.api_value(*name, is_source_import(ImportSlot{{}, *name}, e.ladder().clock) ? Kind::api : Kind::found);
}

template <bool CountedWide>
void find_function(Engine& e, State& s, const CallSite& c) {
  const Value text = CountedWide ? buffer_of(e, s, e.argument(s, c, 0)) : e.argument(s, c, 1);
  e.set_result(s, function_named(e, s, c, name_at(e, s, text, CountedWide)));
}

/// LdrGetProcedureAddress(module, name, ordinal, out).
void find_procedure(Engine& e, State& s, const CallSite& c) {
  const Value string = e.argument(s, c, 1), text = string.is_null() ? string : buffer_of(e, s, string);
  const Value found = function_named(e, s, c, name_at(e, s, text, false));
  e.write(s, e.argument(s, c, 3), e.word(), found);
  const bool there = kind_of(found.all.sym) == Kind::api;
  e.set_result(s, there ? constant(0) : Value(unknown(Op::call, 32, hash_of(0x1D9, found.all))));
}

/// Is it the program itself, or a file of Windows that no Windows lacks?
bool always_there(const std::string& module) {
  const std::string n = lower_ascii(module);
  constexpr std::string_view kFiles[] = {"ntdll", "kernel32", "user32", "gdi32", "advapi32", "shell32", "ole32", "version", "msvcrt"};
  return n.empty() || std::any_of(std::begin(kFiles), std::end(kFiles),
                                  [&](std::string_view f) { return n.ends_with(f) || n.ends_with(std::string(f) + ".dll"); });
}

template <bool Wide>
void module_handle(Engine& e, State& s, const CallSite& c) {
  const auto name = name_at(e, s, e.argument(s, c, 0), Wide);
  if (name && always_there(*name)) return e.set_result(s, e.fresh(Kind::object, mix(0x30D, std::hash<std::string>{}(*name))));
  e.set_result(s, e.fresh(Kind::result, name ? mix(0x30E, std::hash<std::string>{}(*name)) : mix(0x30F, e.site_hash(s, c.rva))));
}

void create_device(Engine& e, State& s, const CallSite& c) {
  e.external_event(s, c, c.import->name, 6);
  const Value out = e.argument(s, c, 6), device = e.fresh(Kind::object, 0xD02);
  e.write(s, out, e.word(), device);
  e.set_result(s, constant(0));
}

constexpr Model kMemoryModels[] = {
    {"memcpy", copy},
    {"memmove", copy},
    {"RtlCopyMemory", copy},
    {"RtlMoveMemory", copy},
    {"RtlCopyBytes", copy},
    {"memcmp", compare_memory<false>},
    {"RtlCompareMemory", compare_memory<true>},
    {"memset", fill},
    {"RtlFillMemory", fill},
    {"RtlZeroMemory", zero},
    {"ExAllocatePool", allocate},
    {"ExAllocatePoolWithTag", allocate},
    {"ExAllocatePoolWithQuotaTag", allocate},
    {"ExAllocatePool2", allocate},
    {"HeapAlloc", allocate},
    {"RtlAllocateHeap", allocate},
    {"malloc", allocate},
    {"calloc", allocate},
    {"??2@YAPAXI@Z", allocate},
    {"??2@YAPEAX_K@Z", allocate},
    {"LocalAlloc", allocate},
    {"GlobalAlloc", allocate},
    {"VirtualAlloc", allocate},
    {"CoTaskMemAlloc", allocate},
    {"MmAllocateNonCachedMemory", allocate},
    {"_Znwj", allocate},
    {"_Znwm", allocate},
    {"_Znwy", allocate},
    {"GetProcAddress", find_function<false>},
    {"FltGetRoutineAddress", find_function<false>},
    {"MmGetSystemRoutineAddress", find_function<true>},
    {"NdisGetRoutineAddress", find_function<true>},
    {"LdrGetProcedureAddress", find_procedure},
    {"GetModuleHandleA", module_handle<false>},
    {"GetModuleHandleW", module_handle<true>},
    {"LoadLibraryA", module_handle<false>},
    {"LoadLibraryW", module_handle<true>},
    {"LoadLibraryExA", module_handle<false>},
    {"LoadLibraryExW", module_handle<true>},
    {"IoCreateDevice", create_device},
};

}  // namespace

std::span<const Model> memory_models() { return kMemoryModels; }

}  // namespace tq::analysis
