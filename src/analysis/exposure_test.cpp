#include "analysis/exposure.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

#include "analysis/models/clock.hpp"
#include "tests/support/pe_builder.hpp"

using namespace tq;
using namespace tq::analysis;

namespace {

std::vector<std::byte> code(std::initializer_list<int> bytes) {
  std::vector<std::byte> c;
  for (const int b : bytes) c.push_back(static_cast<std::byte>(b));
  return c;
}

ExposureReport of_x64(std::initializer_list<int> bytes) {
  const auto file = test::PeBuilder().code(code(bytes)).export_entry("Take").build();
  return find_exposure(bytes_of(file), {});
}

}  // namespace

TEST_CASE("exposure: dates and seconds") {
  CHECK(seconds_of({1970, 1, 1}) == 0);
  CHECK(seconds_of({2038, 1, 19, 3, 14, 7}) == 2147483647);
  CHECK(seconds_of({2106, 2, 7, 6, 28, 16}) == 4294967296);
  CHECK(seconds_of({2037, 13, 1}) == seconds_of({2038, 1, 1}));
  CHECK(weekday_of(0) == 4);           // a Thursday
  CHECK(weekday_of(2147483648) == 2);  // a Tuesday
  for (std::int64_t t = -4000000000; t < 9000000000; t += 86399 * 37) {
    CAPTURE(t);
    const analysis::Date d = date_of(t);
    CHECK(seconds_of(d) == t);
    CHECK(d.month >= 1);
    CHECK(d.month <= 12);
    CHECK(d.day >= 1);
    CHECK(d.day <= 31);
  }
}

TEST_CASE("exposure: a time from elsewhere is told by its epoch") {
  // mov rax,[rcx]; mov rdx,19DB1DED53E8000h; sub rax,rdx; xor edx,edx; mov ecx,10000000; div rcx; then movsxd rax,eax; ret or ret
  CHECK(of_x64({0x48, 0x8B, 0x01, 0x48, 0xBA, 0x00, 0x80, 0x3E, 0xD5, 0xDE, 0xB1, 0x9D, 0x01, 0x48, 0x29,
                0xD0, 0x31, 0xD2, 0xB9, 0x80, 0x96, 0x98, 0x00, 0x48, 0xF7, 0xF1, 0x48, 0x63, 0xC0, 0xC3})
            .exposure == Exposure::exposed);
  CHECK(of_x64({0x48, 0x8B, 0x01, 0x48, 0xBA, 0x00, 0x80, 0x3E, 0xD5, 0xDE, 0xB1, 0x9D, 0x01, 0x48,
                0x29, 0xD0, 0x31, 0xD2, 0xB9, 0x80, 0x96, 0x98, 0x00, 0x48, 0xF7, 0xF1, 0xC3})
            .exposure == Exposure::no_evidence);
  // Another number taken away: no time.
  CHECK(of_x64({0x48, 0x8B, 0x01, 0x48, 0xBA, 0x01, 0x80, 0x3E, 0xD5, 0xDE, 0xB1, 0x9D, 0x01, 0x48, 0x29,
                0xD0, 0x31, 0xD2, 0xB9, 0x80, 0x96, 0x98, 0x00, 0x48, 0xF7, 0xF1, 0x48, 0x63, 0xC0, 0xC3})
            .exposure == Exposure::no_evidence);
}

TEST_CASE("exposure: the generations of the run time") {
  struct Case {
    const char *dll, *name;
    bool x86, x64;
  };
  for (const Case& c :
       {Case{"crtdll.dll", "time", true, false}, Case{"msvcrt20.dll", "mktime", true, false}, Case{"msvcrt40.dll", "_stat", true, false},
        Case{"msvcr70.dll", "ctime", true, false}, Case{"msvcr71.dll", "_utime", true, false}, Case{"msvcr71.dll", "_time64", false, false},
        Case{"msvcr80.dll", "time", false, false}, Case{"msvcr80.dll", "_mktime32", true, true},
        Case{"msvcr120.dll", "_findfirst32i64", true, true}, Case{"msvcr120.dll", "_findfirst64i32", false, false},
        Case{"ucrtbase.dll", "_stat64i32", false, false}, Case{"ucrtbase.dll", "_wutime32", true, true},
        Case{"msvcrt.dll", "_stati64", true, false}, Case{"kernel32.dll", "time", false, false}}) {
    CAPTURE(c.dll);
    CAPTURE(c.name);
    CHECK(is_32bit_time_import(c.dll, c.name, false) == c.x86);
    CHECK(is_32bit_time_import(c.dll, c.name, true) == c.x64);
  }
}

TEST_CASE("exposure: no word says that a program is safe, and every answer has a reason") {
  for (const Exposure e : {Exposure::exposed, Exposure::uses_32bit_api, Exposure::no_evidence, Exposure::not_analysed})
    CHECK(std::string(to_string(e)).find("safe") == std::string::npos);
  for (const auto& file :
       {test::PeBuilder().build(), test::PeBuilder().dotnet().build(), test::PeBuilder().machine(format::pe::Machine::arm64).build()})
    CHECK_FALSE(find_exposure(bytes_of(file), {}).why.empty());
  const auto none = test::PeBuilder().build();
  CHECK(find_exposure(bytes_of(none), {}).why[0].find("proves nothing") != std::string::npos);
}
