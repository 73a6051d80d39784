// The version as a text: made, copied, taken apart, compared, shown.
#include <doctest/doctest.h>

#include <string>

#include "analysis/gates.hpp"
#include "analysis/program.hpp"
#include "tests/support/machine_code.hpp"
#include "tests/support/pe_builder.hpp"

using namespace tq;
using namespace tq::analysis;
using test::Calls;
using test::Code;
using test::code;

namespace {

/// sub rsp,0A8h; the build in eax; its text at [rsp+40h], made by `format` through _snprintf.
Calls printed(const std::string& format) {
  Calls c;
  c.bytes(code({0x48, 0x81, 0xEC, 0xA8, 0, 0, 0})).bytes(test::build_in_eax());
  c.bytes(code({0x41, 0x89, 0xC1})).bytes(code({0xBA, 0x20, 0, 0, 0})).bytes(code({0x48, 0x8D, 0x4C, 0x24, 0x40}));
  return c.third(format).call("_snprintf");
}

Code first_is_text() { return code({0x48, 0x8D, 0x4C, 0x24, 0x40}); }                       // lea rcx,[rsp+40h]
Code second_is_text() { return code({0x48, 0x8D, 0x54, 0x24, 0x40}); }                      // lea rdx,[rsp+40h]
Code first_is_other() { return code({0x48, 0x8D, 0x4C, 0x24, 0x70}); }                      // lea rcx,[rsp+70h]
Code end() { return code({0x48, 0x81, 0xC4, 0xA8, 0, 0, 0, 0xC3}); }                        // add rsp,0A8h; ret
Code end_with_zero() { return code({0x31, 0xC0, 0x48, 0x81, 0xC4, 0xA8, 0, 0, 0, 0xC3}); }  // xor eax,eax before
Code above(int low, int high) {                                                             // cmp eax,N; setae al; movzx eax,al
  return code({0x3D, low, high, 0, 0, 0x0F, 0x93, 0xC0, 0x0F, 0xB6, 0xC0});
}

Gate compared(const std::string& format, const std::string& with) {
  return printed(format).bytes(first_is_text()).second(with).call("strcmp").bytes(end()).report().gate;
}

}  // namespace

TEST_CASE("gates: a text made of the build is compared as the text it is") {
  CHECK(compared("%u", "6003") == Gate::differs);
  CHECK(compared("%u", "7600") == Gate::same);
  CHECK(compared("build %d.", "build 6003.") == Gate::differs);
  CHECK(compared("%06x", "001773") == Gate::differs);  // 6003
  CHECK(compared("%-6d|", "6002  |") == Gate::differs);
  CHECK(compared("%.2d", "6002") == Gate::differs);
  CHECK(compared("%6u", "6002") == Gate::same);  // "  6002" is smaller in both lanes
}

TEST_CASE("gates: a piece of a format that is not worked out leaves the text open, not alike") {
  const GateReport r = printed("%*u").bytes(first_is_text()).second("6003").call("strcmp").bytes(end()).report();
  CHECK(r.gate == Gate::undecided);
}

TEST_CASE("gates: a text of the build that is only shown decides nothing") {
  CHECK(printed("agent/%u").bytes(first_is_text()).call("OutputDebugStringA").bytes(end_with_zero()).report().gate == Gate::same);
  CHECK(printed("agent/%u").bytes(first_is_text()).call("HttpSendRequestA").bytes(end_with_zero()).report().gate == Gate::same);
}

TEST_CASE("gates: copies of a text are that text") {
  for (const char* with : {"strcpy", "lstrcpyA"}) {
    CAPTURE(with);
    auto copied = [&](const std::string& wanted) {
      return printed("%u").bytes(second_is_text()).bytes(first_is_other()).call(with).bytes(first_is_other()).second(wanted).call("strcmp");
    };
    CHECK(copied("6003").bytes(end()).report().gate == Gate::differs);
    CHECK(copied("9200").bytes(end()).report().gate == Gate::same);
  }
}

