// Shapes that compilers give to gates and to what is none: vectors, code shared by jumping back, structures, functions followed twice.
#include <doctest/doctest.h>

#include "analysis/models/models.hpp"
#include "analysis/names.hpp"
#include "tests/support/machine_code.hpp"

using namespace tq;
using namespace tq::analysis;
using test::code;
using test::gates;

TEST_CASE("lanes: a version beside an unknown in a vector is still known") {
  // movd xmm0,eax; movd xmm1,ecx; punpckldq xmm1,xmm0; movq rax,xmm1; shr rax,32; cmp eax,6003; sete al; movzx eax,al; ret
  const auto c =
      test::build_in_eax() + code({0x66, 0x0F, 0x6E, 0xC0, 0x66, 0x0F, 0x6E, 0xC9, 0x66, 0x0F, 0x62, 0xC8, 0x66, 0x48, 0x0F, 0x7E, 0xC8,
                                   0x48, 0xC1, 0xE8, 0x20, 0x3D, 0x73, 0x17, 0,    0,    0x0F, 0x94, 0xC0, 0x0F, 0xB6, 0xC0, 0xC3});
  CHECK(gates(c).gate == Gate::differs);
  CHECK(gates(c, 7600, 7601).gate == Gate::same);
  // The unknown half decides nothing: without the shift ecx is compared.
  const auto other = test::build_in_eax() + code({0x66, 0x0F, 0x6E, 0xC0, 0x66, 0x0F, 0x6E, 0xC9, 0x66, 0x0F, 0x62, 0xC8, 0x66, 0x0F,
                                                  0x7E, 0xC8, 0x3D, 0x73, 0x17, 0,    0,    0x0F, 0x94, 0xC0, 0x0F, 0xB6, 0xC0, 0xC3});
  CHECK(gates(other).gate == Gate::same);
}

TEST_CASE("lanes: a version moved within a vector and kept is no decision") {
  // movd xmm0,eax; pshufd xmm0,xmm0,0E1h; psrldq xmm0,4; movd [rcx],xmm0; xor eax,eax; ret
  const auto c = test::build_in_eax() + code({0x66, 0x0F, 0x6E, 0xC0, 0x66, 0x0F, 0x70, 0xC0, 0xE1, 0x66, 0x0F,
                                              0x73, 0xD8, 0x04, 0x66, 0x0F, 0x7E, 0x01, 0x31, 0xC0, 0xC3});
  for (const std::uint32_t other : {2600u, 6003u, 19045u}) CHECK(gates(c, 6002, other).gate == Gate::same);
}

TEST_CASE("lanes: which field of the version is taken is a decision") {
  // xor edx,edx; cmp eax,6003; setae dl; mov rax,gs:[60h]; mov eax,[rax+rdx*4+118h]; mov [rcx],eax; xor eax,eax; ret
  const auto c =
      test::build_in_eax() + code({0x31, 0xD2, 0x3D, 0x73, 0x17, 0,    0,    0x0F, 0x93, 0xC2, 0x65, 0x48, 0x8B, 0x04, 0x25, 0x60,
                                   0,    0,    0,    0x8B, 0x84, 0x90, 0x18, 0x01, 0,    0,    0x89, 0x01, 0x31, 0xC0, 0xC3});
  CHECK(gates(c).gate == Gate::differs);
  CHECK(gates(c, 6000, 6002).gate == Gate::same);
}

TEST_CASE("lanes: a table of what functions write is sorted, and says how much") {
  CHECK(bytes_written("ZwOpenKey", 0, 8) == 8);
  CHECK(bytes_written("ZwOpenKey", 2, 8) == 0);
  CHECK(bytes_written("RegCreateKeyExW", 8, 4) == 4);
  CHECK(bytes_written("CloseHandle", 0, 4) == 0);
  CHECK(bytes_written("ZwOpenSection", 0, 4) == 4);
  CHECK(!bytes_written("NoSuchFunction", 0, 8));
}

TEST_CASE("lanes: an address before a name is no part of it") {
  const auto looks_up = [](std::initializer_list<int> before) {
    auto c = code({0xC3}) + code(before);
    for (const char x : {'R', 't', 'l', 'G', 'e', 't', 'V', 'e', 'r', 's', 'i', 'o', 'n', '\0'}) c.push_back(static_cast<std::byte>(x));
    const auto file = test::program_of(c);
    const auto program = Program::open(bytes_of(file));
    REQUIRE(program);
    return looks_up_version_names(*program);
  };
  CHECK(looks_up({0}));
  CHECK_FALSE(looks_up({'N', 'd', 'i', 's'}));
}
