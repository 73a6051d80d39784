// The stack, exchanges, and everything that has no model of its own.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/stepper.hpp"

namespace tq::analysis {

void Stepper::run() {
  if (moves() || arithmetic() || conditional() || stack() || shifts() || conversions() || multiply_divide() || arithmetic_with_carry() ||
      bits() || misc() || exchanges() || strings() || vector_moves() || vector_partial_moves() || vector_transfers() ||
      vector_arithmetic() || vector_scalar())
    return;
  generic();
}

Value Stepper::flags_value() {
  const Flags& f = s_.flags;
  return e_.alu.each([&](unsigned k) {
    std::uint64_t h = mix(0xF1A6, static_cast<std::uint64_t>(f.kind), f.bits);
    for (const Value* v : {&f.a, &f.b, &f.r, &f.cf, &f.of}) h = hash_of(h, v->at(k));
    return unknown(Op::other, 32, h);
  });
}

bool Stepper::stack() {
  const auto size = static_cast<unsigned>(i_.bits / 8);
  switch (i_.mnemonic) {
    case ZYDIS_MNEMONIC_PUSH: {
      if (i_.op[0].type == Operand::Type::other) return false;
      Value v = e_.read_operand(s_, i_.op[0]);
      if (i_.op[0].type == Operand::Type::immediate) v = constant(sign_extend(i_.op[0].value, 64) & mask_of(size * 8));
      e_.push(s_, v, size);
      return true;
    }
    case ZYDIS_MNEMONIC_POP:
      if (i_.op[0].type == Operand::Type::other) return false;
      out(e_.pop(s_, size));
      return true;
    case ZYDIS_MNEMONIC_LEAVE:
      s_.r[kSp] = s_.r[kBp];
      s_.r[kBp] = e_.pop(s_, e_.word_);
      return true;
    case ZYDIS_MNEMONIC_PUSHAD: {
      const Value sp = s_.r[kSp];
      for (const int r : {kAx, kCx, kDx, kBx, kSp, kBp, kSi, kDi}) e_.push(s_, r == kSp ? sp : s_.r[static_cast<std::size_t>(r)], 4);
      return true;
    }
    case ZYDIS_MNEMONIC_POPAD:
      for (const int r : {kDi, kSi, kBp, kSp, kBx, kDx, kCx, kAx}) {
        const Value v = e_.pop(s_, 4);
        if (r != kSp) s_.r[static_cast<std::size_t>(r)] = v;
      }
      return true;
    case ZYDIS_MNEMONIC_PUSHF:
    case ZYDIS_MNEMONIC_PUSHFD:
    case ZYDIS_MNEMONIC_PUSHFQ: e_.push(s_, flags_value(), size); return true;
    case ZYDIS_MNEMONIC_POPF:
    case ZYDIS_MNEMONIC_POPFD:
    case ZYDIS_MNEMONIC_POPFQ: {
      const Value v = e_.pop(s_, size);
      const auto part = [&](std::uint64_t n) { return e_.alu.map(v, [&](Term t) { return unknown(Op::other, 8, hash_of(n, t)); }); };
      flags_of_result(part(20), part(21), part(22), 32);
      return true;
    }
    default: return false;
  }
}

bool Stepper::misc() {
  switch (i_.mnemonic) {
    case ZYDIS_MNEMONIC_NOP:
    case ZYDIS_MNEMONIC_ENDBR32:
    case ZYDIS_MNEMONIC_ENDBR64:
    case ZYDIS_MNEMONIC_PAUSE:
    case ZYDIS_MNEMONIC_CLD:
    case ZYDIS_MNEMONIC_MFENCE:
    case ZYDIS_MNEMONIC_LFENCE:
    case ZYDIS_MNEMONIC_SFENCE:
    case ZYDIS_MNEMONIC_PREFETCHT0:
    case ZYDIS_MNEMONIC_PREFETCHNTA:
    case ZYDIS_MNEMONIC_FWAIT:
    case ZYDIS_MNEMONIC_EMMS: return true;
    case ZYDIS_MNEMONIC_CLC:
    case ZYDIS_MNEMONIC_STC:
    case ZYDIS_MNEMONIC_CMC: {
      const Value old = flag(2);
      const Value cf = i_.mnemonic == ZYDIS_MNEMONIC_CLC   ? constant(0)
                       : i_.mnemonic == ZYDIS_MNEMONIC_STC ? constant(1)
                                                           : e_.alu.binary(Op::xor_, old, constant(1), 8);
      flags_of_result(s_.flags.r, cf, flag(0), s_.flags.bits);
      return true;
    }
    default: return false;
  }
}

bool Stepper::exchanges() {
  Alu& alu = e_.alu;
  const unsigned w = width();
  switch (i_.mnemonic) {
    case ZYDIS_MNEMONIC_XCHG: {
      const Value a = in(0), b = in(1);
      out(b);
      e_.write_operand(s_, i_.op[1], a);
      return true;
    }
    case ZYDIS_MNEMONIC_XADD: {
      const Value a = in(0), b = in(1), r = alu.binary(Op::add, a, b, w);
      e_.write_operand(s_, i_.op[1], a);
      out(r);
      s_.flags = {Flags::Kind::add, static_cast<std::uint8_t>(w), a, b, r, constant(0), constant(0)};
      return true;
    }
    case ZYDIS_MNEMONIC_CMPXCHG: {
      const Operand ax{.type = Operand::Type::gpr, .bytes = i_.op[0].bytes, .reg = kAx};
      const Value a = e_.read_reg(s_, ax), m = in(0), b = in(1);
      flags_sub(a, m, alu.binary(Op::sub, a, m, w), w);
      const Value equal = flag(4);
      const auto pick = [&](const Value& yes, const Value& no) {
        Value v = alu.each([&](unsigned k) {
          const Term t = equal.at(k);
          if (t.number()) return t.off != 0 ? yes.at(k) : no.at(k);
          return yes.at(k) == no.at(k) ? no.at(k) : unknown(Op::select, w, hash_of(hash_of(t.sym, yes.at(k)), no.at(k)));
        });
        v.origin = origin_of(yes, no);
        return v;
      };
      out(pick(b, m));
      e_.write_reg(s_, ax, pick(a, m));
      return true;
    }
    default: return false;
  }
}

void Stepper::without_model() {
  if (e_.ladder_.clock) return;
  e_.now_.record.reason(fmt::format("the version reaches an instruction without a model: {} at 0x{:x}", e_.decoder_.text(rva_), rva_));
}

void Stepper::generic() {
  if (e_.ladder_.clock) clock_use();
  ZydisDecodedInstruction d;
  std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT> ops;
  if (!e_.decoder_.full(rva_, d, ops)) return;
  Alu& alu = e_.alu;
  const Insn& visible = i_;
  std::vector<Value> inputs;
  bool varying = false, lost = false;
  const auto note = [&](const Value& v) {
    varying = varying || alu.varies(v);
    inputs.push_back(v);
  };
  for (std::size_t k = 0; k < d.operand_count; ++k) {
    const bool reads = (ops[k].actions & ZYDIS_OPERAND_ACTION_MASK_READ) != 0;
    if (!reads) continue;
    if (k < visible.op.size() && k < visible.operands && visible.op[k].type != Operand::Type::other) {
      if (visible.op[k].type == Operand::Type::xmm || (visible.op[k].type == Operand::Type::memory && visible.op[k].bytes > 8))
        for (const Value& v : vector_in(static_cast<unsigned>(k))) note(v);
      else
        note(e_.read_operand(s_, visible.op[k]));
    } else if (ops[k].type == ZYDIS_OPERAND_TYPE_REGISTER &&
               ZydisRegisterGetClass(ZydisRegisterGetLargestEnclosing(d.machine_mode, ops[k].reg.value)) ==
                   (e_.word_ == 8 ? ZYDIS_REGCLASS_GPR64 : ZYDIS_REGCLASS_GPR32)) {
      note(s_.r[static_cast<std::uint8_t>(ZydisRegisterGetId(ZydisRegisterGetLargestEnclosing(d.machine_mode, ops[k].reg.value)))]);
    }
  }
  if (d.cpu_flags != nullptr && d.cpu_flags->tested != 0) note(flags_value());
  if (i_.mnemonic == ZYDIS_MNEMONIC_XLAT)  // the place it reads is no operand
    for (const int r : {kAx, kBx}) note(s_.r[static_cast<std::size_t>(r)]);
  const auto made = [&](std::uint64_t salt, unsigned bits) {
    return alu.each([&](unsigned lane) {
      std::uint64_t h = mix(salt, static_cast<std::uint64_t>(i_.mnemonic));
      for (const Value& v : inputs) h = hash_of(h, v.at(lane));
      // Without inputs (rdtsc, cpuid) two executions need not agree.
      return Term{make_sym(inputs.empty() ? Kind::result : Kind::plain, bits, mix(h, inputs.empty() ? rva_ : 0)), 0};
    });
  };
  for (std::size_t k = 0; k < d.operand_count; ++k) {
    if ((ops[k].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) == 0) continue;
    if (ops[k].type == ZYDIS_OPERAND_TYPE_MEMORY && k < visible.operands && visible.op[k].type == Operand::Type::memory) {
      const Value at = e_.address_of(s_, visible.op[k]);
      for (unsigned done = 0; done < visible.op[k].bytes; done += 8)
        e_.write(s_, e_.plus(at, done), std::min(8u, visible.op[k].bytes - done), made(k * 16 + done, 64));
    } else if (ops[k].type == ZYDIS_OPERAND_TYPE_REGISTER) {
      const ZydisRegister whole = ZydisRegisterGetLargestEnclosing(d.machine_mode, ops[k].reg.value);
      const ZydisRegisterClass c = ZydisRegisterGetClass(whole);
      const auto id = static_cast<std::size_t>(ZydisRegisterGetId(whole) & 15);
      if (c == ZYDIS_REGCLASS_GPR64 || c == ZYDIS_REGCLASS_GPR32)
        s_.r[id] = made(k, is_high_byte(ops[k].reg.value) ? 64 : ops[k].size);
      else if (c == ZYDIS_REGCLASS_XMM || c == ZYDIS_REGCLASS_YMM || c == ZYDIS_REGCLASS_ZMM)
        vector_out(static_cast<int>(id), {made(k, 64), made(k + 32, 64)});
      else if (c != ZYDIS_REGCLASS_FLAGS && c != ZYDIS_REGCLASS_IP)
        lost = true;
    }
  }
  if (d.cpu_flags != nullptr && (d.cpu_flags->modified | d.cpu_flags->set_0 | d.cpu_flags->set_1 | d.cpu_flags->undefined) != 0)
    flags_of_result(made(100, 64), made(101, 8), made(102, 8), 64);
  if (varying && lost) without_model();
}

}  // namespace tq::analysis
