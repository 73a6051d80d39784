#include "analysis/models/texts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace tq::analysis {
namespace {

constexpr std::uint64_t kLooked = 24;  // bytes of a text that are looked at for what varies

bool bytes_vary(Engine& e, State& s, const Value& address) {
  if (!address.uniform()) return true;
  for (std::uint64_t at = 0; at < kLooked; at += 2)
    if (e.alu.varies(e.read(s, e.plus(address, at), 1))) return true;
  return false;
}

/// The lanes look into texts at different places: a part of one text begins there for each.
Texts parts_of_texts(Engine& e, State& s, const Value& address, bool wide, std::uint64_t most, const Value* chars) {
  Texts all;
  all.copy = true;
  const LaneMask mask = e.alu.mask;
  for (LaneMask left = mask; left != 0; left &= ~e.alu.mask) {
    const Term at = address.at(static_cast<unsigned>(std::countr_zero(left)));
    e.alu.mask = 0;
    for (unsigned k = 0; k < e.alu.count(); ++k)
      if ((left >> k & 1) != 0 && address.at(k) == at) e.alu.mask |= lane_bit(k);
    const Texts t = texts(e, s, Value(at), wide, most, chars);
    for (unsigned k = 0; k < e.alu.count(); ++k)
      if ((e.alu.mask >> k & 1) != 0) all.of[k] = t.of[k];
    all.known = all.known && t.known;
    all.copy = all.copy && t.copy;
    if (t.origin != 0) all.origin = t.origin;
  }
  e.alu.mask = mask;
  return all;
}

}  // namespace

std::optional<std::string> name_at(Engine& e, State& s, const Value& text, bool wide) {
  constexpr std::uint64_t kOrdinals = 0x10000;
  const bool ordinal = text.uniform() && text.all.number() && text.all.off < kOrdinals;
  return ordinal ? std::optional<std::string>("") : e.text(s, text, wide);
}

Value buffer_of(Engine& e, State& s, const Value& string) { return e.read(s, e.plus(string, e.word()), e.word()); }

Texts texts(Engine& e, State& s, const Value& address, bool wide, std::uint64_t most, const Value* chars) {
  if (!address.uniform()) return parts_of_texts(e, s, address, wide, most, chars);
  Texts t;
  const unsigned unit = wide ? 2 : 1;
  LaneMask open = e.alu.mask;
  for (unsigned k = 0; k < e.alu.count(); ++k) t.of[k] = std::u16string();
  for (std::uint64_t i = 0; open != 0 && i < most; ++i) {
    for (unsigned k = 0; chars != nullptr && k < e.alu.count(); ++k)
      if (chars->at(k).number() && chars->at(k).off <= i) open &= ~lane_bit(k);
    if (open == 0) break;
    const Value c = e.read(s, e.plus(address, i * unit), unit);
    if (c.origin != 0) t.origin = c.origin;
    t.copy = t.copy || c.copy;
    for (unsigned k = 0; k < e.alu.count(); ++k) {
      if ((open >> k & 1) == 0) continue;
      const Term x = c.at(k);
      if (!x.number()) {
        t.of[k].reset();
        t.known = false;
      }
      if (!x.number() || x.off == 0)
        open &= ~lane_bit(k);
      else
        *t.of[k] += static_cast<char16_t>(x.off);
    }
    if (!t.known) break;
  }
  return t;
}

Texts counted_texts(Engine& e, State& s, const Value& string, bool wide) {
  const Value bytes = e.read(s, string, 2);
  const Value chars = wide ? e.alu.map(bytes, [](Term t) { return t.number() ? number(t.off / 2) : t; }) : bytes;
  return texts(e, s, buffer_of(e, s, string), wide, kMostText, &chars);
}

