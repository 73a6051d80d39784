// What is followed, what a lane shows, and what counts as a source.
#include <doctest/doctest.h>

#include <initializer_list>
#include <string_view>

#include "analysis/functions.hpp"
#include "analysis/gates.hpp"
#include "analysis/names.hpp"
#include "tests/support/machine_code.hpp"

using namespace tq;
using namespace tq::analysis;

namespace {

using test::Code;
using test::code;
using test::gates;

const Code kBuild = test::build_in_eax();

/// The first function, filled up to 32 bytes, then the second.
Code two(Code first, const Code& second) {
  first.resize(32, std::byte{0xCC});
  return first + second;
}

Code text(std::string_view s, unsigned unit) {
  Code c;
  for (const char x : s) {
    c.push_back(static_cast<std::byte>(x));
    c.resize(c.size() + unit - 1);
  }
  c.resize(c.size() + unit);
  return c;
}

bool looks_up(const Code& c) {
  const auto file = test::PeBuilder().code(c).export_entry("Gate").build();
  const auto program = Program::open(bytes_of(file));
  REQUIRE(program);
  return looks_up_version_names(*program);
}

}  // namespace

TEST_CASE("gates: a build that a function returns is followed into its caller") {
  // call 32; cmp eax, 6002; sete al; movzx eax, al; ret
  const Code caller = code({0xE8, 0x1B, 0, 0, 0, 0x3D, 0x72, 0x17, 0, 0, 0x0F, 0x94, 0xC0, 0x0F, 0xB6, 0xC0, 0xC3});
  const auto r = gates(two(caller, kBuild + code({0xC3})));
  CHECK(r.gate == Gate::differs);
  REQUIRE(r.sites.size() == 1);
  CHECK(r.sites[0].comparison == "build == 6002");
}

TEST_CASE("gates: the caller of a function that keeps the build to itself is not followed") {
  // call 32; jmp $: a caller that would never end
  const auto r = gates(two(code({0xE8, 0x1B, 0, 0, 0, 0xEB, 0xFE}), kBuild + code({0x31, 0xC0, 0xC3})));
  CHECK(r.gate == Gate::same);
  CHECK(r.steps < 10);
}

TEST_CASE("gates: memory at an offset that hangs on the build is something else on each build") {
  // xor edx, edx; cmp eax, 6002; sete dl; mov eax, [rcx+rdx*8+16]; ret
  const Code c = kBuild + code({0x31, 0xD2, 0x3D, 0x72, 0x17, 0, 0, 0x0F, 0x94, 0xC2, 0x8B, 0x44, 0xD1, 0x10, 0xC3});
  CHECK(gates(c).gate == Gate::differs);
  CHECK(gates(c, 6003, 7600).gate == Gate::same);
}

TEST_CASE("gates: a build mixed with something unknown decides nothing by itself, and a question about it is open") {
  CHECK(gates(kBuild + code({0x31, 0xC8, 0xC3})).gate == Gate::same);  // xor eax, ecx; ret
  // xor eax, ecx; cmp eax, 5; sete al; movzx eax, al; ret
  CHECK(gates(kBuild + code({0x31, 0xC8, 0x83, 0xF8, 5, 0x0F, 0x94, 0xC0, 0x0F, 0xB6, 0xC0, 0xC3})).gate == Gate::undecided);
}

TEST_CASE("gates: a variable of the frame is no field of the process block") {
  // mov rax, gs:[60h]; mov ecx, [rsp+120h]; ret
  const auto r = gates(code({0x65, 0x48, 0x8B, 0x04, 0x25, 0x60, 0, 0, 0, 0x8B, 0x8C, 0x24, 0x20, 0x01, 0, 0, 0xC3}));
  CHECK(r.gate == Gate::no_source);
}

TEST_CASE("gates: names of version functions are looked up when they are complete") {
  for (const unsigned unit : {1u, 2u}) {
    CHECK(looks_up(code({0xC3, 0, 0, 0}) + text("RtlGetVersion", unit)));
    CHECK(looks_up(code({0xC3, 0, 0, 0}) + text("NtBuildNumber", unit)));
    CHECK_FALSE(looks_up(code({0xC3, 0, 0, 0}) + text("NdisGetVersion", unit)));
    CHECK_FALSE(looks_up(code({0xC3, 0, 0, 0}) + text("RtlGetVersionOf", unit)));
    CHECK_FALSE(looks_up(code({0xC3})));
  }
  // The name of an import is no text that is looked up.
  const auto file = test::PeBuilder().import("ntoskrnl.exe", {"RtlGetVersion"}).build();
  const auto program = Program::open(bytes_of(file));
  REQUIRE(program);
  CHECK_FALSE(looks_up_version_names(*program));
}

TEST_CASE("lanes: a conditional jump over another function begins a function") {
  // call +10h; jns +20h; ret | ret | ret
  Code c = code({0xE8, 0x0B, 0, 0, 0, 0x79, 0x19, 0xC3});
  for (const std::size_t end : {16u, 32u}) {
    c.resize(end, std::byte{0xCC});
    c = c + code({0xC3});
  }
  const auto file = test::PeBuilder().code(c).export_entry("Gate").build();
  const auto program = Program::open(bytes_of(file));
  REQUIRE(program);
  const Decoder decoder(*program);
  const Functions functions(*program, decoder, false);
  const std::uint32_t begin = functions.of(program->extents().front().rva);
  CHECK(functions.is_start(begin + 16));
  CHECK(functions.is_start(begin + 32));
  CHECK(functions.callers(begin + 32).contains(begin));
  CHECK(functions.address_taken(begin));
  CHECK(functions.taken().empty());
}

TEST_CASE("functions: a jump over the start of another function, to where code begins again, is a call in the last place") {
  // 0: call 20h; jmp or jns somewhere; ret; 20h: xor eax,eax; ret; 2Bh: xor eax,eax; ret
  const auto starts_at = [](const Code& jump, std::uint32_t place) {
    const Code c = two(code({0xE8, 0x1B, 0, 0, 0}) + jump + code({0xC3, 0xCC, 0xC3}),
                       code({0x31, 0xC0, 0xC3, 0xCC, 0xCC, 0xCC, 0xCC, 0xCC, 0xCC, 0xCC, 0xCC, 0x31, 0xC0, 0xC3}));
    const auto file = test::program_of(c);
    const auto program = Program::open(bytes_of(file));
    REQUIRE(program);
    const Decoder decoder(*program);
    return Functions(*program, decoder, false).is_start(0x1000 + place);
  };
  const auto jmp = [](int to) { return code({0xE9, to - 10, 0, 0, 0}); };
  const auto jns = [](int to) { return code({0x79, to - 7}); };
  CHECK(starts_at(jmp(0x2B), 0x2B));
  CHECK(starts_at(jns(0x2B), 0x2B));
  CHECK_FALSE(starts_at(code({0x90}), 0x2B));
  CHECK_FALSE(starts_at(jmp(0x2D), 0x2D));  // not behind an end
  CHECK_FALSE(starts_at(jmp(0x0C), 0x0C));  // nothing between
  CHECK_FALSE(starts_at(jns(0x09), 0x09));
}
