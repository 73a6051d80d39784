// Follows a program once for all lanes. One object per analysis of one file.
//
// engine_*.cpp: `machine` registers, memory and flags; `handlers` exceptions; `step` one instruction; `flow` branches, loops, frames;
// `call` calls; models/ what imported functions do.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>

#include "analysis/functions.hpp"
#include "analysis/insn.hpp"
#include "analysis/ladder.hpp"
#include "analysis/record.hpp"
#include "analysis/state.hpp"

namespace tq::analysis {

/// How much may be followed in one file before the answer is `undecided`: instructions in all and from one root, time of the processor,
/// memory of lanes.
struct Budget {
  std::uint64_t steps = 3'000'000, steps_per_root = 600'000;
  std::uint32_t milliseconds = 4000;
  std::size_t lane_bytes = std::size_t{192} << 20;
};

/// Which names of the version stand in the file: what is asked for by a name that was not worked out may be one of them.
struct VersionNames {
  bool functions = false;  ///< of functions that tell it
  bool values = false;     ///< of registry values that hold it
};

/// One function being followed.
struct Frame {
  std::uint32_t entry = 0, call_site = 0;
  const Frame* caller = nullptr;
  unsigned depth = 0;
  Term return_address;
  using Place = std::pair<std::uint32_t, std::uint64_t>;      ///< rva and tag
  std::map<Place, State> pending;                             ///< the lowest runs first
  std::map<std::pair<std::uint32_t, LaneMask>, State> heads;  ///< the last state that went round a loop, by its head and lanes
  Term entry_stack;                                           ///< stack pointer at the entry
  std::unordered_map<std::uint32_t, std::uint32_t> visits;
  std::array<Value, 16> kept;            ///< registers at the entry
  std::uint64_t touched = 0;             ///< how often something that varies had been written before
  std::map<std::uint64_t, State> exits;  ///< by what the function returns
};

/// A call as a model sees it.
struct CallSite {
  std::uint32_t rva = 0;
  const ImportSlot* import = nullptr;
  bool tail = false;  ///< reached by a jump: the return address is on the stack already
  Frame* frame = nullptr;
  unsigned arguments = 0;  ///< how many it takes, as far as known
};

/// What followed roots leave behind.
struct Findings {
  Record record;
  Memory kept;  ///< outside of their frames
  bool version_seen = false, varying_objects = false;
  std::set<std::uint64_t> varying_globals, object_globals;  ///< addresses
  std::unordered_set<std::uint32_t> callbacks;
  std::map<std::uint32_t, std::vector<Value>> callback_arguments;
};

/// How following a root went.
struct Outcome {
  bool escaped = false;  ///< the version left it by its result or through a pointer it was given: its callers see it
  bool open = false;     ///< something was not worked out; callers may know more
};

/// Follows roots one after another; what one leaves in the program's memory the next one finds.
class Engine {
 public:
  Engine(const Program& program, Functions& functions, Decoder& decoder, const Ladder& ladder, const Budget& budget,
         VersionNames names = {});

  /// Follows one function from a fresh frame; memory is what earlier roots left.
  /// `arguments`: what it is called with, when somebody knows.
  Outcome run_root(std::uint32_t entry, const std::vector<Value>& arguments = {});
  /// Is it known what this function is called with?
  [[nodiscard]] bool has_arguments(std::uint32_t entry) const { return now_.callback_arguments.contains(entry); }
  /// What the roots so far left: taken before a root, given back when its callers have to be followed instead.
  [[nodiscard]] Findings findings() const { return now_; }
  /// From here on it is as if nothing had been found but `f`; what was counted stays counted.
  void take_back(Findings f) { now_ = std::move(f); }
  /// Functions whose address was handed on or stored.
  [[nodiscard]] std::vector<std::uint32_t> callbacks() const;
  /// Calls to other functions than these are not followed while nothing that varies is handed to them. False when all were known.
  bool follow_into(const std::set<std::uint32_t>& functions) {
    const std::size_t before = relevant_.size();
    relevant_.insert(functions.begin(), functions.end());
    return relevant_.size() != before;
  }
  /// Places outside of frames that hold something that differs between lanes.
  [[nodiscard]] std::vector<Term> varying_memory();
  [[nodiscard]] Record& record() { return now_.record; }
  /// Places where lanes part, and what only some of them showed.
  [[nodiscard]] std::size_t decisions() const { return now_.record.decisions(all_lanes_); }
  /// Instructions that were followed, of all roots together.
  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  /// The budget of the whole file is used up: steps, memory or time.
  [[nodiscard]] bool spent() const { return spent_; }
  /// Something of the ladder was read: without it there is nothing to tell lanes apart by.
  [[nodiscard]] bool version_seen() const { return now_.version_seen; }
  /// Starts of the functions that were entered.
  [[nodiscard]] const std::unordered_set<std::uint32_t>& followed() const { return followed_; }
  /// rva -> what was done there with a clock value of 32 bits (only on a ladder of instants).
  [[nodiscard]] const std::map<std::uint32_t, std::string>& signed_uses() const { return signed_uses_; }
  /// The same for uses that are right until 2106.
  [[nodiscard]] const std::map<std::uint32_t, std::string>& cuts() const { return cuts_; }
  /// rva -> the 32-bit time function called there, of those that were looked up by name.
  [[nodiscard]] const std::map<std::uint32_t, std::string>& narrow_calls() const { return narrow_calls_; }

