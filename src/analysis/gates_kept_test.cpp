// A version on a way that no pointer of the program shows: kept by Windows and asked for again, handed back as an argument, left behind by
// a function somebody else calls, or in the flags.
#include <doctest/doctest.h>

#include "tests/support/machine_code.hpp"

using namespace tq;
using namespace tq::analysis;
using test::Calls;
using test::Code;
using test::code;
using test::with_dword;

namespace {

Code begin() { return code({0x48, 0x83, 0xEC, 0x48}); }      // sub rsp,48h
Code end() { return code({0x48, 0x83, 0xC4, 0x48, 0xC3}); }  // add rsp,48h; ret
Code is(std::uint32_t build) {                               // cmp eax,N; sete al; movzx eax,al
  return with_dword({0x3D}, build) + code({0x0F, 0x94, 0xC0, 0x0F, 0xB6, 0xC0});
}
Code first(std::uint32_t v) { return with_dword({0xB9}, v); }   // mov ecx,N
Code second(std::uint32_t v) { return with_dword({0xBA}, v); }  // mov edx,N
Code third(std::uint32_t v) { return with_dword({0x41, 0xB8}, v); }

Gate gate_of(const Calls& c) { return c.report().gate; }

}  // namespace

TEST_CASE("gates: what a thread or window keeps under an index comes back by that index") {
  struct Pair {
    const char *set, *get;
    bool window;  ///< the index is the second argument
  };
  for (const Pair& p : {Pair{"TlsSetValue", "TlsGetValue", false}, Pair{"FlsSetValue", "FlsGetValue", false},
                        Pair{"SetWindowLongPtrW", "GetWindowLongPtrW", true}}) {
    CAPTURE(p.set);
    const auto program = [&](std::uint32_t asked) {
      Calls c;
      c.bytes(begin() + test::build_in_eax());
      if (p.window)
        c.bytes(code({0x41, 0x89, 0xC0}) + second(3) + first(8)).call(p.set).bytes(second(asked) + first(8)).call(p.get);  // mov r8d,eax
      else
        c.bytes(code({0x89, 0xC2}) + first(3)).call(p.set).bytes(first(asked)).call(p.get);  // mov edx,eax
      return c.bytes(is(6002) + end());
    };
    CHECK(gate_of(program(3)) == Gate::differs);
    CHECK(gate_of(program(4)) == Gate::same);
  }
}

TEST_CASE("gates: a function that asks for what is kept is followed though nobody hands it anything") {
  // 0: calls 50h, which is too long to be followed for its own sake, and then leaves the build in a slot
  Calls c;
  c.bytes(begin() + with_dword({0xE8}, 0x50 - 9) + test::build_in_eax() + code({0x89, 0xC2}) + first(3)).call("TlsSetValue");
  c.bytes(code({0x31, 0xC0}) + end() + Code(0x50 - 45, std::byte{0xCC}) + begin() + first(3)).call("TlsGetValue");
  c.bytes(with_dword({0x3D}, 6002) + code({0x75, 0x0B}) + first(5)).call("SetErrorMode").bytes(code({0x31, 0xC0}) + end());
  CHECK(gate_of(c) == Gate::differs);
}

TEST_CASE("gates: a call through a jump to an import writes nothing that the import does not") {
  // A pointer at [rsp+20h] and in rsi, r9 left over with the address of the first; 60h: jmp [KeInitializeSpinLock]
  Calls c;
  c.bytes(begin() + code({0x31, 0xC9})).call("ExAllocatePoolWithTag").bytes(code({0x48, 0x89, 0xC6, 0x48, 0x89, 0x44, 0x24, 0x20}));
  c.bytes(code({0x4C, 0x8D, 0x4C, 0x24, 0x20, 0x48, 0x8D, 0x4C, 0x24, 0x30}) + with_dword({0xE8}, 0x60 - 35));
  // The build goes behind the one and is looked at behind the other.
  c.bytes(code({0x48, 0x8B, 0x5C, 0x24, 0x20}) + test::build_in_eax() + code({0x89, 0x43, 0x04, 0x8B, 0x46, 0x04}) + is(6002) + end());
  c.bytes(Code(0x60 - 78, std::byte{0xCC})).jump("KeInitializeSpinLock");
  CHECK(gate_of(c) == Gate::differs);
}

