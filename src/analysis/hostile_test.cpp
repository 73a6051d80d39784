// Files that are made to harm: both questions are answered with a reason, in time, whatever the headers say.
#include <doctest/doctest.h>

#include <cstring>

#include "analysis/exposure.hpp"
#include "analysis/gates.hpp"
#include "tests/support/mutants.hpp"
#include "tests/support/pe_builder.hpp"

using namespace tq;
using namespace tq::analysis;

namespace {

using File = std::vector<std::byte>;

File base(format::pe::Machine machine) {
  // mov rax,gs:[60h]; movzx eax,word [rax+120h]; cmp eax,6002; jl +1; ret; ret
  std::vector<std::byte> c;
  for (const int b :
       {0x65, 0x48, 0x8B, 0x04, 0x25, 0x60, 0, 0, 0, 0x0F, 0xB7, 0x80, 0x20, 1, 0, 0, 0x3D, 0x72, 0x17, 0, 0, 0x7C, 1, 0xC3, 0xC3})
    c.push_back(static_cast<std::byte>(b));
  return test::PeBuilder()
      .machine(machine)
      .code(c)
      .import("ntoskrnl.exe", {"PsGetVersion", "KeQuerySystemTime"})
      .delay_import("msvcrt.dll", {"time"})
      .export_entry("Gate")
      .build();
}

std::uint32_t u32(const File& f, std::size_t at) {
  std::uint32_t v = 0;
  if (at + 4 <= f.size()) std::memcpy(&v, f.data() + at, 4);
  return v;
}
void put(File& f, std::size_t at, std::uint64_t v, std::size_t size) {
  if (at + size <= f.size()) std::memcpy(f.data() + at, &v, size);
}

struct Places {
  std::size_t headers, sections, count;
};
Places places(const File& f) {
  const std::size_t pe = u32(f, 0x3C);
  return {pe, pe + 24 + (u32(f, pe + 20) & 0xFFFF), u32(f, pe + 6) & 0xFFFF};
}

void answered(test::MutantWatch& watch, std::size_t number, const File& f) {
  watch.run(number, [&] {
    GateOptions o;
    o.max_steps = 4000;
    const auto gates = find_gates(bytes_of(f), o);
    REQUIRE((gates.gate == Gate::differs || !gates.why.empty()));
    REQUIRE_FALSE(find_exposure(bytes_of(f), {4000, 1000}).why.empty());
  });
}

}  // namespace

TEST_CASE("lanes: every field of the headers at 0, 1, half and its maximum") {
  test::MutantWatch watch("lanes, fields");
  std::size_t n = 0;
  for (const auto machine : {format::pe::Machine::x86, format::pe::Machine::x64}) {
    const File whole = base(machine);
    const Places p = places(whole);
    const std::size_t end = std::min(p.sections + p.count * 40, whole.size());
    for (std::size_t at = p.headers; at + 2 <= end; at += 2)
      for (const std::uint64_t v : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0x7FFFFFFF}, ~std::uint64_t{0}})
        for (const std::size_t size : {std::size_t{2}, std::size_t{4}}) {
          File f = whole;
          put(f, at, v, size);
          answered(watch, n++, f);
        }
  }
}

TEST_CASE("lanes: overlapping, empty, huge and missing sections") {
  test::MutantWatch watch("lanes, sections");
  std::size_t n = 0;
  for (const auto machine : {format::pe::Machine::x86, format::pe::Machine::x64}) {
    const File whole = base(machine);
    const Places p = places(whole);
    REQUIRE(p.count >= 2);
    for (std::size_t one = 0; one < p.count; ++one)
      for (std::size_t other = 0; other < p.count; ++other) {
        // One section takes the place of another, in memory, in the file, in both.
        for (const unsigned what : {1u, 2u, 3u}) {
          File f = whole;
          if ((what & 1) != 0) put(f, p.sections + one * 40 + 12, u32(whole, p.sections + other * 40 + 12), 4);
          if ((what & 2) != 0) put(f, p.sections + one * 40 + 20, u32(whole, p.sections + other * 40 + 20), 4);
          answered(watch, n++, f);
        }
      }
    for (const std::uint64_t count : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{96}, std::uint64_t{0xFFFF}}) {
      File f = whole;
      put(f, p.headers + 6, count, 2);
      answered(watch, n++, f);
    }
    for (std::size_t s = 0; s < p.count; ++s)
      for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0x7FFFF000}, std::uint64_t{0xFFFFFFFF}}) {
        File f = whole;
        put(f, p.sections + s * 40 + 8, size, 4);
        put(f, p.sections + s * 40 + 16, size, 4);
        put(f, p.sections + s * 40 + 36, 0xE0000020, 4);  // code, readable, writable, executable
        answered(watch, n++, f);
      }
  }
}

TEST_CASE("lanes: code of one byte over and over, calls into the middle of instructions, endless jumps") {
  test::MutantWatch watch("lanes, code");
  std::size_t n = 0;
  for (const auto machine : {format::pe::Machine::x86, format::pe::Machine::x64})
    for (int byte = 0; byte < 256; byte += 3)
      for (const int second : {byte, 0xE8, 0xEB, 0xFE, 0x0F}) {
        std::vector<std::byte> c;
        for (int i = 0; i < 600; ++i) c.push_back(static_cast<std::byte>(i % 2 == 0 ? byte : second));
        answered(watch, n++,
                 test::PeBuilder()
                     .machine(machine)
                     .code(c)
                     .import("ntoskrnl.exe", {"PsGetVersion", "KeQuerySystemTime"})
                     .export_entry("Gate")
                     .build());
      }
}

TEST_CASE("lanes: files that are cut, at every length of the headers and then here and there") {
  test::MutantWatch watch("lanes, cut");
  const File whole = base(format::pe::Machine::x64);
  for (std::size_t n = 0; n < whole.size(); n += n < 0x400 ? 1 : 13) {
    File f(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));
    answered(watch, n, f);
  }
}