  // --- what models use
  Alu alu;
  [[nodiscard]] const Program& program() const { return program_; }
  [[nodiscard]] const Ladder& ladder() const { return ladder_; }
  /// Bytes of a pointer: 4 or 8.
  [[nodiscard]] unsigned word() const { return word_; }
  /// `size` bytes (1 to 8) of memory; what was never written is what the file or the system has there.
  [[nodiscard]] Value read(State& s, const Value& address, unsigned size);
  /// `pushed`: by a push, which may only make room.
  void write(State& s, const Value& address, unsigned size, Value v, bool pushed = false);
  /// The argument of that index, from 0, by the calling convention of the processor and the function.
  [[nodiscard]] Value argument(State& s, const CallSite& c, unsigned index);
  /// A value per lane that stems from `source`.
  Value lanes(const std::string& source, const std::function<std::uint64_t(const Rung&)>& f);
  /// NUL-terminated text at an address that is the same in all lanes.
  [[nodiscard]] std::optional<std::string> text(State& s, const Value& address, bool wide);
  /// What a store lets the world see: outside of its own frame, what is written where tells lanes apart.
  void store_event(const State& s, const Value& address, unsigned size, const Value& v);
  /// Behind a pointer that was handed over stands from now on what nobody knows, as far as the function writes.
  void havoc_pointee(State& s, const CallSite& c, const Value& pointer, unsigned index);
  Value plus(const Value& v, std::uint64_t n) { return alu.binary(Op::add, v, constant(n), word_ * 8); }
  /// An unknown of a pointer's width that the same `h` names again.
  [[nodiscard]] Value fresh(Kind kind, std::uint64_t h) const { return Value(Term{make_sym(kind, word_ * 8, h), 0}); }
  /// The address of a function of another module: `Kind::api`, or `Kind::found` when it may be missing there.
  [[nodiscard]] Value api_value(const std::string& name, Kind kind = Kind::api);
  /// What a call lets the world see: its name, and the first `arguments` of what is handed over.
  void external_event(State& s, const CallSite& c, const std::string& name, unsigned arguments);
  /// The function at `target` was handed to somebody as the argument of that index: it will be called with what went along.
  void callback(State& s, const CallSite& c, std::uint32_t target, std::span<const Value> arguments, unsigned position);
  /// Names a place and the round of each loop around it.
  [[nodiscard]] std::uint64_t site_hash(const State& s, std::uint32_t rva) const;
  void set_result(State& s, const Value& v) { s.r[kAx] = v; }
  void version_was_read() { now_.version_seen = true; }
  /// A function is looked up, or a value read, by a name that was not worked out: callers may know it.
  void function_unnamed(const CallSite& c);
  void value_unnamed(const CallSite& c);
  void note_narrow_call(std::uint32_t rva, const std::string& name) { narrow_calls_.try_emplace(rva, name); }
  /// What an imported function without a model does.
  void generic(State& s, const CallSite& c);
  /// The call returns edx too.
  void keep_high(const State& s) { high_ = s.r[kDx]; }

