// Memory of a followed state: cells by base and offset, shared between states until one of them writes.
//
// A base is the name of an unknown pointer, or 0 for plain addresses (the image, shared user data). Different bases are
// taken to be different memory.
#pragma once

#include <array>
#include <functional>
#include <span>
#include <vector>

#include "analysis/cow.hpp"
#include "analysis/value.hpp"

namespace tq::analysis {

/// What never-written memory holds: the file's bytes, a lane-wise source, or an unknown named by its address.
using InitialMemory = std::function<Value(Term address, unsigned size)>;

/// Copies are cheap: they share pages until one of them writes.
class Memory {
 public:
  /// 1 to 8 bytes at one address.
  [[nodiscard]] Value read(Alu& alu, Term address, unsigned size, const InitialMemory& initial) const;
  /// 1 to 8 bytes; cells that it overlaps are cut.
  void write(Alu& alu, Term address, unsigned size, const Value& v);
  /// Forgets nothing but cells: every cell that overlaps [address, address+size) is handed to `change`.
  void change(Term address, std::uint64_t size, const std::function<Value(Term at, unsigned bytes, const Value& old)>& f);
  /// Drops every cell of a base (a frame that is gone).
  void drop(std::uint64_t base);
  /// Every cell, by no order that means anything.
  void visit(const std::function<void(Term at, unsigned bytes, const Value&)>& f) const;
  /// Only the cells at and up to `span` bytes behind an address.
  void visit_near(Term address, std::uint64_t span, const std::function<void(Term at, unsigned bytes, const Value&)>& f) const;

  /// This becomes the meeting of both; `in_a` are the lanes of this.
  void join(Alu& alu, LaneMask in_a, const Memory& b, LaneMask in_b, std::uint64_t place, const InitialMemory& initial);
  /// The same cells with the same terms in these lanes.
  [[nodiscard]] bool same(const Alu& alu, const Memory& b, LaneMask lanes) const;
  /// Every cell that differs from the cell of `before` is replaced by `f(at, bytes, before, now)`.
  void widen(Alu& alu, const Memory& before, LaneMask lanes, const InitialMemory& initial,
             const std::function<Value(Term at, const Value& before, const Value& now)>& f);

 private:
  static constexpr std::uint64_t kPage = 64;
  static constexpr std::size_t kBuckets = 64;
  struct Cell {
    std::uint8_t offset = 0, size = 0;
    Value value;
  };
  struct Page {
    std::vector<Cell> cells;  ///< sorted, disjoint
  };
  struct Slot {
    std::uint64_t base = 0, number = 0;
    Cow<Page> page;
  };
  struct Bucket {
    std::vector<Slot> slots;
  };
  using Table = std::array<Cow<Bucket>, kBuckets>;
  static std::size_t bucket_of(std::uint64_t base, std::uint64_t number) { return mix(base, number) % kBuckets; }
  [[nodiscard]] const Page* page(std::uint64_t base, std::uint64_t number) const;
  Page& page_for_write(std::uint64_t base, std::uint64_t number);
  static void put(Alu& alu, Page& p, unsigned offset, unsigned size, const Value& v);
  struct Piece {
    unsigned at = 0, size = 0;
    Value value;
  };
  void pieces(Alu& alu, Term address, unsigned size, const InitialMemory& initial, std::vector<Piece>& out) const;
  static Value together(Alu& alu, std::span<const Piece> parts, unsigned size);
  Value assemble(Alu& alu, Term address, unsigned size, const InitialMemory& initial) const;
  static const Slot* slot(const Bucket& b, std::uint64_t base, std::uint64_t number);
  static bool join_alike(Alu& alu, Slot& mine, const Cow<Page>& theirs, LaneMask in_a, LaneMask in_b, std::uint64_t place);
  void join_slot(Alu& alu, Slot& mine, const Slot* theirs, LaneMask in_a, LaneMask in_b, std::uint64_t place, const InitialMemory& initial);
  static void join_lone(Alu& alu, Slot& mine, LaneMask in_here, LaneMask in_other, bool here_first, std::uint64_t place,
                        const InitialMemory& initial);
  void join_page(Alu& alu, Slot& mine, const Page& theirs, LaneMask in_a, LaneMask in_b, std::uint64_t place, const InitialMemory& initial);
  Cow<Table> table_;
};

}  // namespace tq::analysis
