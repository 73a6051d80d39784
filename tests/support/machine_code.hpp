// Machine code put together byte by byte, and the question about builds asked of it.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "analysis/gates.hpp"
#include "analysis/program.hpp"
#include "tests/support/pe_builder.hpp"

namespace tq::test {

/// A type of its own, so that its `+` is found.
struct Code : std::vector<std::byte> {
  using std::vector<std::byte>::vector;
  Code(std::vector<std::byte> v) : vector(std::move(v)) {}  // NOLINT: reads as the bytes it is
};

inline Code code(std::initializer_list<int> bytes) {
  Code c;
  for (const int b : bytes) c.push_back(static_cast<std::byte>(b));
  return c;
}

/// The bytes and a number of 32 bits behind them.
inline Code with_dword(std::initializer_list<int> bytes, std::uint32_t v) {
  Code c = code(bytes);
  for (unsigned i = 0; i < 4; ++i) c.push_back(static_cast<std::byte>(v >> (8 * i)));
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

/// An instruction of 64-bit code whose last four bytes lead to the slot of an import.
struct SlotUse {
  std::size_t behind;  ///< where it ends
  std::string import;
};
/// The program that `build` makes of this code with its imports, after those instructions were led to their slots. Where the slots lie does
/// not hang on what the code holds.
template <class Build>
std::vector<std::byte> linked(Code c, const std::vector<SlotUse>& uses, const Build& build) {
  const std::vector<std::byte> plain = build(c);
  const auto program = analysis::Program::open(bytes_of(plain));
  REQUIRE(program);
  std::size_t met = 0;
  for (const auto& [slot, import] : program->imports())
    for (const SlotUse& use : uses) {
      if (use.import != import.name) continue;
      const std::uint32_t distance = slot - program->extents().front().rva - static_cast<std::uint32_t>(use.behind);
      std::memcpy(c.data() + use.behind - 4, &distance, 4);
      ++met;
    }
  REQUIRE(met == uses.size());
  return build(c);
}

/// Code of x64 that calls imports and names texts, which lie behind it.
class Calls {
 public:
  Calls& bytes(const Code& c) {
    code_.insert(code_.end(), c.begin(), c.end());
    return *this;
  }
  /// call [import]
  Calls& call(const std::string& import) {
    bytes(code({0xFF, 0x15, 0, 0, 0, 0}));
    imports_.push_back({code_.size(), import});
    return *this;
  }
  /// jmp [import]
  Calls& jump(const std::string& import) {
    bytes(code({0xFF, 0x25, 0, 0, 0, 0}));
    imports_.push_back({code_.size(), import});
    return *this;
  }
  /// lea rcx | rdx | r8, [text]
  Calls& first(const std::string& text) { return lea({0x48, 0x8D, 0x0D, 0, 0, 0, 0}, text); }
  Calls& second(const std::string& text) { return lea({0x48, 0x8D, 0x15, 0, 0, 0, 0}, text); }
  Calls& third(const std::string& text) { return lea({0x4C, 0x8D, 0x05, 0, 0, 0, 0}, text); }

  [[nodiscard]] analysis::GateReport report(std::uint32_t a = 6002, std::uint32_t b = 6003) const {
    Code all = code_;
    for (const auto& [at, text] : texts_) {
      put(all, at, static_cast<std::uint32_t>(all.size() - at));
      for (const char c : text) all.push_back(static_cast<std::byte>(c));
      all.push_back(std::byte{0});
    }
    analysis::GateOptions o;
    o.first = a;
    o.second = b;
    const auto file = linked(all, imports_, [&](const Code& c) { return built(c); });
    return analysis::find_gates(bytes_of(file), o);
  }

 private:
  static void put(Code& c, std::size_t behind, std::uint32_t v) { std::memcpy(c.data() + behind - 4, &v, 4); }
  Calls& lea(std::initializer_list<int> instruction, const std::string& text) {
    bytes(code(instruction));
    texts_.emplace_back(code_.size(), text);
    return *this;
  }
  [[nodiscard]] std::vector<std::byte> built(const Code& c) const {
    std::vector<std::string> names;
    for (const auto& i : imports_)
      if (std::find(names.begin(), names.end(), i.import) == names.end()) names.push_back(i.import);
    return PeBuilder().code(c).import("msvcrt.dll", names).export_entry("Gate").build();
  }
  Code code_;
  std::vector<SlotUse> imports_;
  std::vector<std::pair<std::size_t, std::string>> texts_;  ///< where the instruction ends
};

}  // namespace tq::test