void write_texts(Engine& e, State& s, const Value& to, const Texts& t, bool wide, std::uint64_t room) {
  if (to.is_null()) return;
  std::size_t longest = 0;
  for (unsigned k = 0; k < e.alu.count(); ++k)
    if ((e.alu.mask >> k & 1) != 0) longest = std::max(longest, t.of[k] ? t.of[k]->size() : 0);
  const unsigned unit = wide ? 2 : 1;
  for (std::size_t i = 0; i <= longest && i < room; ++i) {
    Value c =
        e.alu.each([&](unsigned k) { return number(t.of[k] && i < t.of[k]->size() ? (*t.of[k])[i] & mask_of(unit * 8) : 0); }, t.copy);
    c.copy = t.copy;
    c.origin = t.origin;
    e.write(s, e.plus(to, i * unit), unit, c);
  }
}

void write_counted(Engine& e, State& s, const Value& string, const Texts& t, bool wide) {
  write_texts(e, s, buffer_of(e, s, string), t, wide);
  const std::uint64_t unit = wide ? 2 : 1;
  Value bytes = e.alu.each([&](unsigned k) { return number(t.of[k] ? t.of[k]->size() * unit : 0); });
  bytes.origin = t.origin;
  e.write(s, string, 2, bytes);
}

Value number_of(Engine& e, const CallSite& c, const Texts& t, bool copy, const std::function<std::uint64_t(const std::u16string&)>& f) {
  Value v =
      e.alu.each([&](unsigned k) { return t.of[k] ? number(f(*t.of[k])) : unknown(Op::call, 32, mix(c.rva, 0x7E87)); }, copy && t.copy);
  v.origin = t.origin;
  v.copy = copy && t.copy && !v.uniform();
  return v;
}

std::u16string digits_of(std::uint64_t v, unsigned base) {
  std::u16string out;
  do out.insert(out.begin(), static_cast<char16_t>(u"0123456789abcdefghijklmnopqrstuvwxyz"[v % base]));
  while ((v /= base) != 0);
  return out;
}

Value place_in(Engine& e, const Value& start, unsigned unit, std::uint8_t origin, const std::function<std::size_t(unsigned lane)>& chars) {
  Value v = e.alu.each([&](unsigned k) {
    const std::size_t n = chars(k);
    return n == std::u16string::npos ? number(0) : Term{start.at(k).sym, start.at(k).off + n * unit};
  });
  v.origin = origin;
  return v;
}

bool text_varies(Engine& e, State& s, const Value& address) {
  const auto may_hold = [](const Value& v) { return !v.uniform() || !v.all.number() || v.all.off > 0xFFFF; };
  if (!may_hold(address)) return false;
  if (bytes_vary(e, s, address)) return true;
  const Value buffer = buffer_of(e, s, address);
  return buffer.uniform() && !buffer.all.number() && bytes_vary(e, s, buffer);
}

Value unclear(Engine& e, const CallSite& c, unsigned bits, std::uint64_t n) {
  Value v = e.alu.each([&](unsigned k) { return unknown(Op::call, bits, mix(mix(c.rva, 0x07C1), n, k)); }, true);
  v.copy = true;
  return v;
}

void write_unclear(Engine& e, State& s, const CallSite& c, const Value& to) {
  if (to.is_null()) return;
  for (std::uint64_t at = 0; at < kLooked; ++at) e.write(s, e.plus(to, at), 1, unclear(e, c, 8, at));
}

bool text_lost(Engine& e, State& s, const CallSite& c) {
  if (e.ladder().clock) return false;
  std::vector<Value> others;
  const Value first = e.argument(s, c, 0);
  // strtok goes on in the text of an earlier call.
  bool varies = c.import->name.find("tok") != std::string::npos && first.is_null() && e.version_seen();
  for (unsigned i = 0; i < c.arguments; ++i) {
    const Value v = e.argument(s, c, i);
    if (e.alu.varies(v) || text_varies(e, s, v))
      varies = true;
    else if (v.uniform() && !v.all.number() && (kind_of(v.all.sym) == Kind::stack || kind_of(v.all.sym) == Kind::object))
      others.push_back(v);
  }
  if (!varies) return false;
  if (gives_fraction(c.import->name)) e.record().reason(fmt::format("a text with the version in it becomes a fraction at 0x{:x}", c.rva));
  for (const Value& to : others) write_unclear(e, s, c, to);
  Value result = unclear(e, c, e.word() * 8, 0x10);
  result.copy = false;
  e.set_result(s, result);
  return true;
}

}  // namespace tq::analysis
