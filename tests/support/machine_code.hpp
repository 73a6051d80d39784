// Machine code put together byte by byte, and the question about builds asked of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "analysis/gates.hpp"
#include "tests/support/pe_builder.hpp"

namespace tq::test {

using Code = std::vector<std::byte>;

inline Code code(std::initializer_list<int> bytes) {
  Code c;
  for (const int b : bytes) c.push_back(static_cast<std::byte>(b));
  return c;
}

inline Code operator+(Code a, const Code& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// mov rax, gs:[60h]; movzx eax, word [rax+120h]: the build from the process environment block. 16 bytes.
inline Code build_in_eax() { return code({0x65, 0x48, 0x8B, 0x04, 0x25, 0x60, 0, 0, 0, 0x0F, 0xB7, 0x80, 0x20, 0x01, 0, 0}); }

/// A program of x64 with this code, which it exports as "Gate".
inline std::vector<std::byte> program_of(const Code& c) { return PeBuilder().code(c).export_entry("Gate").build(); }

inline analysis::GateReport gates(const Code& c, std::uint32_t a = 6002, std::uint32_t b = 6003) {
  analysis::GateOptions o;
  o.first = a;
  o.second = b;
  const auto file = program_of(c);
  return analysis::find_gates(bytes_of(file), o);
}

}  // namespace tq::test