 private:
  friend class Stepper;
  // root
  State fresh_state(std::uint32_t entry, const Value& stack);
  bool escapes(const State& exit);
  [[nodiscard]] bool results_differ(const std::vector<State>& exits) const;
  void keep(std::uint32_t entry, State& exit, std::uint64_t stack);
  // flow
  /// The states in which the function returns: one, or a few that return different numbers.
  std::vector<State> run(Frame& f, State s);
  void advance(Frame& f, std::uint32_t pc, State s);
  bool out_of_budget(const Frame& f);
  void enter(Frame& f, std::uint32_t pc, State s);
  const Operand* result_at(std::uint32_t pc);
  std::optional<std::uint64_t> result_tag(std::uint32_t pc, State& s, State& other);
  void join(State& into, State&& s, std::uint64_t place);
  bool back_edge(Frame& f, std::uint32_t from, std::uint32_t head, State& s);
  bool goes_round(std::uint32_t from, std::uint32_t head);
  void leave_loops(State& s, std::uint32_t pc) const;
  void widen(Frame& f, std::uint32_t head, State& s);
  void branch(Frame& f, std::uint32_t pc, const Insn& insn, State s);
  void jump_to(Frame& f, std::uint32_t from, std::uint32_t to, State s);
  void indirect_jump(Frame& f, std::uint32_t pc, const Insn& insn, State s);
  [[nodiscard]] std::uint64_t table_bound(std::uint32_t pc);
  void table_jump(Frame& f, std::uint32_t pc, Term target, const State& s);
  void do_return(Frame& f, std::uint32_t pc, const Insn& insn, State s);
  void finish(Frame& f, State s);
  void note_split(const Frame& f, std::uint32_t pc, const Insn& insn, const State& s, LaneMask yes, LaneMask no);
  void note_possible(std::uint32_t pc, const Value& condition, LaneMask lanes);
  void collect_critical(const State& s, const Value& a, const Value& b);
  void add_path(Split& split, const Frame& f) const;
  void record_event(const State& s, std::uint64_t hash);
  void return_event(std::uint32_t entry, const State& exit);
  void enter_return(Frame& f, std::uint32_t pc, State s);
  void place_arguments(State& s, const std::vector<Value>& values);
  void formatted_clock(State& s, const CallSite& c);
  void unsigned_compare(std::uint32_t pc, const State& s);
  Value recognised_time(const Value& v, unsigned bits);
  Value recognised_high(const Value& v, const Value& a, const Value& b, bool add);
  void signed_compare(std::uint32_t pc, const State& s, unsigned condition);
  [[nodiscard]] Value driver_object() const { return fresh(Kind::object, 0xD01); }
  [[nodiscard]] Value device_object() const { return fresh(Kind::object, 0xD02); }
  [[nodiscard]] std::string words_of(unsigned condition, const Flags& flags, LaneMask lanes, std::vector<std::uint64_t>& saw) const;