TEST_CASE("gates: texts are put behind one another") {
  const auto joined = [](const std::string& wanted) {
    Calls c = printed("%u");
    c.bytes(first_is_text()).second(".18005").call("strcat").bytes(first_is_text()).second(wanted).call("strcmp").bytes(end());
    return c.report().gate;
  };
  CHECK(joined("6003.18005") == Gate::differs);
  CHECK(joined("6003.18006") == Gate::same);  // both are smaller
  CHECK(joined("7601.18005") == Gate::same);
}

TEST_CASE("gates: numbers taken out of a text are the numbers that stand there") {
  // lea r8,[rsp+38h]; the text; sscanf; mov eax,[rsp+38h]
  const auto scanned = [](const std::string& format, int low, int high) {
    Calls c = printed("6.0.%u");
    c.bytes(code({0x4C, 0x8D, 0x44, 0x24, 0x38})).bytes(first_is_text()).second(format).call("sscanf");
    return c.bytes(code({0x8B, 0x44, 0x24, 0x38})).bytes(above(low, high)).bytes(end()).report().gate;
  };
  CHECK(scanned("%*u.%*u.%u", 0x73, 0x17) == Gate::differs);
  CHECK(scanned("%*u.%*u.%u", 0x74, 0x17) == Gate::same);
  CHECK(scanned("%*u.%*u.%2u", 0x3D, 0) == Gate::same);  // "60" in both
  CHECK(scanned("%*[0-9].%*u.%u", 0x73, 0x17) == Gate::undecided);
}

TEST_CASE("gates: what sscanf counts is compared, too") {
  const auto counted = [](const std::string& format) {
    Calls c = printed("%u");
    c.bytes(code({0x4C, 0x8D, 0x44, 0x24, 0x38})).bytes(first_is_text()).second(format).call("sscanf");
    return c.bytes(end()).report().gate;
  };
  CHECK(counted("6003%u") == Gate::same);  // nothing follows in either text
  CHECK(counted("600%u") == Gate::same);
}

TEST_CASE("gates: the place of a character in a text") {
  // The result is null, or not.
  const auto found = [](int character) {
    Calls c = printed("%u");
    c.bytes(first_is_text()).bytes(code({0xBA, character, 0, 0, 0})).call("strchr");
    return c.bytes(code({0x48, 0x85, 0xC0, 0x0F, 0x95, 0xC0, 0x0F, 0xB6, 0xC0})).bytes(end()).report().gate;
  };
  CHECK(found('3') == Gate::differs);
  CHECK(found('6') == Gate::same);
  CHECK(found('x') == Gate::same);
}

TEST_CASE("gates: strtoul says where the number ends") {
  // lea rdx,[rsp+38h]; xor r8d,r8d; strtoul; mov rax,[rsp+38h]; movzx eax,byte [rax]
  const auto behind = [](const std::string& format) {
    Calls c = printed(format);
    c.bytes(code({0x48, 0x8D, 0x54, 0x24, 0x38, 0x45, 0x31, 0xC0})).bytes(first_is_text()).call("strtoul");
    return c.bytes(code({0x48, 0x8B, 0x44, 0x24, 0x38, 0x0F, 0xB6, 0x00})).bytes(end()).report().gate;
  };
  CHECK(behind("%u.5") == Gate::same);
  CHECK(behind("7.%u") == Gate::same);
}

TEST_CASE("gates: memory that the version is in is compared byte by byte") {
  // mov [rsp+38h],eax; lea rcx,[rsp+38h]; mov r8d,N
  const auto compared_bytes = [](const std::string& import, const std::string& with, int bytes, const Code& then) {
    Calls c;
    c.bytes(code({0x48, 0x81, 0xEC, 0xA8, 0, 0, 0})).bytes(test::build_in_eax()).bytes(code({0x89, 0x44, 0x24, 0x38}));
    c.bytes(code({0x48, 0x8D, 0x4C, 0x24, 0x38})).bytes(code({0x41, 0xB8, bytes, 0, 0, 0})).second(with).call(import).bytes(then);
    return c.bytes(end()).report().gate;
  };
  const std::string build("\x73\x17\0\0", 4), other("\x74\x17\0\0", 4);
  CHECK(compared_bytes("memcmp", build, 4, {}) == Gate::differs);
  CHECK(compared_bytes("memcmp", other, 4, {}) == Gate::same);                         // less in both lanes
  const Code all_four = code({0x3D, 4, 0, 0, 0, 0x0F, 0x94, 0xC0, 0x0F, 0xB6, 0xC0});  // cmp eax,4; sete al; movzx eax,al
  CHECK(compared_bytes("RtlCompareMemory", build, 4, all_four) == Gate::differs);
  CHECK(compared_bytes("RtlCompareMemory", other, 4, all_four) == Gate::same);
}

