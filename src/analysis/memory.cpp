#include "analysis/memory.hpp"

#include <algorithm>

namespace tq::analysis {
namespace {

/// Bytes [from, from+size) of a value of `whole` bytes. One of 8 may be two halves that are known by themselves.
Value extract(Alu& alu, const Value& v, unsigned whole, unsigned from, unsigned size) {
  if (whole == 8 && from >= 4) return extract(alu, alu.binary(Op::shr, v, constant(32), 64), 4, from - 4, size);
  if (whole == 8 && from != 0 && from + size <= 4) return extract(alu, alu.truncate(v, 32), 4, from, size);
  const Value shifted = from == 0 ? v : alu.binary(Op::shr, v, constant(std::uint64_t{8} * from), 64);
  return size >= 8 ? shifted : alu.truncate(shifted, 8 * size);
}

}  // namespace

/// Neighbours as one value of `size` bytes.
Value Memory::together(Alu& alu, std::span<const Piece> parts, unsigned size) {
  Value v = parts[0].value;
  for (const Piece& p : parts.subspan(1)) {
    const unsigned at = p.at - parts[0].at;
    const Value high = alu.map(p.value, [&](Term t) { return binary(Op::shl, t, number(std::uint64_t{8} * at), 64); });
    v = alu.map(v, high, [&](Term a, Term b) {
      if (a.number() && b.number()) return number(a.off | b.off);
      return unknown(Op::concat, 8 * size, hash_of(hash_of(at, a), b));
    });
    v.copy = false;
  }
  return v;
}

const Memory::Slot* Memory::slot(const Bucket& b, std::uint64_t base, std::uint64_t number) {
  for (const Slot& s : b.slots)
    if (s.base == base && s.number == number) return &s;
  return nullptr;
}

const Memory::Page* Memory::page(std::uint64_t base, std::uint64_t number) const {
  const Table* t = table_.get();
  const Bucket* b = t != nullptr ? (*t)[bucket_of(base, number)].get() : nullptr;
  const Slot* s = b != nullptr ? slot(*b, base, number) : nullptr;
  return s != nullptr ? s->page.get() : nullptr;
}

Memory::Page& Memory::page_for_write(std::uint64_t base, std::uint64_t number) {
  Bucket& b = table_.write()[bucket_of(base, number)].write();
  for (Slot& s : b.slots)
    if (s.base == base && s.number == number) return s.page.write();
  b.slots.push_back({base, number, {}});
  return b.slots.back().page.write();
}

void Memory::put(Alu& alu, Page& p, unsigned offset, unsigned size, const Value& v) {
  std::vector<Cell> kept;
  kept.reserve(p.cells.size() + 1);
  for (const Cell& c : p.cells) {
    const unsigned end = c.offset + c.size, mine = offset + size;
    if (end <= offset || c.offset >= mine) {
      kept.push_back(c);
      continue;
    }
    // What sticks out of the new cell on either side stays.
    if (c.offset < offset)
      kept.push_back({c.offset, static_cast<std::uint8_t>(offset - c.offset), extract(alu, c.value, c.size, 0, offset - c.offset)});
    if (end > mine)
      kept.push_back({static_cast<std::uint8_t>(mine), static_cast<std::uint8_t>(end - mine),
                      extract(alu, c.value, c.size, mine - c.offset, end - mine)});
  }
  kept.push_back({static_cast<std::uint8_t>(offset), static_cast<std::uint8_t>(size), v});
  std::sort(kept.begin(), kept.end(), [](const Cell& a, const Cell& b) { return a.offset < b.offset; });
  p.cells = std::move(kept);
}

void Memory::write(Alu& alu, Term address, unsigned size, const Value& v) {
  const std::uint64_t number = address.off / kPage;
  const auto offset = static_cast<unsigned>(address.off % kPage);
  if (offset + size > kPage) {
    const auto first = static_cast<unsigned>(kPage - offset);
    write(alu, address, first, extract(alu, v, size, 0, first));
    write(alu, {address.sym, address.off + first}, size - first, extract(alu, v, size, first, size - first));
    return;
  }
  Page& p = page_for_write(address.sym, number);
  for (Cell& c : p.cells)
    if (c.offset == offset && c.size == size) {
      c.value = v;
      return;
    }
  put(alu, p, offset, size, v);
}

void Memory::pieces(Alu& alu, Term address, unsigned size, const InitialMemory& initial, std::vector<Piece>& out) const {
  for (unsigned done = 0; done < size;) {
    const std::uint64_t at = address.off + done;
    const auto in = static_cast<unsigned>(at % kPage);
    const unsigned most = std::min(size - done, static_cast<unsigned>(kPage) - in);
    const Page* p = page(address.sym, at / kPage);
    unsigned n = most;
    const Cell* hit = nullptr;
    for (std::size_t i = 0; p != nullptr && i < p->cells.size(); ++i) {
      const Cell& c = p->cells[i];
      if (c.offset + c.size <= in) continue;
      if (c.offset > in) {
        n = std::min(n, c.offset - in);
      } else {
        hit = &c;
        n = std::min(n, c.offset + c.size - in);
      }
      break;
    }
    Value v;
    if (hit == nullptr)
      v = initial({address.sym, at}, n);
    else if (hit->offset == in && hit->size == n)
      v = hit->value;
    else
      v = extract(alu, hit->value, hit->size, in - hit->offset, n);
    out.push_back({done, n, v});
    done += n;
  }
}

Value Memory::assemble(Alu& alu, Term address, unsigned size, const InitialMemory& initial) const {
  std::vector<Piece> parts;
  pieces(alu, address, size, initial, parts);
  if (parts.size() == 1) return parts[0].value;
  // Neighbouring fields that are moved together are still only moved.
  const bool copy = std::all_of(parts.begin(), parts.end(), [](const Piece& p) { return p.value.copy || p.value.uniform(); });
  const auto behind = std::find_if(parts.begin(), parts.end(), [](const Piece& p) { return p.at == 4; });
  Value v;
  if (size == 8 && behind != parts.end())
    v = alu.map(together(alu, {parts.begin(), behind}, 4), together(alu, {behind, parts.end()}, 4),
                [&](Term low, Term high) { return alu.paired(low, high); });
  else
    v = together(alu, parts, size);
  v.copy = copy && !v.uniform();
  return v;
}

Value Memory::read(Alu& alu, Term address, unsigned size, const InitialMemory& initial) const {
  const auto offset = static_cast<unsigned>(address.off % kPage);
  const Page* p = page(address.sym, address.off / kPage);
  if (offset + size <= kPage) {
    if (p == nullptr) return initial(address, size);
    for (const Cell& c : p->cells)
      if (c.offset == offset && c.size == size) return c.value;
  }
  return assemble(alu, address, size, initial);
}

void Memory::change(Term address, std::uint64_t size, const std::function<Value(Term, unsigned, const Value&)>& f) {
  for (std::uint64_t at = address.off / kPage; at * kPage < address.off + size; ++at) {
    if (page(address.sym, at) == nullptr) continue;
    for (Cell& c : page_for_write(address.sym, at).cells) {
      const std::uint64_t start = at * kPage + c.offset;
      if (start + c.size > address.off && start < address.off + size) c.value = f({address.sym, start}, c.size, c.value);
    }
  }
}

void Memory::drop(std::uint64_t base) {
  if (table_.get() == nullptr) return;
  for (Cow<Bucket>& bucket : table_.write()) {
    const Bucket* b = bucket.get();
    if (b == nullptr || std::none_of(b->slots.begin(), b->slots.end(), [&](const Slot& s) { return s.base == base; })) continue;
    std::erase_if(bucket.write().slots, [&](const Slot& s) { return s.base == base; });
  }
}

void Memory::visit(const std::function<void(Term, unsigned, const Value&)>& f) const {
  if (table_.get() == nullptr) return;
  for (const Cow<Bucket>& bucket : *table_.get()) {
    if (bucket.get() == nullptr) continue;
    for (const Slot& s : bucket.get()->slots)
      for (const Cell& c : s.page.get()->cells) f({s.base, s.number * kPage + c.offset}, c.size, c.value);
  }
}

void Memory::visit_near(Term address, std::uint64_t span, const std::function<void(Term, unsigned, const Value&)>& f) const {
  for (std::uint64_t n = address.off / kPage; n <= (address.off + span) / kPage; ++n)
    if (const Page* p = page(address.sym, n))
      for (const Cell& c : p->cells)
        if (const std::uint64_t at = n * kPage + c.offset; at + c.size > address.off && at < address.off + span)
          f({address.sym, at}, c.size, c.value);
}

}  // namespace tq::analysis
