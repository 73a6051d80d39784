#include "analysis/prefilter.hpp"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define TQ_X86_VECTORS
#endif

#include <algorithm>
#include <array>
#include <bit>
#include <string_view>

#include "analysis/functions.hpp"

namespace tq::analysis {
namespace {

using namespace std::string_view_literals;

constexpr std::uint16_t kX86 = 0x14C, kX64 = 0x8664;  // IMAGE_FILE_HEADER.Machine

/// What to look for around two neighbouring bytes that are rare in programs. `at`: where the pair lies in `bytes`.
struct Pattern {
  std::string_view bytes;
  std::size_t at;
  const char* words;
  bool clock;
  std::size_t low = 0;        ///< bytes before it that make an address of shared user data of it
  std::uint16_t machine = 0;  ///< only in programs for this processor; 0: in all
};

// Every pattern holds one of the pairs of kPairs at `at`; a test checks that.
constexpr std::array kPatterns = {
    Pattern{"GetVersion"sv, 2, "the name of a version function", false},
    Pattern{"G\0e\0t\0V\0e\0r\0s\0i\0o\0n\0"sv, 6, "the name of a version function in UTF-16", false},
    Pattern{"NtVersionNumbers"sv, 1, "RtlGetNtVersionNumbers", false},
    Pattern{"erifyVersion"sv, 4, "VerifyVersionInfo", false},
    Pattern{"r\0i\0f\0y\0V\0e\0r\0s\0i\0o\0n\0"sv, 8, "VerifyVersionInfo in UTF-16", false},
    Pattern{"NtBuildNumber"sv, 1, "NtBuildNumber", false},
    Pattern{"N\0t\0B\0u\0i\0l\0d\0N\0u\0m\0"sv, 4, "NtBuildNumber in UTF-16", false},
    Pattern{"CurrentBuild"sv, 6, "the registry value CurrentBuild", false},
    Pattern{"C\0u\0r\0r\0e\0n\0t\0B\0u\0i\0l\0d\0"sv, 14, "the registry value CurrentBuild", false},
    Pattern{"BuildLab"sv, 4, "the registry value BuildLab", false},
    Pattern{"B\0u\0i\0l\0d\0L\0a\0b\0"sv, 10, "the registry value BuildLab", false},
    Pattern{"FileVersionInfo"sv, 3, "GetFileVersionInfo", false},
    Pattern{"\x00\xFE\x7F"sv, 1, "shared user data", false, 1},
    Pattern{"\x02\xFE\x7F"sv, 1, "shared user data", false, 1},
    Pattern{"\x00\xDF\xFF"sv, 1, "shared user data", false, 1, kX86},
    Pattern{"\x02\xDF\xFF"sv, 1, "shared user data", false, 1, kX86},
    Pattern{"\x80\xF7\xFF\xFF"sv, 1, "shared user data", false, 4, kX64},
    Pattern{"GetSystemTime"sv, 8, "GetSystemTime", true},
    Pattern{"SystemTimePrecise"sv, 5, "GetSystemTimePreciseAsFileTime", true},
    Pattern{"QuerySystemTime"sv, 10, "KeQuerySystemTime", true},
};

/// `kind` 0: the pair belongs to kPatterns; else it begins a load through a segment register.
struct Pair {
  std::uint8_t a, b;
  std::uint8_t segment_bytes = 0;  ///< length of prefixes and opcode before the ModRM byte
};
constexpr std::array kPairs = {Pair{'t', 'V'},      Pair{'V', 0},        Pair{'y', 'V'},      Pair{'t', 'B'},      Pair{'B', 0},
                               Pair{'d', 'L'},      Pair{'L', 0},        Pair{'e', 'V'},      Pair{0xFE, 0x7F},    Pair{0xDF, 0xFF},
                               Pair{0xF7, 0xFF},    Pair{'m', 'T'},      Pair{0x64, 0xA1, 1}, Pair{0x64, 0x8B, 2}, Pair{0x65, 0x48, 3},
                               Pair{0x65, 0x8B, 2}, Pair{0x65, 0x4C, 3}, Pair{0x65, 0xA1, 1}};

std::uint32_t u32_at(std::string_view all, std::size_t pos) { return bytes_of(all).try_get<le32>(pos).value_or(le32{}); }

/// The page itself, a version field in it, or one of the time: what else code may name there tells neither.
bool tells_of_shared(std::uint32_t in_page) { return in_page == 0 || is_shared_field(in_page, false) || is_shared_field(in_page, true); }

bool has_low_bytes(std::string_view all, std::size_t at, const Pattern& p) {
  if (p.low == 0) return true;
  if (at < p.low) return false;
  const std::uint32_t before = p.low == 4 ? u32_at(all, at - 4) : static_cast<std::uint8_t>(all[at - 1]);
  return tells_of_shared(p.low == 4 ? before : static_cast<std::uint32_t>(p.bytes[0]) << 8 | before);
}

/// fs:[18h], fs:[30h], gs:[30h], gs:[60h] lead to the thread and process environment blocks; so may any fs:[register].
bool is_environment_offset(std::uint32_t offset) { return offset == 0x18 || offset == 0x30 || offset == 0x60; }

bool is_segment_load(std::string_view all, std::size_t pos, std::uint8_t before) {
  const auto byte = [&](std::size_t i) { return i < all.size() ? static_cast<std::uint8_t>(all[i]) : std::uint8_t{0xC0}; };
  if (before == 1) return is_environment_offset(u32_at(all, pos + 2));
  if (before == 3 && byte(pos + 2) != 0x8B) return false;
  const std::uint8_t modrm = byte(pos + before);
  if (modrm >= 0xC0) return false;
  if ((modrm & 0xC7) == 5) return is_environment_offset(u32_at(all, pos + before + 1));
  if ((modrm & 0xC7) == 4 && byte(pos + before + 1) == 0x25) return is_environment_offset(u32_at(all, pos + before + 2));
  return modrm < 0x80;
}

/// Is the displacement at `at` one from a register other than the stack pointer?
bool is_field_of_register(std::string_view all, std::size_t at) {
  const auto before = static_cast<std::uint8_t>(all[at - 1]), earlier = static_cast<std::uint8_t>(all[at - 2]);
  if (earlier == 0x0F) return false;  // a conditional jump, and how far
  const bool plain = (before & 0xC0) == 0x80 && (before & 7) != 4, indexed = (earlier & 0xC7) == 0x84 && (before & 7) != 4;
  return plain || indexed;
}

/// Is a version field of the process block named soon behind a load? `Functions` takes no other loads for sources: nearly every program
/// looks at its thread's block, and few at these fields.
bool names_version_field(std::string_view all, std::size_t pos, bool x64) {
  constexpr std::size_t kWindow = 2 * kBytesToField + 32;  // two steps, thread to process to field, and the last instruction
  const std::size_t end = std::min(all.size(), pos + kWindow);
  for (std::size_t at = pos + 2; at + 4 <= end; ++at) {
    if (is_version_of_process(u32_at(all, at), x64) && is_field_of_register(all, at)) return true;
  }
  return false;
}

struct Met {
  std::uint32_t patterns = 0;
  bool segment = false;
  std::uint16_t machine = 0;
};

/// Of the file header; 0 when there is none.
std::uint16_t machine_of(std::string_view all) {
  const std::uint32_t header = u32_at(all, 0x3C);
  return bytes_of(all).try_get<le16>(std::size_t{header} + 4).value_or(le16{});
}

void examine(std::string_view all, std::size_t pos, Met& met) {
  const auto a = static_cast<std::uint8_t>(all[pos]), b = static_cast<std::uint8_t>(all[pos + 1]);
  for (const Pair& p : kPairs)
    if (!met.segment && p.segment_bytes != 0 && p.a == a && p.b == b && is_segment_load(all, pos, p.segment_bytes))
      met.segment = names_version_field(all, pos, a == 0x65);  // gs leads there in 64-bit code, fs in 32-bit
  for (std::size_t i = 0; i < kPatterns.size(); ++i) {
    const Pattern& p = kPatterns[i];
    if ((met.patterns >> i & 1) != 0 || pos < p.at) continue;
    if (p.machine != 0 && p.machine != met.machine) continue;
    if (all.substr(pos - p.at, p.bytes.size()) == p.bytes && has_low_bytes(all, pos - p.at, p)) met.patterns |= 1u << i;
  }
}

bool is_candidate(std::string_view all, std::size_t pos) {
  const auto a = static_cast<std::uint8_t>(all[pos]), b = static_cast<std::uint8_t>(all[pos + 1]);
  return std::any_of(kPairs.begin(), kPairs.end(), [&](const Pair& p) { return p.a == a && p.b == b; });
}

#if defined(TQ_X86_VECTORS)
/// Bit i is set when a pair of kPairs begins at byte i of the 16 at `p`; 17 bytes are read.
std::uint32_t candidates(const char* p) {
  const __m128i here = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  const __m128i next = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 1));
  __m128i any = _mm_setzero_si128();
  for (const Pair& pair : kPairs) {
    const __m128i a = _mm_cmpeq_epi8(here, _mm_set1_epi8(static_cast<char>(pair.a)));
    const __m128i b = _mm_cmpeq_epi8(next, _mm_set1_epi8(static_cast<char>(pair.b)));
    any = _mm_or_si128(any, _mm_and_si128(a, b));
  }
  return static_cast<std::uint32_t>(_mm_movemask_epi8(any));
}