TEST_CASE("gates: properties of a window are told apart by their names") {
  const auto program = [](const std::string& asked) {
    Calls c;
    c.bytes(begin() + test::build_in_eax() + code({0x41, 0x89, 0xC0}) + first(8)).second("Build").call("SetPropA");
    return c.bytes(first(8)).second(asked).call("GetPropA").bytes(is(6002) + end());
  };
  CHECK(gate_of(program("Build")) == Gate::differs);
  CHECK(gate_of(program("Other")) == Gate::same);
}

TEST_CASE("gates: the extension of a driver object is found by its id") {
  const auto program = [](std::uint32_t asked) {
    Calls c;
    // out at [rsp+28h]; the build goes to its second word
    c.bytes(begin() + code({0x4C, 0x8D, 0x4C, 0x24, 0x28}) + third(16) + second(7) + first(8)).call("IoAllocateDriverObjectExtension");
    c.bytes(code({0x48, 0x8B, 0x5C, 0x24, 0x28}) + test::build_in_eax() + code({0x89, 0x43, 0x04}) + second(asked) + first(8));
    return c.call("IoGetDriverObjectExtension").bytes(code({0x8B, 0x40, 0x04}) + is(6002) + end());
  };
  CHECK(gate_of(program(7)) == Gate::differs);
  CHECK(gate_of(program(9)) == Gate::same);
}

TEST_CASE("gates: contexts of framework objects are found by their type, when the program is bound to the framework") {
  const auto program = [](std::uint32_t asked, const char* bound) {
    const Code worker = code({0x48, 0x8B, 0x06}) + with_dword({0xFF, 0x90}, 202 * 8);  // mov rax,[rsi]; call [rax+650h]
    Calls c;
    c.bytes(begin()).call(bound).bytes(third(0x1000) + second(1) + worker + code({0x48, 0x89, 0xC3}));  // mov rbx,rax
    c.bytes(test::build_in_eax() + code({0x89, 0x43, 0x04}) + third(asked) + second(2) + worker);
    return c.bytes(code({0x8B, 0x40, 0x04}) + is(6002) + end());
  };
  CHECK(gate_of(program(0x1000, "WdfVersionBind")) == Gate::differs);
  CHECK(gate_of(program(0x2000, "WdfVersionBind")) == Gate::same);
  CHECK(gate_of(program(0x1000, "IoDeleteDevice")) == Gate::same);
}

TEST_CASE("gates: a version in a message or a queued call leaves the answer open") {
  const auto posted = [](const Code& value) {
    Calls c;
    return c.bytes(begin() + test::build_in_eax() + value + second(0x400) + first(8))
        .call("PostMessageW")
        .bytes(code({0x31, 0xC0}) + end())
        .report();
  };
  const GateReport r = posted(code({0x41, 0x89, 0xC0}));  // mov r8d,eax
  CHECK(r.gate == Gate::undecided);
  REQUIRE(r.why.size() == 1);
  CHECK(r.why[0].starts_with("the version is handed on by PostMessageW"));
  CHECK(posted(third(5)).gate == Gate::same);
}

