// What lies behind a question that no build answers, or that Windows answers in its own way: the edition, a condition of VerifyVersionInfo,
// a module or function that may be missing, how much room a value takes.
#include <doctest/doctest.h>

#include "tests/support/machine_code.hpp"

using namespace tq;
using namespace tq::analysis;
using test::Calls;
using test::Code;
using test::code;
using test::with_dword;

namespace {

constexpr int kJumpIfZero = 0x74, kJumpIfNot = 0x75;

/// sub rsp,158h; an OSVERSIONINFOEXW of zeros at [rsp+30h], its size set; rcx points to it.
Calls zeroed() {
  Calls c;
  c.bytes(with_dword({0x48, 0x81, 0xEC}, 0x158)).bytes(code({0x48, 0x8D, 0x7C, 0x24, 0x30, 0x31, 0xC0}));
  c.bytes(with_dword({0xB9}, 71)).bytes(code({0xF3, 0xAB})).bytes(with_dword({0xC7, 0x44, 0x24, 0x30}, 284));
  return c.bytes(code({0x48, 0x8D, 0x4C, 0x24, 0x30}));
}

/// mov dword [rsp+30h+offset], value
Code field(std::uint32_t offset, std::uint32_t value) { return with_dword({0xC7, 0x84, 0x24}, 0x30 + offset) + with_dword({}, value); }

/// A jump over all that follows, which asks for build 6002 and shows it by a call; then: xor eax,eax; add rsp,158h; ret
Gate behind(Calls c, int jump) {
  // jCC 33; the build in eax; cmp eax,6002; jne 10; mov ecx,5; call [SetErrorMode]
  c.bytes(code({jump, 34}))
      .bytes(test::build_in_eax())
      .bytes(with_dword({0x3D}, 6002))
      .bytes(code({0x75, 11}))
      .bytes(with_dword({0xB9}, 5));
  c.call("SetErrorMode").bytes(code({0x31, 0xC0})).bytes(with_dword({0x48, 0x81, 0xC4}, 0x158)).bytes(code({0xC3}));
  return c.report().gate;
}

const Code kTestResult = code({0x48, 0x85, 0xC0});  // test rax,rax

struct Asked {
  const char* what;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> fields;  ///< offset and value
  std::uint32_t type, conditions;
  bool yes, no;  ///< which answers the lanes of NT 6.0 may get
};

constexpr std::uint32_t kMajorAt = 4, kMinorAt = 8, kBuildAt = 12, kPlatformAt = 16, kServicePackAt = 276, kMinorPackAt = 278,
                        kEditionAt = 280;
/// Three bits for each field: minor, major, build, platform, minor and major service pack, suite, product type.
constexpr std::uint32_t conditions(std::initializer_list<std::pair<unsigned, unsigned>> all) {
  std::uint32_t out = 0;
  for (const auto& [field, how] : all) out |= how << (3 * field);
  return out;
}
enum : unsigned { kEqual = 1, kGreater, kGreaterEqual, kLess, kLessEqual, kAnd };

}  // namespace

TEST_CASE("gates: what VerifyVersionInfo says is followed, and both ways where no build tells it") {
  // Lower digits count when the higher ones are equal, each with its own condition unless that points the other way.
  const Asked all[] = {
      {"major", {{kMajorAt, 6}}, 2, conditions({{1, kEqual}}), true, false},
      {"another major", {{kMajorAt, 7}}, 2, conditions({{1, kEqual}}), false, true},
      {"equal, then greater", {{kMajorAt, 6}}, 3, conditions({{1, kEqual}, {0, kGreater}}), false, true},
      {"not less, then greater", {{kMajorAt, 6}}, 3, conditions({{1, kGreaterEqual}, {0, kGreater}}), false, true},
      {"greater, then equal digits", {{kMajorAt, 6}, {kMinorAt, 0}}, 3, conditions({{1, kGreater}, {0, kGreaterEqual}}), true, false},
      {"decided by the major", {{kMajorAt, 5}, {kMinorAt, 9}}, 3, conditions({{1, kGreater}, {0, kGreater}}), true, false},
      {"the other way", {{kMajorAt, 6}, {kMinorAt, 1}}, 3, conditions({{1, kGreaterEqual}, {0, kLess}}), false, true},
      {"no condition of its own", {{kMajorAt, 6}}, 3, conditions({{1, kGreaterEqual}}), true, false},
      {"service pack", {{kMajorAt, 6}, {kServicePackAt, 3}}, 0x22, conditions({{1, kEqual}, {5, kGreaterEqual}}), false, true},
      {"minor service pack", {{kMinorPackAt, 1}}, 0x10, conditions({{4, kGreaterEqual}}), false, true},
      {"platform", {{kPlatformAt, 1}}, 8, conditions({{3, kEqual}}), false, true},
      {"build without a condition", {{kBuildAt, 6002}}, 4, conditions({{1, kGreaterEqual}}), false, true},
      {"nothing asked", {}, 0, conditions({{1, kEqual}}), false, true},
      {"product type", {{kEditionAt, 0x30000}}, 0x80, conditions({{7, kEqual}}), true, true},
      {"suite", {{kEditionAt, 0x80}}, 0x40, conditions({{6, kAnd}}), true, true},
      {"product type of another major", {{kMajorAt, 7}, {kEditionAt, 0x30000}}, 0x82, conditions({{1, kEqual}, {7, kEqual}}), false, true},
  };
  for (const Asked& a : all) {
    CAPTURE(a.what);
    Calls c = zeroed();
    for (const auto& [offset, value] : a.fields) c.bytes(field(offset, value));
    c.bytes(with_dword({0xBA}, a.type)).bytes(with_dword({0x41, 0xB8}, a.conditions)).call("VerifyVersionInfoW").bytes(code({0x85, 0xC0}));
    CHECK(behind(c, kJumpIfZero) == (a.yes ? Gate::differs : Gate::same));
    CHECK(behind(c, kJumpIfNot) == (a.no ? Gate::differs : Gate::same));
  }
}