  // call
  void call(Frame& f, std::uint32_t pc, const Insn& insn, State s);
  void call_target(Frame& f, std::uint32_t pc, const Insn& insn, State s, const Value& target);
  std::vector<State> inline_call(Frame& f, std::uint32_t pc, std::uint32_t next, std::uint32_t callee, State s);
  std::optional<State> one_of(std::vector<State> states, std::uint64_t place);
  /// The import, or function of the driver framework's table, that a called address is; null for any other.
  [[nodiscard]] const ImportSlot* slot_of(Term target) const;
  void opaque_call(Frame& f, std::uint32_t pc, const Insn& insn, State& s, Term target);
  bool external_call(Frame& f, std::uint32_t pc, std::uint32_t next, State& s, Term target, bool tail);
  void clobber(State& s, std::uint64_t h);
  /// 32 bits that count seconds, positive in 2019 and negative in 2040, on a ladder of instants.
  [[nodiscard]] bool turns_negative_in_2038(const Value& v) const;
  [[nodiscard]] unsigned pushed_words(std::uint32_t pc, std::uint32_t next);
  [[nodiscard]] unsigned counted_pushes(std::uint32_t pc, std::uint32_t next) const;
  [[nodiscard]] bool all_plain(State& s);
  [[nodiscard]] bool points_to_varying(State& s, const Value& pointer, unsigned links);
  [[nodiscard]] unsigned guessed_arguments(std::uint32_t pc);
  [[nodiscard]] std::uint64_t popped_by(std::uint32_t callee);
  [[nodiscard]] std::uint64_t stack_given_back(std::uint32_t callee) const;
  [[nodiscard]] bool returns_value(std::uint32_t entry, unsigned depth);
  void enter_next(Frame& f, std::uint32_t pc, std::uint32_t next, State s);
  std::vector<std::pair<std::uint32_t, std::uint64_t>> registered_handlers(State& s, Term node);
  void enter_registered_handlers(Frame& f, std::uint32_t pc, State& s);
  [[nodiscard]] Value thread_block() const;
  void note_varying_store(const Value& address, const Value& v);
  void note_unresolved(std::uint32_t pc, State& s);
  [[nodiscard]] std::uint64_t room_behind(Term address, std::uint64_t most) const;
  std::uint64_t shown_term(const Value& v, Term t, unsigned lane);
  [[nodiscard]] bool may_be_everywhere(const Value& v, Term t) const;
  [[nodiscard]] std::vector<std::uint64_t> shown(const Value& v, unsigned lane);
  std::vector<std::uint64_t> handed_over(const Value& v, unsigned lane);
  std::vector<std::uint64_t> combined(std::uint64_t site, const std::vector<Value>& values, unsigned lane);
  void note_unclear(const Value& v);
  void see_behind(State& s, const Value& pointer, std::vector<Value>& seen);
  Value stack_argument(State& s, const Value& at);
  Value read_or_result(State& s, Term at, unsigned size, std::uint64_t h);

  // machine
  Value initial(Term address, unsigned size);
  Value read_one(State& s, Term address, unsigned size);
  Value read_operand(State& s, const Operand& o);
  void write_operand(State& s, const Operand& o, const Value& v);
  Value address_of(State& s, const Operand& o);
  Value read_reg(const State& s, const Operand& o);
  void write_reg(State& s, const Operand& o, const Value& v);
  Value condition(const State& s, unsigned cc);
  void push(State& s, const Value& v, unsigned size);
  Value pop(State& s, unsigned size);

  const Program& program_;
  Functions& functions_;
  Decoder& decoder_;
  const Ladder& ladder_;
  Budget budget_;
  VersionNames names_;
  bool uses_framework_;  ///< the driver framework's loader binds the program to it
  unsigned word_;
  LaneMask all_lanes_;
  Findings now_;
  std::uint64_t steps_ = 0, root_steps_ = 0, touched_ = 0, roots_ = 0;
  std::optional<Value> high_;
  bool spent_ = false, root_spent_ = false;
  unsigned depth_ = 0;
  std::uint32_t pc_ = 0;
  std::chrono::nanoseconds start_;
  std::map<std::uint64_t, std::string> api_names_;  ///< by sym
  std::map<std::uint64_t, ImportSlot> api_slots_;
  struct TableRead {
    std::uint64_t base = 0;
    unsigned size = 0;
  };
  std::unordered_map<std::uint64_t, TableRead> table_reads_;                          ///< by sym
  std::unordered_map<std::uint64_t, Term> derived_;                                   ///< pointer with an unknown index -> its base
  std::unordered_map<std::uint64_t, std::pair<std::uint64_t, std::uint64_t>> loads_;  ///< unknown -> where it was loaded from
  std::unordered_set<std::uint32_t> followed_;
  std::unordered_set<std::uint32_t> neutral_, relevant_;
  std::unordered_set<std::uint64_t> varying_bases_;                 ///< unknown pointers behind which something that varies was stored
  std::unordered_map<std::uint32_t, unsigned> guesses_;             ///< call -> how many arguments it seems to hand over
  std::unordered_map<std::uint32_t, std::uint64_t> popped_;         ///< function -> bytes that its return takes off the stack
  std::unordered_map<std::uint32_t, Operand> results_;              ///< place -> what becomes the result from there
  std::map<std::pair<std::uint32_t, std::uint32_t>, bool> rounds_;  ///< a jump back and its target -> is there a way on to the jump?
  std::vector<const Frame*> stack_;
  std::map<std::uint32_t, std::string> signed_uses_, cuts_, narrow_calls_;
};

}  // namespace tq::analysis
