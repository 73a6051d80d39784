// Two memories meet, are compared, or are widened: pages that both share cost one comparison of pointers.
#include <algorithm>

#include "analysis/memory.hpp"

namespace tq::analysis {

/// Cells of both pages, cut where either has an edge, so that each piece has one value on each side.
void Memory::join_page(Alu& alu, Slot& mine, const Page& theirs, LaneMask in_a, LaneMask in_b, std::uint64_t place,
                       const InitialMemory& initial) {
  Memory a, b;
  a.table_.write()[bucket_of(mine.base, mine.number)].write().slots.push_back(mine);
  b.page_for_write(mine.base, mine.number) = theirs;
  std::vector<std::pair<unsigned, unsigned>> spans;  // offset, size
  for (const Page* p : {mine.page.get(), &theirs})
    for (const Cell& c : p->cells) spans.emplace_back(c.offset, c.size);
  std::sort(spans.begin(), spans.end());
  spans.erase(std::unique(spans.begin(), spans.end()), spans.end());
  Page joined;
  unsigned done = 0;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    unsigned from = std::max(spans[i].first, done), end = spans[i].first + spans[i].second;
    if (i + 1 < spans.size() && spans[i + 1].first > from) end = std::min(end, spans[i + 1].first);
    if (i + 1 < spans.size() && spans[i + 1].first == from && spans[i + 1].second > end - from) end = from + (end - from);
    if (from >= end) continue;
    const Term at{mine.base, mine.number * kPage + from};
    bool unset_a = false, unset_b = false;
    alu.mask = in_a;
    const Value x = a.read(alu, at, end - from, [&](Term t, unsigned n) { return unset_a = true, initial(t, n); });
    alu.mask = in_b;
    const Value y = b.read(alu, at, end - from, [&](Term t, unsigned n) { return unset_b = true, initial(t, n); });
    // What one side never wrote is not read there: a frame's variables are set first, and a version is looked at after it was fetched.
    const bool frame = kind_of(at.sym) == Kind::stack;
    const auto made_here = [&](const Value& v, LaneMask lanes) {
      alu.mask = lanes;
      return frame || alu.varies(v) || (v.uniform() && !v.all.number() && kind_of(v.all.sym) == Kind::object);
    };
    Value v;
    if (unset_b && made_here(x, in_a))
      v = x;
    else if (unset_a && made_here(y, in_b))
      v = y;
    else
      v = alu.join(x, in_a, y, in_b, mix(place, at.sym, at.off));
    // The lanes of the other side have no term in a lane-wise value of one side: they get the same initial one.
    if (!v.uniform() && (unset_a || unset_b))
      v = alu.join(v, unset_b ? in_a : in_b, unset_b ? y : x, (in_a | in_b) & ~(unset_b ? in_a : in_b), place);
    joined.cells.push_back({static_cast<std::uint8_t>(from), static_cast<std::uint8_t>(end - from), v});
    done = end;
    // A cell that was cut short has its rest looked at again.
    if (end < spans[i].first + spans[i].second) {
      spans.insert(spans.begin() + static_cast<std::ptrdiff_t>(i) + 1, {end, spans[i].first + spans[i].second - end});
      std::sort(spans.begin() + static_cast<std::ptrdiff_t>(i) + 1, spans.end());
    }
  }
  mine.page.write() = std::move(joined);
}

/// A page that only one side ever wrote, `in_here` its lanes: the other side has there what was never written.
void Memory::join_lone(Alu& alu, Slot& mine, LaneMask in_here, LaneMask in_other, bool here_first, std::uint64_t place,
                       const InitialMemory& initial) {
  const bool frame = kind_of(mine.base) == Kind::stack;
  for (std::size_t i = 0; i < mine.page.get()->cells.size(); ++i) {
    const Cell& cell = mine.page.get()->cells[i];
    const Value x = cell.value;
    const Term at{mine.base, mine.number * kPage + cell.offset};
    alu.mask = in_here;
    const bool made_here = frame || alu.varies(x) || (x.uniform() && !x.all.number() && kind_of(x.all.sym) == Kind::object);
    if (made_here && x.uniform()) continue;
    alu.mask = in_other;
    const Value y = initial(at, cell.size);
    const std::uint64_t here = mix(place, at.sym, at.off);
    Value v = made_here ? x : here_first ? alu.join(x, in_here, y, in_other, here) : alu.join(y, in_other, x, in_here, here);
    if (!v.uniform()) v = alu.join(v, in_here, y, in_other & ~in_here, place);
    mine.page.write().cells[i].value = v;
  }
}

