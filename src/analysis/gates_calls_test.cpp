// Calls out of the program, compared between lanes that come to them one after the other.
#include <doctest/doctest.h>

#include <cstring>

#include "analysis/gates.hpp"
#include "tests/support/machine_code.hpp"
#include "tests/support/pe_builder.hpp"

using namespace tq;
using namespace tq::analysis;

namespace {

// 0: mov rax,gs:[60h]; movzx eax,word [rax+120h]; sub rsp,28h; cmp eax,6003; jb 42
// 27: mov ecx,FIRST; call 64; add rsp,28h; ret
// 42: mov ecx,SECOND; call 64; add rsp,28h; ret
// 64: sub rsp,28h; call [IMPORT]; add rsp,28h; xor eax,eax; ret
constexpr unsigned char kCode[] = {0x65, 0x48, 0x8B, 0x04, 0x25, 0x60, 0,    0,    0,    0x0F, 0xB7, 0x80, 0x20, 1,    0,    0,    0x48,
                                   0x83, 0xEC, 0x28, 0x3D, 0x73, 0x17, 0,    0,    0x72, 0x0F, 0xB9, 0,    0,    0,    0,    0xE8, 27,
                                   0,    0,    0,    0x48, 0x83, 0xC4, 0x28, 0xC3, 0xB9, 0,    0,    0,    0,    0xE8, 12,   0,    0,
                                   0,    0x48, 0x83, 0xC4, 0x28, 0xC3, 0xCC, 0xCC, 0xCC, 0xCC, 0xCC, 0xCC, 0xCC, 0x48, 0x83, 0xEC, 0x28,
                                   0xFF, 0x15, 0,    0,    0,    0,    0x48, 0x83, 0xC4, 0x28, 0x31, 0xC0, 0xC3};
constexpr std::size_t kFirst = 28, kSecond = 43, kBehindCall = 74;

std::vector<std::byte> built(const std::vector<std::byte>& code) {
  return test::PeBuilder().code(code).import("ntoskrnl.exe", {"KeBugCheck2", "HalMakeBeep"}).export_entry("Gate").build();
}

Gate gate_of(const std::vector<std::byte>& file) { return find_gates(bytes_of(file), {}).gate; }

/// What is said of a program in which both ways call the same import with these numbers.
Gate called_with(std::uint32_t first, std::uint32_t second) {
  std::vector<std::byte> code(sizeof kCode);
  std::memcpy(code.data(), kCode, sizeof kCode);
  std::memcpy(code.data() + kFirst, &first, 4);
  std::memcpy(code.data() + kSecond, &second, 4);
  return gate_of(test::linked(code, {{kBehindCall, "HalMakeBeep"}}, built));
}

}  // namespace

TEST_CASE("gates: a call that lanes reach one after the other is compared by what it is handed") {
  CHECK(called_with(5, 7) == Gate::differs);
  CHECK(called_with(5, 5) == Gate::same);
}