TEST_CASE("gates: of several fields VerSetConditionMask means the highest, and it takes nothing back") {
  const auto asked = [](std::uint32_t type, std::uint32_t how) {
    Calls c = zeroed();
    c.bytes(field(kMajorAt, 6)).bytes(with_dword({0xB9}, conditions({{0, kEqual}})));  // mov ecx: minor == is set already
    c.bytes(with_dword({0xBA}, type)).bytes(with_dword({0x41, 0xB8}, how)).call("VerSetConditionMask");
    c.bytes(code({0x48, 0x8D, 0x4C, 0x24, 0x30})).bytes(with_dword({0xBA}, 3)).bytes(code({0x49, 0x89, 0xC0}));
    return c.call("VerifyVersionInfoW").bytes(code({0x85, 0xC0}));
  };
  CHECK(behind(asked(3, kGreaterEqual), kJumpIfZero) == Gate::differs);  // major >= 6, minor == 0
  CHECK(behind(asked(3, kGreaterEqual), kJumpIfNot) == Gate::same);
  CHECK(behind(asked(1, kGreaterEqual), kJumpIfZero) == Gate::same);  // the major has no condition
}

TEST_CASE("gates: product type and suite are not zero because the caller cleared them") {
  const auto asked = [](int offset, int value) {  // cmp byte [rsp+30h+offset], value
    return zeroed().call("GetVersionExW").bytes(with_dword({0x80, 0xBC, 0x24}, 0x30u + static_cast<unsigned>(offset))).bytes(code({value}));
  };
  for (const int offset : {280, 282}) {
    CAPTURE(offset);
    CHECK(behind(asked(offset, 1), kJumpIfNot) == Gate::differs);
    CHECK(behind(asked(offset, 1), kJumpIfZero) == Gate::differs);
  }
  CHECK(behind(asked(278, 1), kJumpIfNot) == Gate::same);  // a minor service pack there is not
}

TEST_CASE("gates: a function or module may be missing, and what is done without it counts") {
  const auto function = [](const std::string& name) {
    return zeroed().bytes(code({0x31, 0xC9})).second(name).call("GetProcAddress").bytes(kTestResult);
  };
  for (const int jump : {kJumpIfZero, kJumpIfNot}) {
    CAPTURE(jump);
    CHECK(behind(function("SetProcessMitigationPolicy"), jump) == Gate::differs);
    CHECK(behind(zeroed().first("helper.dll").call("LoadLibraryA").bytes(kTestResult), jump) == Gate::differs);
    CHECK(behind(zeroed().first("helper.dll").call("GetModuleHandleA").bytes(kTestResult), jump) == Gate::differs);
  }
  CHECK(behind(function("RtlGetVersion"), kJumpIfNot) == Gate::no_source);  // every Windows asked about has it
  CHECK(behind(zeroed().first("NTDLL.dll").call("GetModuleHandleA").bytes(kTestResult), kJumpIfNot) == Gate::no_source);
  CHECK(behind(zeroed().bytes(code({0x31, 0xC9})).call("GetModuleHandleA").bytes(kTestResult), kJumpIfNot) == Gate::no_source);
}

