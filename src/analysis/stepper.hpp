// One instruction that does not change the flow, done to a state.
#pragma once

#include "analysis/engine.hpp"

namespace tq::analysis {

class Stepper {
 public:
  Stepper(Engine& engine, State& state, const Insn& insn, std::uint32_t rva) : e_(engine), s_(state), i_(insn), rva_(rva) {}
  void run();

 private:
  // Each returns false when the instruction is not one of its family.
  bool moves();
  bool arithmetic();
  bool arithmetic_with_carry();
  bool multiply_divide();
  bool shifts();
  bool double_shifts();
  bool bits();
  bool conditional();
  bool conversions();
  bool stack();
  bool misc();
  bool exchanges();
  bool strings();
  bool vector_moves();
  bool vector_partial_moves();
  bool vector_transfers();
  bool vector_arithmetic();
  bool vector_scalar();
  /// Anything else: every output becomes an unknown named by the instruction and its inputs.
  void generic();
  /// The version reached this instruction, and what became of it is not known.
  void without_model();

  [[nodiscard]] unsigned width() const { return i_.op[0].bytes * 8u; }
  [[nodiscard]] Value in(unsigned k) { return e_.alu.truncate(e_.read_operand(s_, i_.op[k]), width()); }
  void out(const Value& v) { e_.write_operand(s_, i_.op[0], v); }
  void flags_of_result(const Value& r, const Value& cf, const Value& of, unsigned bits);
  void flags_logic(const Value& r) { flags_of_result(r, constant(0), constant(0), width()); }
  void flags_sub(const Value& a, const Value& b, const Value& r, unsigned bits);
  Value flag(unsigned cc) { return e_.condition(s_, cc); }
  /// All flags as one unknown, named by what they were made from.
  [[nodiscard]] Value flags_value();
  Value unknown_flag(std::uint64_t which) { return Value(unknown(Op::cond, 8, mix(rva_, which))); }
  std::array<Value, 2> vector_in(unsigned k);
  void vector_out(int reg, const std::array<Value, 2>& v);
  bool vector_elements();
  std::array<Value, 4> elements_of(const std::array<Value, 2>& v);
  Value joined_elements(const Value& low, const Value& high);
  void signed_use(const Value& v, unsigned bits, const char* what);
  void clock_use();
  void sign_shift(const Value& a, unsigned bits);
  void one_string(unsigned unit);
  bool concrete_strings(unsigned unit);
  bool compared_strings(unsigned unit);
  void string_summary(unsigned unit);
  void step_pointer(int reg, unsigned unit);

  Engine& e_;
  State& s_;
  const Insn& i_;
  std::uint32_t rva_;
};

/// 128 bits of one lane.
struct Vector {
  std::array<std::uint64_t, 2> q{};
};
/// a OP b for the packed instructions that are modelled; nullopt for others.
std::optional<Vector> packed(ZydisMnemonic m, const Vector& a, const Vector& b, std::uint8_t immediate);
/// The low element of a scalar floating-point instruction; nullopt for others.
std::optional<std::uint64_t> scalar(ZydisMnemonic m, std::uint64_t a, std::uint64_t b);

}  // namespace tq::analysis
