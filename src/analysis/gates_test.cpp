#include "analysis/gates.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <random>

#include "analysis/exposure.hpp"
#include "analysis/prefilter.hpp"
#include "io/byte_source.hpp"
#include "tests/support/machine_code.hpp"
#include "tests/support/mutants.hpp"

using namespace tq;
using namespace tq::analysis;

namespace {

using test::Code;
using test::code;
using test::gates;

/// What follows once eax holds the build.
Code with_build(std::initializer_list<int> rest) { return test::build_in_eax() + code(rest); }

std::vector<std::byte> program(const Code& c) { return test::program_of(c); }

// cmp eax, 6002; sete al; movzx eax, al; ret
const Code kEqual = with_build({0x3D, 0x72, 0x17, 0, 0, 0x0F, 0x94, 0xC0, 0x0F, 0xB6, 0xC0, 0xC3});
// sub eax, 6000; cmp eax, 2; setbe al; movzx eax, al; ret: a range without its ends
const Code kRange = with_build({0x2D, 0x70, 0x17, 0, 0, 0x83, 0xF8, 2, 0x0F, 0x96, 0xC0, 0x0F, 0xB6, 0xC0, 0xC3});
// cmp eax, 7600; setae al; movzx eax, al; ret
const Code kSeven = with_build({0x3D, 0xB0, 0x1D, 0, 0, 0x0F, 0x93, 0xC0, 0x0F, 0xB6, 0xC0, 0xC3});

}  // namespace

TEST_CASE("gates: an exact comparison differs, with its words and what each build does") {
  const auto r = gates(kEqual);
  CHECK(r.gate == Gate::differs);
  REQUIRE(r.sites.size() == 1);
  CHECK(r.sites[0].source == "PEB");
  CHECK(r.sites[0].comparison == "build == 6002");
  REQUIRE(r.sites[0].on.size() == 2);
  CHECK(r.sites[0].on[0].second == "true, sees 6002");
  CHECK(r.sites[0].on[1].second == "false, sees 6003");
  CHECK(r.partition == "-6001, 6003- | 6002");
}

TEST_CASE("gates: a range whose ends are not in the code is found and named") {
  const auto r = gates(kRange);
  CHECK(r.gate == Gate::differs);
  REQUIRE(r.sites.size() == 1);
  CHECK(r.sites[0].comparison == "build in 6000-6002");
  CHECK(r.partition == "-5999, 6003- | 6000-6002");
}

TEST_CASE("gates: builds on the same side of a comparison act alike, others do not") {
  CHECK(gates(kSeven).gate == Gate::same);
  CHECK(gates(kSeven, 6003, 7600).gate == Gate::differs);
  CHECK(gates(kSeven, 7599, 7600).gate == Gate::differs);
  CHECK(gates(kSeven, 7600, 7601).gate == Gate::same);
}

TEST_CASE("gates: to hand on the build decides nothing") { CHECK(gates(with_build({0xC3})).gate == Gate::same); }

TEST_CASE("gates: a jump that was not worked out leaves the answer open") {
  const auto r = gates(with_build({0x53, 0xFF, 0xE1}));  // push rbx; jmp rcx: inside a frame it is no call at the end
  CHECK(r.gate == Gate::undecided);
  REQUIRE_FALSE(r.why.empty());
  CHECK(r.why[0].find("was not worked out") != std::string::npos);
  // From a whole frame it is a call at the end, to a function that does not get the version.
  CHECK(gates(with_build({0xFF, 0xE1})).gate == Gate::same);
}

TEST_CASE("gates: no source, other processors, no program") {
  CHECK(gates(code({0xB8, 0x72, 0x17, 0, 0, 0xC3})).gate == Gate::no_source);  // a constant alone is no gate
  const auto arm = test::PeBuilder().machine(format::pe::Machine::arm64).build();
  CHECK(find_gates(bytes_of(arm), {}).gate == Gate::unsupported);
  CHECK(find_gates(bytes_of("not a program at all"), {}).gate == Gate::unsupported);
  const auto managed = test::PeBuilder().dotnet().build();
  CHECK(find_gates(bytes_of(managed), {}).gate == Gate::unsupported);
}

TEST_CASE("gates: a file that is cut off is never called the same") {
  const auto whole = program(kSeven);
  for (std::size_t n = 0; n < whole.size(); n += 7) {
    const std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));
    const auto r = find_gates(bytes_of(cut), {});
    CHECK(r.gate != Gate::differs);
    CHECK_FALSE(r.why.empty());
  }
}