TEST_CASE("gates: a function that is called back leaves the version with whoever handed it over") {
  // 0: InitOnceExecuteOnce(.., 48h, &[rsp+2Ch], 0) and a look at [rsp+2Ch]; 48h: stores what 68h returns behind its second argument
  Calls c;
  c.bytes(begin() + with_dword({0xC7, 0x44, 0x24, 0x2C}, 0) + with_dword({0x48, 0x8D, 0x15}, 0x48 - 19));
  c.bytes(code({0x4C, 0x8D, 0x44, 0x24, 0x2C, 0x45, 0x31, 0xC9, 0x48, 0x8D, 0x4C, 0x24, 0x38})).call("InitOnceExecuteOnce");
  c.bytes(code({0x8B, 0x44, 0x24, 0x2C}) + is(6002) + end());
  c.bytes(Code(0x48 - 58, std::byte{0xCC}) + code({0x53, 0x48, 0x83, 0xEC, 0x20, 0x48, 0x89, 0xD3}) + with_dword({0xE8}, 0x68 - 0x55));
  c.bytes(code({0x89, 0x03}) + with_dword({0xB8}, 1) + code({0x48, 0x83, 0xC4, 0x20, 0x5B, 0xC3}) + Code(6, std::byte{0xCC}));
  c.bytes(test::build_in_eax() + code({0xC3}));
  CHECK(gate_of(c) == Gate::differs);
}

TEST_CASE("gates: flags carry a comparison, and bytes of a register a version, through what has no model") {
  const Code look = test::build_in_eax() + with_dword({0x3D}, 6002);
  // lahf; shr eax,8; and eax,40h | pushf; pop rax | pushf; xor eax,eax; popf; sete al
  for (const Code& through :
       {code({0x9F, 0xC1, 0xE8, 0x08, 0x83, 0xE0, 0x40}), code({0x9C, 0x58}), code({0x9C, 0x31, 0xC0, 0x9D, 0x0F, 0x94, 0xC0})}) {
    const Code ask = code({0x85, 0xC0, 0x75, 0x06}) + with_dword({0xB8}, 5) + code({0xC3});  // test eax,eax; jne end; mov eax,5; ret
    CHECK(test::gates(look + through + ask + code({0x31, 0xC0, 0xC3})).gate == Gate::undecided);
  }
  // xlat: al of 6002 is 72h, that of 6003 73h; the table is not known
  const Code ask = code({0xD7, 0x0F, 0xB6, 0xC0, 0x85, 0xC0, 0x75, 0x06}) + with_dword({0xB8}, 5) + code({0xC3, 0x31, 0xC0, 0xC3});
  CHECK(test::gates(test::build_in_eax() + ask).gate == Gate::undecided);
}

TEST_CASE("gates: instructions that compare or scan memory stop in each lane by themselves") {
  // The build at [rsp+20h], N at [rsp+28h]: mov [..]; lea rsi; lea rdi; mov ecx,4; repe cmpsb; sete al; movzx eax,al
  const auto compared = [](std::uint32_t with) {
    return test::gates(begin() + test::build_in_eax() + code({0x89, 0x44, 0x24, 0x20}) + with_dword({0xC7, 0x44, 0x24, 0x28}, with) +
                       code({0x48, 0x8D, 0x74, 0x24, 0x20, 0x48, 0x8D, 0x7C, 0x24, 0x28}) + first(4) +
                       code({0xF3, 0xA6, 0x0F, 0x94, 0xC0, 0x0F, 0xB6, 0xC0}) + end())
        .gate;
  };
  CHECK(compared(6002) == Gate::differs);
  CHECK(compared(6003) == Gate::differs);
  CHECK(compared(7600) == Gate::same);
  // Two numbers at [rsp+20h]: lea rdi; mov ecx,2; repne scasd; how many are left
  const auto scanned = [](std::uint32_t a, std::uint32_t b) {
    return test::gates(begin() + with_dword({0xC7, 0x44, 0x24, 0x20}, a) + with_dword({0xC7, 0x44, 0x24, 0x24}, b) + test::build_in_eax() +
                       code({0x48, 0x8D, 0x7C, 0x24, 0x20}) + first(2) + code({0xF2, 0xAF, 0x89, 0xC8}) + end())
        .gate;
  };
  CHECK(scanned(6002, 7600) == Gate::differs);
  CHECK(scanned(6001, 6003) == Gate::same);  // the last one: found or not, none is left
  CHECK(scanned(6003, 6003) == Gate::differs);
}
