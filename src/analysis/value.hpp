// A value is a term per lane. Most values are the same in all lanes and cost no more than one term.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analysis/term.hpp"

namespace tq::analysis {

inline constexpr unsigned kMostLanes = 64;
using LaneMask = std::uint64_t;
constexpr LaneMask lane_bit(unsigned lane) { return LaneMask{1} << lane; }

/// `lanes` points into the arena of the analysis and holds one term per lane; null: all lanes hold {sym, off}.
struct Value {
  Term all;
  const Term* lanes = nullptr;
  bool copy = false;        ///< the version (or clock) itself, perhaps packed or cut: to log or keep it decides nothing
  bool pushed = false;      ///< lies where a push put it: perhaps only to make room for a variable that was never set
  std::uint8_t origin = 0;  ///< index of the source it stems from, plus 1; 0: none
  Value() = default;
  Value(Term t) : all(t) {}  // NOLINT: reads as the term it is
  /// Held as one term for all lanes; held lane by lane they may be equal all the same.
  [[nodiscard]] bool uniform() const { return lanes == nullptr; }
  [[nodiscard]] bool is_null() const { return uniform() && all == number(0); }  ///< the number 0 in all lanes
  [[nodiscard]] Term at(unsigned lane) const { return lanes != nullptr ? lanes[lane] : all; }
};
/// The source of what is made of several parts: that of the first that has one.
template <class A, class... More>
std::uint8_t origin_of(const A& a, const More&... more) {
  if constexpr (sizeof...(more) == 0)
    return a.origin;
  else
    return a.origin != 0 ? a.origin : origin_of(more...);
}
inline Value constant(std::uint64_t v) { return Value(number(v)); }

/// Where lane-wise terms live. Freed as a whole.
class LaneArena {
 public:
  explicit LaneArena(unsigned count) : count_(count) {}
  /// Room for one term a lane, not initialized.
  Term* take();
  [[nodiscard]] unsigned count() const { return count_; }
  [[nodiscard]] std::size_t bytes() const { return blocks_.size() * kBlock * sizeof(Term); }

 private:
  static constexpr std::size_t kBlock = 16384;
  unsigned count_;
  std::vector<std::unique_ptr<Term[]>> blocks_;
  std::size_t used_ = kBlock;
};

/// Lane-wise computing for the lanes of `mask`; what other lanes hold is left undefined.
class Alu {
 public:
  explicit Alu(unsigned count) : arena_(count) {}
  LaneMask mask = 0;
  [[nodiscard]] unsigned count() const { return arena_.count(); }
  [[nodiscard]] std::size_t bytes() const { return arena_.bytes(); }

  /// `f(lane)` gives the term of each lane of the mask. Collapses to one term when they agree, unless `keep`.
  template <class F>
  Value each(F f, bool keep = false) {
    std::array<Term, kMostLanes> out;  // most values collapse: the arena is asked only for those that do not
    Term first;
    bool same = true, any = false;
    for (LaneMask left = mask; left != 0; left &= left - 1) {
      const auto i = static_cast<unsigned>(std::countr_zero(left));
      out[i] = f(i);
      if (!any) first = out[i];
      same = same && out[i] == first;
      any = true;
    }
    Value v(first);
    if (same && !keep) return v;
    Term* kept = arena_.take();
    std::copy_n(out.begin(), count(), kept);
    v.lanes = kept;
    return v;
  }
  /// `f(term)` in each lane, once when they hold the same.
  template <class F>
  Value map(const Value& a, F f) {
    if (a.uniform()) return Value(f(a.all));
    Value v = each([&](unsigned i) { return f(a.lanes[i]); }, a.copy);
    v.origin = a.origin;
    return v;
  }
  template <class F>
  Value map(const Value& a, const Value& b, F f) {
    if (a.uniform() && b.uniform()) return Value(f(a.all, b.all));
    Value v = each([&](unsigned i) { return f(a.at(i), b.at(i)); }, a.copy || b.copy);
    v.origin = origin_of(a, b);
    return v;
  }
  /// The operations of term.hpp, lane by lane.
  Value binary(Op op, const Value& a, const Value& b, unsigned bits);
  Value unary(Op op, const Value& a, unsigned bits);
  Value truncate(const Value& a, unsigned bits);
  Value extend_sign(const Value& a, unsigned from);
  /// An unknown of 64 bits that is two halves side by side: cut in two it gives them back.
  Term paired(Term low, Term high);
  /// The unknown that is `x` or `y`, by how the program came to `place`.
  Term merged(Term x, Term y, std::uint64_t place);
  /// The numbers and named unknowns that a term may be, sorted, where it is one of a few; else the term itself. In whichever order ways
  /// met, the alternatives are the same.
  [[nodiscard]] std::vector<Term> alternatives(Term t) const;
  /// `f(a, b)`, or the number that it gives for whatever the two may be.
  template <class F>
  Term whichever(Term a, Term b, F f) const {
    constexpr std::size_t kMost = 64;
    const Term plain = f(a, b);
    if (plain.number() || ways_.empty()) return plain;
    const auto all = alternatives(a), others = alternatives(b);
    if (all.size() * others.size() > kMost) return plain;
    const Term first = f(all.front(), others.front());
    for (const Term x : all)
      for (const Term y : others)
        if (const Term t = f(x, y); !t.number() || !(t == first)) return plain;
    return first;
  }
  /// Unknowns made from the version itself are marked, so that what is computed from them on is not taken for a decision.
  Value mixed(const Value& v);
  /// `a` in the lanes of `first`, else `b`.
  Value select(LaneMask first, const Value& a, const Value& b);
  /// Two states meet: lanes of only one side keep its value; a lane of both sides with unequal terms holds an unknown.
  Value join(const Value& a, LaneMask in_a, const Value& b, LaneMask in_b, std::uint64_t place);
  /// Equal in all lanes of the mask.
  [[nodiscard]] bool same(const Value& a, const Value& b, LaneMask lanes) const;
  /// Not all lanes of the mask hold the same term.
  [[nodiscard]] bool varies(const Value& a) const;

 private:
  [[nodiscard]] const std::pair<Term, Term>* halves(Term whole) const;
  void note_alternatives(Term t, std::vector<Term> numbers);
  /// `to` was made from `from` by `f`: so are its alternatives.
  template <class F>
  Term carried(Term from, Term to, F f) {
    const bool one_of_few = !to.number() && (kind_of(to.sym) == Kind::joined || kind_of(to.sym) == Kind::plain);
    if (!one_of_few || from.number() || ways_.empty() || ways_.contains(to.sym)) return to;
    const auto it = ways_.find(from.sym);
    if (it == ways_.end()) return to;
    std::vector<Term> numbers;
    for (const Term w : it->second) numbers.push_back(f(Term{w.sym, w.off + from.off}));
    note_alternatives(to, std::move(numbers));
    return to;
  }
  LaneArena arena_;
  std::unordered_map<std::uint64_t, std::pair<Term, Term>> pairs_;  ///< by name
  std::unordered_map<std::uint64_t, std::vector<Term>> ways_;       ///< name -> what it may be when nothing is added to it
};

}  // namespace tq::analysis
