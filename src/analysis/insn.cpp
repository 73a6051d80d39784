#include "analysis/insn.hpp"

namespace tq::analysis {
namespace {

constexpr std::uint64_t kLongestInsn = 15;

Operand register_operand(ZydisRegister r, ZyanU16 bits) {
  Operand o;
  o.bytes = static_cast<std::uint8_t>(bits / 8);
  const ZydisRegisterClass c = ZydisRegisterGetClass(r);
  o.reg = ZydisRegisterGetId(r);
  switch (c) {
    case ZYDIS_REGCLASS_GPR8:
      // Zydis numbers al cl dl bl ah ch dh bh spl bpl sil dil r8b..: the high bytes sit in the middle.
      o.high = is_high_byte(r);
      if (o.high)
        o.reg = static_cast<std::int8_t>(r - ZYDIS_REGISTER_AH);
      else if (r >= ZYDIS_REGISTER_SPL)
        o.reg = static_cast<std::int8_t>(r - ZYDIS_REGISTER_SPL + 4);
      o.type = Operand::Type::gpr;
      break;
    case ZYDIS_REGCLASS_GPR16:
    case ZYDIS_REGCLASS_GPR32:
    case ZYDIS_REGCLASS_GPR64: o.type = Operand::Type::gpr; break;
    case ZYDIS_REGCLASS_XMM: o.type = o.reg < 16 ? Operand::Type::xmm : Operand::Type::other; break;
    default: o.type = Operand::Type::other; break;
  }
  return o;
}

Operand memory_operand(const ZydisDecodedOperand& d, const ZydisDecodedInstruction& insn, std::uint64_t address) {
  Operand o;
  o.type = Operand::Type::memory;
  o.bytes = static_cast<std::uint8_t>(d.size / 8 > 64 ? 64 : d.size / 8);
  o.agen = d.mem.type == ZYDIS_MEMOP_TYPE_AGEN;
  if (d.mem.type == ZYDIS_MEMOP_TYPE_VSIB) o.type = Operand::Type::other;
  o.value = d.mem.disp.has_displacement != 0 ? static_cast<std::uint64_t>(d.mem.disp.value) : 0;
  if (d.mem.base == ZYDIS_REGISTER_RIP || d.mem.base == ZYDIS_REGISTER_EIP) {
    ZyanU64 absolute = 0;
    if (ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&insn, &d, address, &absolute))) o.value = absolute;
  } else {
    if (d.mem.base != ZYDIS_REGISTER_NONE) o.base = ZydisRegisterGetId(d.mem.base);
    if (d.mem.index != ZYDIS_REGISTER_NONE) o.index = ZydisRegisterGetId(d.mem.index);
    o.scale = d.mem.scale;
  }
  if (d.mem.segment == ZYDIS_REGISTER_FS) o.segment = 1;
  if (d.mem.segment == ZYDIS_REGISTER_GS) o.segment = 2;
  if (insn.address_width == 32 && o.base < 0 && o.index < 0) o.value &= 0xFFFFFFFF;
  return o;
}

Flow flow_of(const ZydisDecodedInstruction& d) {
  switch (d.meta.category) {
    case ZYDIS_CATEGORY_COND_BR: return Flow::branch;
    case ZYDIS_CATEGORY_UNCOND_BR: return Flow::jump;
    case ZYDIS_CATEGORY_CALL: return Flow::call;
    case ZYDIS_CATEGORY_RET: return Flow::ret;
    default: break;
  }
  switch (d.mnemonic) {
    case ZYDIS_MNEMONIC_INT3:
    case ZYDIS_MNEMONIC_UD0:
    case ZYDIS_MNEMONIC_UD1:
    case ZYDIS_MNEMONIC_UD2:
    case ZYDIS_MNEMONIC_HLT: return Flow::stop;
    default: return Flow::next;
  }
}