/// The same for 32 bytes, on processors that have AVX2; 33 bytes are read.
__attribute__((target("avx2"))) std::uint32_t wide_candidates(const char* p) {
  const __m256i here = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  const __m256i next = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 1));
  __m256i any = _mm256_setzero_si256();
  for (const Pair& pair : kPairs) {
    const __m256i a = _mm256_cmpeq_epi8(here, _mm256_set1_epi8(static_cast<char>(pair.a)));
    const __m256i b = _mm256_cmpeq_epi8(next, _mm256_set1_epi8(static_cast<char>(pair.b)));
    any = _mm256_or_si256(any, _mm256_and_si256(a, b));
  }
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(any));
}

/// Examines what `find` marks in blocks of `Width` bytes; returns where the rest begins.
template <std::size_t Width>
std::size_t scan_blocks(std::string_view all, std::size_t pos, Met& met, std::uint32_t (*find)(const char*)) {
  for (; pos + Width + 1 <= all.size(); pos += Width)
    for (std::uint32_t bits = find(all.data() + pos); bits != 0; bits &= bits - 1)
      examine(all, pos + static_cast<std::size_t>(std::countr_zero(bits)), met);
  return pos;
}
#endif

Met scan(std::string_view all) {
  Met met;
  met.machine = machine_of(all);
  std::size_t pos = 0;
#if defined(TQ_X86_VECTORS)
  if (__builtin_cpu_supports("avx2")) pos = scan_blocks<32>(all, pos, met, wide_candidates);
  pos = scan_blocks<16>(all, pos, met, candidates);
#endif
  for (; pos + 1 < all.size(); ++pos)
    if (is_candidate(all, pos)) examine(all, pos, met);
  return met;
}

void add_once(std::vector<std::string>& list, const char* words) {
  if (std::find(list.begin(), list.end(), words) == list.end()) list.emplace_back(words);
}

}  // namespace

Traces find_traces(Bytes file) {
  const Met met = scan(file.chars());
  Traces t;
  for (std::size_t i = 0; i < kPatterns.size(); ++i)
    if ((met.patterns >> i & 1) != 0) add_once(kPatterns[i].clock ? t.clock : t.version, kPatterns[i].words);
  if (met.segment) add_once(t.version, "a thread or process environment block");
  return t;
}

}  // namespace tq::analysis
