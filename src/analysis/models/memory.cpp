// Functions that copy, fill and hand out memory, find other functions, and set up devices.
#include <algorithm>
#include <array>
#include <bit>

#include "analysis/models/texts.hpp"
#include "analysis/models/version.hpp"

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

void find_function(Engine& e, State& s, const CallSite& c) {
  std::optional<std::string> name;
  if (c.import->name == "MmGetSystemRoutineAddress" || c.import->name == "NdisGetRoutineAddress") {
    const Value buffer = e.read(s, e.plus(e.argument(s, c, 0), e.word() == 8 ? 8 : 4), e.word());
    name = e.text(s, buffer, true);
  } else {
    name = e.text(s, e.argument(s, c, 1), false);
  }
  if (name && !name->empty())
    e.set_result(s, e.api_value(*name));
  else
    e.set_result(s, e.fresh(Kind::result, mix(0xF19D, e.site_hash(s, c.rva))));
}

void module_handle(Engine& e, State& s, const CallSite&) { e.set_result(s, e.fresh(Kind::object, 0x30D)); }

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
    {"GetProcAddress", find_function},
    {"MmGetSystemRoutineAddress", find_function},
    {"FltGetRoutineAddress", find_function},
    {"NdisGetRoutineAddress", find_function},
    {"GetModuleHandleA", module_handle},
    {"GetModuleHandleW", module_handle},
    {"LoadLibraryA", module_handle},
    {"LoadLibraryW", module_handle},
    {"LoadLibraryExA", module_handle},
    {"LoadLibraryExW", module_handle},
    {"IoCreateDevice", create_device},
};

}  // namespace

std::span<const Model> memory_models() { return kMemoryModels; }

}  // namespace tq::analysis