std::int8_t condition_of(ZydisMnemonic m) {
  struct Family {
    std::array<ZydisMnemonic, 3> forms;
  };
  // In the order of the encoding: o no b nb z nz be nbe s ns p np l nl le nle.
  static constexpr std::array<Family, 16> kFamilies = {{
      {{ZYDIS_MNEMONIC_JO, ZYDIS_MNEMONIC_SETO, ZYDIS_MNEMONIC_CMOVO}},
      {{ZYDIS_MNEMONIC_JNO, ZYDIS_MNEMONIC_SETNO, ZYDIS_MNEMONIC_CMOVNO}},
      {{ZYDIS_MNEMONIC_JB, ZYDIS_MNEMONIC_SETB, ZYDIS_MNEMONIC_CMOVB}},
      {{ZYDIS_MNEMONIC_JNB, ZYDIS_MNEMONIC_SETNB, ZYDIS_MNEMONIC_CMOVNB}},
      {{ZYDIS_MNEMONIC_JZ, ZYDIS_MNEMONIC_SETZ, ZYDIS_MNEMONIC_CMOVZ}},
      {{ZYDIS_MNEMONIC_JNZ, ZYDIS_MNEMONIC_SETNZ, ZYDIS_MNEMONIC_CMOVNZ}},
      {{ZYDIS_MNEMONIC_JBE, ZYDIS_MNEMONIC_SETBE, ZYDIS_MNEMONIC_CMOVBE}},
      {{ZYDIS_MNEMONIC_JNBE, ZYDIS_MNEMONIC_SETNBE, ZYDIS_MNEMONIC_CMOVNBE}},
      {{ZYDIS_MNEMONIC_JS, ZYDIS_MNEMONIC_SETS, ZYDIS_MNEMONIC_CMOVS}},
      {{ZYDIS_MNEMONIC_JNS, ZYDIS_MNEMONIC_SETNS, ZYDIS_MNEMONIC_CMOVNS}},
      {{ZYDIS_MNEMONIC_JP, ZYDIS_MNEMONIC_SETP, ZYDIS_MNEMONIC_CMOVP}},
      {{ZYDIS_MNEMONIC_JNP, ZYDIS_MNEMONIC_SETNP, ZYDIS_MNEMONIC_CMOVNP}},
      {{ZYDIS_MNEMONIC_JL, ZYDIS_MNEMONIC_SETL, ZYDIS_MNEMONIC_CMOVL}},
      {{ZYDIS_MNEMONIC_JNL, ZYDIS_MNEMONIC_SETNL, ZYDIS_MNEMONIC_CMOVNL}},
      {{ZYDIS_MNEMONIC_JLE, ZYDIS_MNEMONIC_SETLE, ZYDIS_MNEMONIC_CMOVLE}},
      {{ZYDIS_MNEMONIC_JNLE, ZYDIS_MNEMONIC_SETNLE, ZYDIS_MNEMONIC_CMOVNLE}},
  }};
  for (std::size_t i = 0; i < kFamilies.size(); ++i)
    for (const ZydisMnemonic f : kFamilies[i].forms)
      if (f == m) return static_cast<std::int8_t>(i);
  return -1;
}

Operand operand_of(const ZydisDecodedOperand& d, const ZydisDecodedInstruction& insn, std::uint64_t address) {
  switch (d.type) {
    case ZYDIS_OPERAND_TYPE_REGISTER: return register_operand(d.reg.value, d.size);
    case ZYDIS_OPERAND_TYPE_MEMORY: return memory_operand(d, insn, address);
    case ZYDIS_OPERAND_TYPE_IMMEDIATE: {
      Operand o;
      o.type = Operand::Type::immediate;
      o.bytes = static_cast<std::uint8_t>(d.size / 8);
      o.value = d.imm.value.u;
      return o;
    }
    default: return {.type = Operand::Type::other};
  }
}

}  // namespace

Decoder::Decoder(const Program& p) : program_(p) {
  ZydisDecoderInit(&decoder_, p.is_64() ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
                   p.is_64() ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
}

bool Decoder::full(std::uint32_t rva, ZydisDecodedInstruction& insn, std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT>& ops) const {
  const Extent* e = program_.extent(rva);
  if (e == nullptr || !e->executable) return false;
  const Bytes code = e->bytes.from(rva - e->rva);
  if (code.empty()) return false;
  return ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder_, code.data(), std::min(code.size(), kLongestInsn), &insn, ops.data()));
}

Insn Decoder::decode(std::uint32_t rva) const {
  Insn out;
  ZydisDecodedInstruction d;
  std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT> ops;
  if (!full(rva, d, ops)) return out;
  const std::uint64_t address = program_.base() + rva;
  out.mnemonic = d.mnemonic;
  out.length = d.length;
  out.bits = d.operand_width;
  out.operands = d.operand_count_visible;
  out.flow = flow_of(d);
  out.rep = (d.attributes & (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE)) != 0;
  out.repne = (d.attributes & ZYDIS_ATTRIB_HAS_REPNE) != 0;
  out.vex = d.encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY;
  out.condition = condition_of(d.mnemonic);
  for (std::size_t i = 0; i < out.op.size() && i < d.operand_count_visible; ++i) out.op[i] = operand_of(ops[i], d, address);
  const bool relative = ops[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE && ops[0].imm.is_relative != 0;
  ZyanU64 to = 0;
  if (out.operands > 0 && relative && ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&d, ops.data(), address, &to)) && to >= program_.base() &&
      to - program_.base() <= 0xFFFFFFFFu)
    out.target = static_cast<std::uint32_t>(to - program_.base());
  return out;
}

const Insn& Decoder::at(std::uint32_t rva) {
  const auto it = known_.find(rva);
  if (it != known_.end()) return it->second;
  return known_.emplace(rva, decode(rva)).first->second;
}

std::string Decoder::text(std::uint32_t rva) const {
  ZydisDecodedInstruction d;
  std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT> ops;
  if (!full(rva, d, ops)) return {};
  ZydisFormatter f;
  ZydisFormatterInit(&f, ZYDIS_FORMATTER_STYLE_INTEL);
  std::array<char, 160> out{};
  if (!ZYAN_SUCCESS(ZydisFormatterFormatInstruction(&f, &d, ops.data(), d.operand_count_visible, out.data(), out.size(),
                                                    program_.base() + rva, nullptr)))
    return {};
  return out.data();
}

}  // namespace tq::analysis
