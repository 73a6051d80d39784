// Decoded instructions, kept small: what following and searching need. Decoding is Zydis.
#pragma once

#include <Zydis/Zydis.h>

#include <array>
#include <optional>
#include <string>
#include <unordered_map>

#include "analysis/program.hpp"

namespace tq::analysis {

/// One operand. Registers that are not there are -1.
struct Operand {
  enum class Type : std::uint8_t { none, gpr, xmm, memory, immediate, other };
  Type type = Type::none;
  std::uint8_t bytes = 0;
  std::int8_t reg = -1;  ///< 0..15 in the order of the encoding; for xmm its number
  bool high = false;     ///< ah, ch, dh, bh
  std::int8_t base = -1, index = -1;
  std::uint8_t scale = 0;
  std::uint8_t segment = 0;  ///< 0 none, 1 fs, 2 gs
  bool agen = false;         ///< an address only (lea)
  std::uint64_t value = 0;   ///< immediate, displacement, or the absolute address of a rip-relative operand
};

/// Where control goes behind an instruction. stop: nowhere, it traps.
enum class Flow : std::uint8_t { next, jump, branch, call, ret, stop };

struct Insn {
  ZydisMnemonic mnemonic = ZYDIS_MNEMONIC_INVALID;
  std::uint8_t length = 0;
  std::uint8_t operands = 0;  ///< visible ones
  std::uint8_t bits = 0;      ///< operand width
  Flow flow = Flow::next;
  bool rep = false, repne = false, vex = false;
  std::int8_t condition = -1;  ///< 0..15 for jcc, setcc, cmovcc
  std::array<Operand, 4> op;
  [[nodiscard]] bool valid() const { return mnemonic != ZYDIS_MNEMONIC_INVALID; }
  /// Target of a direct jump, branch or call, as an rva; nullopt for an indirect one.
  std::optional<std::uint32_t> target;
};

/// ah, ch, dh, bh: they stand above the low byte.
constexpr bool is_high_byte(ZydisRegister r) { return r >= ZYDIS_REGISTER_AH && r <= ZYDIS_REGISTER_BH; }

/// Decodes the code of one program.
class Decoder {
 public:
  explicit Decoder(const Program& p);
  /// Kept for as long as the decoder; invalid where no code is.
  const Insn& at(std::uint32_t rva);
  /// Without keeping it.
  [[nodiscard]] Insn decode(std::uint32_t rva) const;
  /// All operands, hidden ones too. False where no code is.
  bool full(std::uint32_t rva, ZydisDecodedInstruction& insn, std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT>& ops) const;
  /// Intel syntax, for people.
  [[nodiscard]] std::string text(std::uint32_t rva) const;

 private:
  const Program& program_;
  ZydisDecoder decoder_{};
  std::unordered_map<std::uint32_t, Insn> known_;
};

}  // namespace tq::analysis