TEST_CASE("gates: characters of a text are counted") {
  const auto counted = [](const std::string& set) {
    return printed("%u").bytes(first_is_text()).second(set).call("strcspn").bytes(end()).report().gate;
  };
  CHECK(counted("3") == Gate::differs);
  CHECK(counted("6") == Gate::same);
}

TEST_CASE("gates: a text is cut into pieces one after the other") {
  // xor ecx,ecx: the text of the last time
  const auto third = [](const std::string& wanted) {
    Calls c = printed("6.0.%u");
    c.bytes(first_is_text()).second(".").call("strtok");
    for (int i = 0; i < 2; ++i) c.bytes(code({0x31, 0xC9})).second(".").call("strtok");
    return c.bytes(code({0x48, 0x89, 0xC1})).second(wanted).call("strcmp").bytes(end()).report().gate;
  };
  CHECK(third("6003") == Gate::differs);
  CHECK(third("7600") == Gate::same);
}

TEST_CASE("gates: a text that becomes a fraction is not worked out") {
  CHECK(printed("%u").bytes(first_is_text()).call("atof").bytes(end_with_zero()).report().gate == Gate::undecided);
}

TEST_CASE("gates: a function on texts without a model leaves what it gives open") {
  const GateReport r = printed("%u")
                           .bytes(first_is_text())
                           .second("3")
                           .call("strpbrk")
                           .bytes(code({0x48, 0x85, 0xC0, 0x74, 5, 0xB8, 1, 0, 0, 0}))
                           .bytes(end())
                           .report();
  CHECK(r.gate == Gate::undecided);
  // Nothing of the version is in these texts.
  const GateReport other = Calls()
                               .bytes(code({0x48, 0x81, 0xEC, 0xA8, 0, 0, 0}))
                               .bytes(test::build_in_eax())
                               .bytes(code({0x31, 0xC0}))
                               .first("one")
                               .second("n")
                               .call("strpbrk")
                               .bytes(code({0x48, 0x85, 0xC0, 0x74, 5, 0xB8, 1, 0, 0, 0}))
                               .bytes(end_with_zero())
                               .report();
  CHECK(other.gate == Gate::same);
}

TEST_CASE("gates: a function of a library that is loaded late is known by the name of its slot") {
  // sub rsp,48h; lea rcx,[rsp+30h]; lea rdx,[rsp+34h]; lea r8,[rsp+38h]; call [slot]; movzx eax,word [rsp+38h]; cmp eax,6003; setae al;
  // movzx eax,al; add rsp,48h; ret
  const Code c = code({0x48, 0x83, 0xEC, 0x48, 0x48, 0x8D, 0x4C, 0x24, 0x30, 0x48, 0x8D, 0x54, 0x24, 0x34, 0x4C, 0x8D,
                       0x44, 0x24, 0x38, 0xFF, 0x15, 0,    0,    0,    0,    0x0F, 0xB7, 0x44, 0x24, 0x38, 0x3D, 0x73,
                       0x17, 0,    0,    0x0F, 0x93, 0xC0, 0x0F, 0xB6, 0xC0, 0x48, 0x83, 0xC4, 0x48, 0xC3});
  constexpr std::size_t kBehindCall = 25;
  const auto file = test::linked(c, {{kBehindCall, "RtlGetNtVersionNumbers"}}, [](const Code& all) {
    return test::PeBuilder().code(all).delay_import("ntdll.dll", {"RtlGetNtVersionNumbers"}).export_entry("Gate").build();
  });
  const auto program = Program::open(bytes_of(file));
  REQUIRE(program);
  CHECK(program->delay_descriptors().size() == 1);
  CHECK(find_gates(bytes_of(file), {}).gate == Gate::differs);
}