namespace {

/// Samples to change: programs of this file, and those of the folder TQ_MUTANT_PROGRAMS (a corpus of tests/lanes/make_corpus.py).
std::vector<std::vector<std::byte>> mutant_samples() {
  std::vector<std::vector<std::byte>> samples = {program(kEqual), program(kRange), program(kSeven),
                                                 test::PeBuilder()
                                                     .machine(format::pe::Machine::x86)
                                                     .code(kEqual)
                                                     .import("ntoskrnl.exe", {"PsGetVersion"})
                                                     .export_entry("Gate")
                                                     .build()};
  const char* folder = std::getenv("TQ_MUTANT_PROGRAMS");
  if (folder == nullptr) return samples;
  std::vector<std::filesystem::path> names;
  for (const auto& f : std::filesystem::directory_iterator(folder))
    if (const auto kind = f.path().extension(); kind == ".sys" || kind == ".exe" || kind == ".dll") names.push_back(f.path());
  std::sort(names.begin(), names.end());
  for (const auto& n : names)
    if (auto content = io::read_file(n.string(), std::size_t{1} << 20)) samples.push_back(*std::move(content));
  return samples;
}

/// The mutant of this number, the same in every run: up to six places changed, half of them in the headers, to bytes and to numbers
/// at their edges.
std::vector<std::byte> mutant(const std::vector<std::vector<std::byte>>& samples, std::size_t number) {
  constexpr std::size_t kHeaders = 0x400;
  constexpr std::uint32_t kEdges[] = {0, 1, 0x7F, 0xFF, 0x7FFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
  std::mt19937 random(static_cast<std::uint32_t>(number));
  auto file = samples[number % samples.size()];
  for (auto changes = 1 + random() % 6; changes != 0; --changes) {
    const std::size_t at = random() % (random() % 2 == 0 ? std::min(kHeaders, file.size()) : file.size());
    const std::uint32_t edge = kEdges[random() % std::size(kEdges)];
    if (random() % 3 == 0 && at + sizeof edge <= file.size())
      std::memcpy(file.data() + at, &edge, sizeof edge);
    else
      file[at] = static_cast<std::byte>(random());
  }
  return file;
}

}  // namespace

TEST_CASE("gates: mutated programs are answered, within the budget") {
  // TQ_MUTANTS_FROM begins a long run where an earlier one ended.
  const char* from = std::getenv("TQ_MUTANTS_FROM");
  const std::size_t first = from != nullptr ? std::strtoull(from, nullptr, 10) : 0, count = test::mutant_count(10000);
  const auto samples = mutant_samples();
  test::MutantWatch watch("programs");
  GateOptions o;
  o.max_steps = 4000;
  for (std::size_t n = first; n < first + count; ++n) {
    const auto file = mutant(samples, n);
    watch.run(n, [&] {
      const auto r = find_gates(bytes_of(file), o);
      REQUIRE(r.steps <= 2 * o.max_steps);
      REQUIRE((r.gate == Gate::differs || !r.why.empty()));
      REQUIRE_FALSE(find_exposure(bytes_of(file), {4000, 4000}).why.empty());
    });
  }
}

TEST_CASE("prefilter: every name is found at every position") {
  for (const auto* name : {"GetVersionExA", "PsGetVersion", "RtlVerifyVersionInfo", "NtBuildNumber", "CurrentBuildNumber", "BuildLabEx",
                           "RtlGetNtVersionNumbers", "GetFileVersionInfoW"})
    for (std::size_t at = 0; at < 40; ++at) {
      const std::string text = std::string(at, 'x') + name + std::string(3, 'y');
      CHECK_FALSE(find_traces(bytes_of(text)).version.empty());
      std::string wide(at, 'x');
      for (const char c : std::string(name)) wide += c, wide += '\0';
      if (std::string(name).find("FileVersion") == std::string::npos && std::string(name).find("NtVersion") == std::string::npos)
        CHECK_FALSE(find_traces(bytes_of(wide + "  ")).version.empty());
    }
  CHECK(find_traces(bytes_of("nothing of the kind in this text")).version.empty());
  CHECK_FALSE(find_traces(bytes_of("GetSystemTimeAsFileTime")).clock.empty());
}

TEST_CASE("prefilter: an address of shared user data counts where it may tell the version or the time, in code that can mean it") {
  const auto found = [](std::uint16_t machine, std::string bytes) {
    std::string file(0x60, '\0');
    file[0x3C] = 0x40;
    file[0x44] = static_cast<char>(machine & 0xFF);
    file[0x45] = static_cast<char>(machine >> 8);
    return !find_traces(bytes_of(file + bytes + std::string(40, 'x'))).version.empty();
  };
  constexpr std::uint16_t kX86 = 0x14C, kX64 = 0x8664;
  using namespace std::string_literals;
  for (const int low : {0x60, 0x6C, 0x70}) {
    CAPTURE(low);
    const std::string field(1, static_cast<char>(low));
    CHECK(found(kX86, field + "\x02\xFE\x7F"));
    CHECK(found(kX86, field + "\x02\xDF\xFF"));
    CHECK_FALSE(found(kX64, field + "\x02\xDF\xFF"));  // a distance
    CHECK(found(kX64, field + "\x02\0\0\x80\xF7\xFF\xFF"s));
    CHECK_FALSE(found(kX86, field + "\x02\0\0\x80\xF7\xFF\xFF"s));
  }
  CHECK(found(kX64, "\0\0\xFE\x7F"s));
  CHECK(found(kX64, "\x14\0\xFE\x7F"s));
  CHECK(found(kX64, "\0\0\0\0\x80\xF7\xFF\xFF"s));
  CHECK_FALSE(found(kX64, "\x20\x03\xFE\x7F"s));
  CHECK_FALSE(found(kX64, "\x61\x02\xFE\x7F"s));
  CHECK_FALSE(found(kX64, "\x48\x8D\x85\x80\xF7\xFF\xFF"s));  // lea rax,[rbp-880h]
}

TEST_CASE("exposure: a clock value of 32 bits that is used as signed, and as unsigned") {
  // mov rax,[7FFE0014h]; mov rcx,19DB1DED53E8000h; sub rax,rcx; xor edx,edx; mov ecx,10000000; div rcx
  const std::initializer_list<int> seconds = {0x48, 0x8B, 0x04, 0x25, 0x14, 0x00, 0xFE, 0x7F, 0x48, 0xB9, 0x00,
                                              0x80, 0x3E, 0xD5, 0xDE, 0xB1, 0x9D, 0x01, 0x48, 0x29, 0xC8, 0x31,
                                              0xD2, 0xB9, 0x80, 0x96, 0x98, 0x00, 0x48, 0xF7, 0xF1};
  const auto with = [&](std::initializer_list<int> rest) {
    Code c = code(seconds);
    const Code r = code(rest);
    c.insert(c.end(), r.begin(), r.end());
    const auto file = program(c);
    return find_exposure(bytes_of(file), {});
  };
  const auto cut = with({0x48, 0x63, 0xC0, 0xC3});  // movsxd rax, eax
  CHECK(cut.exposure == Exposure::exposed);
  REQUIRE_FALSE(cut.why.empty());
  CHECK(cut.why[0].find("sign-extended") != std::string::npos);
  CHECK(with({0xC3}).exposure == Exposure::no_evidence);                                                          // 64 bits all the way
  CHECK(with({0x39, 0xC8, 0x77, 0x01, 0xC3, 0xC3}).exposure == Exposure::no_evidence);                            // cmp eax, ecx; ja
  CHECK(with({0x81, 0xF9, 1, 0, 0, 0, 0x3D, 0, 0, 0, 0, 0x7C, 0x01, 0xC3, 0xC3}).exposure == Exposure::exposed);  // cmp eax, 0; jl
}

TEST_CASE("exposure: which imports handle times of 32 bits depends on the run time") {
  CHECK(is_32bit_time_import("msvcrt.dll", "time", false));
  CHECK_FALSE(is_32bit_time_import("msvcrt.dll", "time", true));
  CHECK_FALSE(is_32bit_time_import("msvcr90.dll", "time", false));
  CHECK(is_32bit_time_import("msvcr90.dll", "_time32", true));
  CHECK(is_32bit_time_import("api-ms-win-crt-time-l1-1-0.dll", "_localtime32", false));
  CHECK_FALSE(is_32bit_time_import("msvcrt.dll", "_time64", false));
  const auto file = test::PeBuilder().machine(format::pe::Machine::x86).import("msvcrt.dll", {"_stat"}).build();
  const auto r = find_exposure(bytes_of(file), {});
  CHECK(r.exposure == Exposure::uses_32bit_api);
  REQUIRE_FALSE(r.why.empty());
  CHECK(r.why[0].starts_with("imports msvcrt.dll!_stat at 0x"));
}