/// Pages cut alike, as nearly all are: cells meet one by one. Pages that hold the same become one, so that they never have to be
/// looked at again. False when the pages are cut differently.
bool Memory::join_alike(Alu& alu, Slot& mine, const Cow<Page>& theirs, LaneMask in_a, LaneMask in_b, std::uint64_t place) {
  const std::vector<Cell>&x = mine.page.get()->cells, &y = theirs.get()->cells;
  if (x.size() != y.size()) return false;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (x[i].offset != y[i].offset || x[i].size != y[i].size) return false;
  const auto identical = [](const Value& v, const Value& w) {
    return v.lanes == w.lanes && v.copy == w.copy && (v.lanes != nullptr || v.all == w.all);
  };
  std::vector<Cell>* joined = nullptr;  // written in place where this page belongs to nobody else
  for (std::size_t i = 0; i < y.size(); ++i) {
    const Value& old = joined != nullptr ? (*joined)[i].value : x[i].value;
    if (identical(old, y[i].value)) continue;
    const std::uint64_t at = mine.number * kPage + y[i].offset;
    const Value v = alu.join(old, in_a, y[i].value, in_b, mix(place, mine.base, at));
    if (joined == nullptr) joined = &mine.page.write().cells;
    (*joined)[i].value = v;
  }
  if (joined == nullptr) mine.page = theirs;
  return true;
}

void Memory::join_slot(Alu& alu, Slot& mine, const Slot* theirs, LaneMask in_a, LaneMask in_b, std::uint64_t place,
                       const InitialMemory& initial) {
  const auto settled = [&](const Page& p) {
    return kind_of(mine.base) == Kind::stack && mine.base != 0 &&
           std::all_of(p.cells.begin(), p.cells.end(), [](const Cell& c) { return c.value.uniform(); });
  };
  if (theirs == nullptr) {
    if (!settled(*mine.page.get())) join_lone(alu, mine, in_a, in_b, true, place, initial);
  } else if (mine.page.get() == nullptr && settled(*theirs->page.get())) {
    mine.page = theirs->page;
  } else if (mine.page.get() == nullptr) {
    mine.page = theirs->page;
    join_lone(alu, mine, in_b, in_a, false, place, initial);
  } else if (!mine.page.same(theirs->page) && !join_alike(alu, mine, theirs->page, in_a, in_b, place)) {
    join_page(alu, mine, *theirs->page.get(), in_a, in_b, place, initial);
  }
}

void Memory::join(Alu& alu, LaneMask in_a, const Memory& b, LaneMask in_b, std::uint64_t place, const InitialMemory& initial) {
  if (table_.same(b.table_)) return;
  const LaneMask before = alu.mask;
  static const Bucket kNone;
  Table& t = table_.write();
  for (std::size_t i = 0; i < kBuckets; ++i) {
    const Cow<Bucket>* other = b.table_.get() != nullptr ? &(*b.table_.get())[i] : nullptr;
    if (other != nullptr && t[i].same(*other)) continue;
    const Bucket& theirs = other != nullptr && other->get() != nullptr ? *other->get() : kNone;
    if (theirs.slots.empty() && t[i].get() == nullptr) continue;
    Bucket& bucket = t[i].write();
    bool one = bucket.slots.size() == theirs.slots.size();
    for (Slot& s : bucket.slots) {
      const Slot* o = slot(theirs, s.base, s.number);
      join_slot(alu, s, o, in_a, in_b, place, initial);
      one = one && o != nullptr && s.page.same(o->page);
    }
    for (const Slot& s : theirs.slots) {
      if (slot(bucket, s.base, s.number) != nullptr) continue;
      bucket.slots.push_back({s.base, s.number, {}});
      join_slot(alu, bucket.slots.back(), &s, in_a, in_b, place, initial);
    }
    if (one) t[i] = *other;
  }
  alu.mask = before;
}

bool Memory::same(const Alu& alu, const Memory& b, LaneMask lanes) const {
  if (table_.same(b.table_)) return true;
  if (table_.get() == nullptr || b.table_.get() == nullptr) return false;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    const Cow<Bucket>&x = (*table_.get())[i], &y = (*b.table_.get())[i];
    if (x.same(y)) continue;
    if (x.get() == nullptr || y.get() == nullptr || x.get()->slots.size() != y.get()->slots.size()) return false;
    for (const Slot& s : x.get()->slots) {
      const Page *p = s.page.get(), *q = b.page(s.base, s.number);
      if (p == q) continue;
      if (q == nullptr || p->cells.size() != q->cells.size()) return false;
      for (std::size_t c = 0; c < p->cells.size(); ++c) {
        const Cell &m = p->cells[c], &n = q->cells[c];
        if (m.offset != n.offset || m.size != n.size || !alu.same(m.value, n.value, lanes)) return false;
      }
    }
  }
  return true;
}

void Memory::widen(Alu& alu, const Memory& before, LaneMask lanes, const InitialMemory& initial,
                   const std::function<Value(Term, const Value&, const Value&)>& f) {
  if (table_.same(before.table_) || table_.get() == nullptr) return;
  for (Cow<Bucket>& bucket : table_.write()) {
    const Bucket* b = bucket.get();
    const auto kept = [&](const Slot& s) { return before.page(s.base, s.number) == s.page.get(); };
    if (b == nullptr || std::all_of(b->slots.begin(), b->slots.end(), kept)) continue;
    for (Slot& s : bucket.write().slots) {
      if (kept(s)) continue;
      for (Cell& c : s.page.write().cells) {
        const Term at{s.base, s.number * kPage + c.offset};
        const Value old = before.read(alu, at, c.size, initial);
        if (!alu.same(old, c.value, lanes)) c.value = f(at, old, c.value);
      }
    }
  }
}

}  // namespace tq::analysis