TEST_CASE("gates: a function that is found is called, by whatever way it was looked up") {
  // The ANSI_STRING of the name at [rsp+40h], the address at [rsp+28h].
  Calls c = zeroed();
  c.third("RtlGetVersion").bytes(code({0x4C, 0x89, 0x44, 0x24, 0x48})).bytes(with_dword({0xC7, 0x44, 0x24, 0x40}, 0x000E000D));
  c.bytes(code({0x48, 0x8D, 0x54, 0x24, 0x40, 0x45, 0x31, 0xC0, 0x4C, 0x8D, 0x4C, 0x24, 0x28})).call("LdrGetProcedureAddress");
  c.bytes(with_dword({0xC7, 0x44, 0x24, 0x30}, 284)).bytes(code({0x48, 0x8D, 0x4C, 0x24, 0x30, 0xFF, 0x54, 0x24, 0x28}));
  c.bytes(with_dword({0x81, 0x7C, 0x24, 0x3C}, 6003));  // cmp dword [rsp+3Ch],6003
  CHECK(behind(c, kJumpIfZero) == Gate::differs);
  CHECK(behind(c, kJumpIfNot) == Gate::same);  // 6003 is not 6002
}

TEST_CASE("gates: a name that is only handed on leaves the answer open, when it may be one of the version") {
  const auto handed_on = [](const std::string& elsewhere) {  // sub rsp,28h; mov rdx,rcx; xor ecx,ecx; call; lea; add rsp,28h; ret
    Calls c;
    c.bytes(code({0x48, 0x83, 0xEC, 0x28, 0x48, 0x89, 0xCA, 0x31, 0xC9})).call("GetProcAddress").third(elsewhere);
    return c.bytes(code({0x48, 0x83, 0xC4, 0x28, 0xC3})).report();
  };
  const GateReport r = handed_on("RtlGetVersion");
  CHECK(r.gate == Gate::undecided);
  REQUIRE(r.why.size() == 1);
  CHECK(r.why[0] == "a function is looked up at 0x1009 by a name that was not worked out");
  CHECK(handed_on("NtClose").gate == Gate::no_source);
}

TEST_CASE("gates: who asks how much room a version takes is told, and goes on") {
  // RegQueryValueExA(rcx, name, 0, 0, [rsp+50h], [rsp+40h]) with a room of `room` bytes
  const auto asked = [](std::uint32_t room) {
    Calls c = zeroed();
    c.second("CurrentBuildNumber")
        .bytes(code({0x45, 0x31, 0xC0, 0x45, 0x31, 0xC9, 0x48, 0x8D, 0x44, 0x24, 0x50, 0x48, 0x89, 0x44, 0x24, 0x20}));
    c.bytes(code({0x48, 0x8D, 0x44, 0x24, 0x40, 0x48, 0x89, 0x44, 0x24, 0x28})).bytes(with_dword({0xC7, 0x44, 0x24, 0x40}, room));
    return c.call("RegQueryValueExA").bytes(with_dword({0x3D}, 234));
  };
  CHECK(behind(asked(4), kJumpIfNot) == Gate::differs);
  CHECK(behind(asked(4), kJumpIfZero) == Gate::same);
  CHECK(behind(asked(5), kJumpIfNot) == Gate::same);
  CHECK(behind(asked(5), kJumpIfZero) == Gate::differs);
}

TEST_CASE("gates: ZwQueryValueKey says that the room is too small, or that only its head has room") {
  const auto asked = [](std::uint32_t room, std::uint32_t status) {
    Calls c = zeroed();
    // The UNICODE_STRING at [rsp+60h], its text in the frame: "CurrentBuild"
    const std::string name = "CurrentBuild";
    for (std::size_t i = 0; i < name.size(); i += 2)
      c.bytes(field(static_cast<std::uint32_t>(0x50 + 2 * i), static_cast<std::uint32_t>(name[i]) | static_cast<std::uint32_t>(name[i + 1])
                                                                                                        << 16));
    c.bytes(code({0x48, 0x8D, 0x84, 0x24, 0x80, 0, 0, 0, 0x48, 0x89, 0x44, 0x24, 0x68})).bytes(field(0x30, 0x001A0018));
    c.bytes(code({0x48, 0x8D, 0x54, 0x24, 0x60})).bytes(with_dword({0x41, 0xB8}, 2)).bytes(code({0x4C, 0x8D, 0x8C, 0x24, 0, 1, 0, 0}));
    c.bytes(with_dword({0xC7, 0x44, 0x24, 0x20}, room)).bytes(code({0x48, 0x8D, 0x44, 0x24, 0x40, 0x48, 0x89, 0x44, 0x24, 0x28}));
    return behind(c.call("ZwQueryValueKey").bytes(with_dword({0x3D}, status)), kJumpIfNot);
  };
  struct Answer {
    std::uint32_t room, status;
  };
  for (const auto& [room, status] :
       {Answer{0, 0xC0000023}, Answer{11, 0xC0000023}, Answer{12, 0x80000005}, Answer{21, 0x80000005}, Answer{22, 0}}) {
    CAPTURE(room);
    CHECK(asked(room, status) == Gate::differs);
    CHECK(asked(room, status ^ 1) == Gate::same);
  }
}
