// printf into memory, and scanf from it. What a lane's numbers and texts make is worked out; a piece that is not known leaves a text that
// is not either, and that may differ between lanes when something of the version is in it.
#include <algorithm>
#include <vector>

#include "analysis/models/texts.hpp"
#include "analysis/models/version.hpp"
#include "core/ascii.hpp"

namespace tq::analysis {
namespace {

constexpr std::size_t kMostPadding = 64;
constexpr unsigned kMostPieces = 40, kLookedAt = 6;

/// The arguments behind a format, one after the other: handed over themselves, or in a list.
class Rest {
 public:
  Rest(Engine& e, State& s, const CallSite& c, unsigned slot, bool list) : e_(e), s_(s), c_(c), slot_(slot) {
    if (!list) return;
    list_ = e.argument(s, c, slot);
    slot_ = 0;
  }
  Value pointer() { return word(); }
  /// 32 or 64 bits; the latter are two words where a word has 32.
  Value integer(bool wide) {
    const Value low = word();
    if (!wide) return e_.alu.truncate(low, 32);
    if (e_.word() == 8) return low;
    const Value high = word();
    return e_.alu.map(low, high, [](Term a, Term b) {
      return a.number() && b.number() ? number(b.off << 32 | a.off) : unknown(Op::call, 64, hash_of(hash_of(0x64, a), b));
    });
  }

 private:
  Value word() {
    const unsigned at = slot_++;
    return list_ ? e_.read(s_, e_.plus(*list_, std::uint64_t{at} * e_.word()), e_.word()) : e_.argument(s_, c_, at);
  }
  Engine& e_;
  State& s_;
  const CallSite& c_;
  unsigned slot_;
  std::optional<Value> list_;
};

/// "%-08.3I64x": what stands between the percent sign and the letter.
struct Conversion {
  char letter = 0;
  bool left = false, zeros = false, skipped = false, plain = true;  ///< `plain`: nothing that is not read here
  std::size_t width = 0, precision = 0;
  bool has_precision = false, wide = false;
  unsigned halves = 0;  ///< how many h
};

/// Reads a conversion behind its percent sign at `i`, and moves `i` behind it.
Conversion conversion_at(const std::string& f, std::size_t& i) {
  Conversion c;
  for (; i < f.size() && std::string_view("-0 +#*").find(f[i]) != std::string_view::npos; ++i) {
    c.left = c.left || f[i] == '-';
    c.zeros = c.zeros || f[i] == '0';
    c.skipped = c.skipped || f[i] == '*';
    c.plain = c.plain && (f[i] == '-' || f[i] == '0' || f[i] == '*');
  }
  const auto digits = [&](std::size_t& n) {
    for (; i < f.size() && is_digit(f[i]); ++i) n = std::min<std::size_t>(n * 10 + static_cast<std::size_t>(f[i] - '0'), 9999);
  };
  digits(c.width);
  if (i < f.size() && f[i] == '.') {
    c.has_precision = true;
    ++i;
    digits(c.precision);
  }
  for (; i < f.size(); ++i) {
    if (f.compare(i, 3, "I64") == 0 || f.compare(i, 2, "ll") == 0)
      c.wide = true, i += std::size_t{f[i] == 'I' ? 2U : 1U};
    else if (f.compare(i, 3, "I32") == 0)
      i += 2;
    else if (f[i] == 'h')
      ++c.halves;
    else if (f[i] != 'l' && f[i] != 'w')
      break;
  }
  c.plain = c.plain && c.width <= kMostPadding && c.precision <= kMostPadding && !(i < f.size() && f[i] == '*');
  if (i < f.size()) c.letter = f[i++];
  return c;
}

bool is_integer(char letter) { return std::string_view("diuxX").find(letter) != std::string_view::npos; }

std::u16string shown(std::uint64_t v, const Conversion& c) {
  const bool hex = c.letter == 'x' || c.letter == 'X', narrow = !c.wide;
  if (narrow) v &= 0xFFFFFFFF;
  if (c.halves == 1) v &= 0xFFFF;
  const bool minus = (c.letter == 'd' || c.letter == 'i') && (v >> (narrow ? c.halves == 1 ? 15 : 31 : 63) & 1) != 0;
  if (minus) v = (c.halves == 1 ? 0x10000 : narrow ? 0x100000000 : 0) - v;
  std::u16string out = digits_of(v, hex ? 16 : 10);
  if (c.letter == 'X')
    for (char16_t& x : out) x = x >= 'a' ? static_cast<char16_t>(x - 0x20) : x;
  const std::size_t least = c.has_precision      ? c.precision
                            : c.zeros && !c.left ? c.width - std::min<std::size_t>(c.width, minus ? 1 : 0)
                                                 : 0;
  if (out.size() < least) out.insert(0, least - out.size(), u'0');
  return (minus ? u"-" : u"") + out;
}

std::u16string padded(std::u16string text, const Conversion& c) {
  if (text.size() < c.width) text.insert(c.left ? text.size() : 0, c.width - text.size(), u' ');
  return text;
}

/// What a format makes of its arguments.
class Printed {
 public:
  Printed(Engine& e, State& s) : e_(e), s_(s) {
    for (auto& t : out_.of) t = std::u16string();
  }
  /// `wide_format`: %s is what the function's own characters are.
  void all(const std::string& format, Rest& rest, bool wide_format) {
    unsigned pieces = 0;
    for (std::size_t i = 0; i < format.size();) {
      if (format[i] != '%' || (i + 1 < format.size() && format[i + 1] == '%')) {
        literal(static_cast<unsigned char>(format[i]));
        if (format[i++] == '%') ++i;  // of two only one is shown
        continue;
      }
      const Conversion c = conversion_at(format, ++i);
      if (++pieces > kMostPieces || !c.plain || c.skipped) out_.known = false;
      piece(c, rest, wide_format);
    }
  }
  Texts out_;
  bool varies_ = false, decided_ = false;  ///< `decided_`: something that varies and is not the version itself

 private:
  void literal(char16_t x) {
    for (auto& t : out_.of)
      if (t) *t += x;
  }
  void piece(const Conversion& c, Rest& rest, bool wide_format) {
    if (is_integer(c.letter)) return number(rest.integer(c.wide), [&](std::uint64_t v) { return padded(shown(v, c), c); });
    if (c.letter == 'c' || c.letter == 'C')
      return number(rest.integer(false), [&](std::uint64_t v) { return padded({static_cast<char16_t>(v)}, c); });
    if (c.letter == 's' || c.letter == 'S') return text(c, rest.pointer(), (c.letter == 's') == wide_format);
    static_cast<void>(rest.pointer());
    out_.known = false;
  }
  template <class F>
  void number(const Value& v, F f) {
    note(v.origin, e_.alu.varies(v), v.copy || is_build(v));
    for (unsigned k = 0; k < e_.alu.count(); ++k) {
      if ((e_.alu.mask >> k & 1) == 0) continue;
      if (!v.at(k).number()) out_.known = false;
      if (out_.of[k]) *out_.of[k] += v.at(k).number() ? f(v.at(k).off) : std::u16string();
    }
  }
  /// A number that was put together from digits is the build, too.
  [[nodiscard]] bool is_build(const Value& v) const {
    bool all = true;
    for (unsigned k = 0; k < e_.alu.count(); ++k)
      all = all && ((e_.alu.mask >> k & 1) == 0 || v.at(k) == tq::analysis::number(e_.ladder().rungs[k].build));
    return all;
  }
  void text(const Conversion& c, const Value& pointer, bool wide) {
    if (c.halves != 0) wide = false;
    const Texts t = texts(e_, s_, pointer, wide, c.has_precision ? c.precision : kMostText);
    note(t.origin, text_varies(e_, s_, pointer), t.copy || !t.known);
    out_.known = out_.known && t.known;
    for (unsigned k = 0; k < e_.alu.count(); ++k)
      if (out_.of[k] && t.of[k]) *out_.of[k] += padded(*t.of[k], c);
  }
  void note(std::uint8_t origin, bool varies, bool copy) {
    if (origin != 0) out_.origin = origin;
    varies_ = varies_ || varies;
    decided_ = decided_ || (varies && !copy);
    out_.copy = varies_ && !decided_;
  }
  Engine& e_;
  State& s_;
};

/// Something among the arguments of a format that is not known differs between lanes.
bool rest_varies(Engine& e, State& s, Rest rest) {
  for (unsigned i = 0; i < kLookedAt; ++i)
    if (const Value v = rest.pointer(); e.alu.varies(v) || text_varies(e, s, v)) return true;
  return false;
}

/// sprintf(to, format, ...). `Format`: which argument it is; the one before it bounds the text when `Bounded`.
template <bool Wide, unsigned Format, bool Bounded, bool List>
void print(Engine& e, State& s, const CallSite& c) {
  const Value to = e.argument(s, c, 0), room = Bounded ? e.argument(s, c, Format - 1) : constant(kMostText);
  const auto format = e.text(s, e.argument(s, c, Format), Wide);
  Rest rest(e, s, c, Format + 1, List);
  Printed made(e, s);
  const bool varies = !format && rest_varies(e, s, rest);
  if (format) made.all(*format, rest, Wide);
  if (!format || !made.out_.known || !room.uniform() || !room.all.number()) {
    if (!varies && !made.varies_) return e.generic(s, c);
    write_unclear(e, s, c, to);
    return e.set_result(s, e.fresh(Kind::result, mix(e.site_hash(s, c.rva), 0xF0)));
  }
  const std::uint64_t most = room.all.off;
  const Value size =
      number_of(e, c, made.out_, false, [most](const auto& x) { return Bounded && x.size() > most ? 0xFFFFFFFF : x.size(); });
  for (auto& t : made.out_.of)
    if (Bounded && t) t->resize(std::min<std::size_t>(t->size(), most));
  write_texts(e, s, to, made.out_, Wide);
  e.set_result(s, size);
}

// ---- scanf ----------------------------------------------------------------------------------------------------------

/// One lane's text being taken apart.
struct Scan {
  std::u16string text;
  std::size_t at = 0;
  std::uint64_t assigned = 0;
  bool going = true;

  void skip_blanks() {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n')) ++at;
  }
  void literal(char x) {
    if (x == ' ') return skip_blanks();
    going = going && at < text.size() && text[at] == static_cast<char16_t>(x);
    if (going) ++at;
  }
  std::optional<std::uint64_t> integer(const Conversion& c) {
    skip_blanks();
    const std::size_t end = c.width == 0 ? text.size() : std::min(text.size(), at + c.width);
    const bool minus = going && at < end && text[at] == '-';
    if (minus) ++at;
    const std::size_t first = at;
    std::uint64_t v = 0;
    for (; going && at < end; ++at) {
      const unsigned d = digit_of(text[at]), base = c.letter == 'x' || c.letter == 'X' ? 16 : 10;
      if (d >= base) break;
      v = v * base + d;
    }
    going = going && at > first;
    if (!going) return std::nullopt;
    return minus ? 0 - v : v;
  }
};

class Scanned {
 public:
  Scanned(Engine& e, State& s, const Texts& t) : e_(e), s_(s), t_(t) {
    for (unsigned k = 0; k < e.alu.count(); ++k) lane_[k].text = t.of[k].value_or(u"");
  }
  /// False when the format has something else than numbers in it; what comes before is written.
  bool all(const std::string& format, Rest& rest) {
    for (std::size_t i = 0; i < format.size();) {
      if (format[i] != '%') {
        for (Scan& l : lane_) l.literal(format[i]);
        ++i;
        continue;
      }
      const Conversion c = conversion_at(format, ++i);
      if (!is_integer(c.letter) || !c.plain) return false;
      number(c, c.skipped ? constant(0) : rest.pointer());
    }
    return true;
  }
  Value assigned() {
    Value v = e_.alu.each([&](unsigned k) { return tq::analysis::number(lane_[k].assigned); });
    v.origin = t_.origin;
    return v;
  }

 private:
  void number(const Conversion& c, const Value& to) {
    const unsigned size = c.wide ? 8 : c.halves == 1 ? 2 : c.halves == 2 ? 1 : 4;
    const Value old = c.skipped ? to : e_.read(s_, to, size);
    Value v = e_.alu.each(
        [&](unsigned k) {
          const auto got = lane_[k].integer(c);
          if (got && !c.skipped) ++lane_[k].assigned;
          return got ? tq::analysis::number(*got & mask_of(size * 8)) : old.at(k);
        },
        t_.copy);
    v.copy = t_.copy;
    v.origin = t_.origin;
    if (!c.skipped) e_.write(s_, to, size, v);
  }
  Engine& e_;
  State& s_;
  const Texts& t_;
  std::array<Scan, kMostLanes> lane_;
};

/// sscanf(text, format, ...).
template <bool Wide>
void scan(Engine& e, State& s, const CallSite& c) {
  const Value from = e.argument(s, c, 0);
  const auto format = e.text(s, e.argument(s, c, 1), Wide);
  const Texts t = texts(e, s, from, Wide);
  const bool varies = text_varies(e, s, from);
  Rest rest(e, s, c, 2, false), again = rest;
  Scanned scanned(e, s, t);
  if (t.known && format && scanned.all(*format, rest)) return e.set_result(s, scanned.assigned());
  if (!varies) return e.generic(s, c);
  const std::size_t outs = format ? static_cast<std::size_t>(std::count(format->begin(), format->end(), '%')) : kLookedAt;
  for (std::size_t i = 0; i < std::min<std::size_t>(outs, kLookedAt); ++i) write_unclear(e, s, c, again.pointer());
  e.set_result(s, unclear(e, c, 32, 0x5C));
}

constexpr Model kFormattedModels[] = {
    {"sprintf", print<false, 1, false, false>},
    {"wsprintfA", print<false, 1, false, false>},
    {"wsprintfW", print<true, 1, false, false>},
    {"swprintf", print<true, 1, false, false>},
    {"vsprintf", print<false, 1, false, true>},
    {"wvsprintfA", print<false, 1, false, true>},
    {"wvsprintfW", print<true, 1, false, true>},
    {"vswprintf", print<true, 1, false, true>},
    {"_snprintf", print<false, 2, true, false>},
    {"_snwprintf", print<true, 2, true, false>},
    {"sprintf_s", print<false, 2, true, false>},
    {"swprintf_s", print<true, 2, true, false>},
    {"_vsnprintf", print<false, 2, true, true>},
    {"_vsnwprintf", print<true, 2, true, true>},
    {"vsprintf_s", print<false, 2, true, true>},
    {"vswprintf_s", print<true, 2, true, true>},
    {"wnsprintfA", print<false, 2, true, false>},
    {"wnsprintfW", print<true, 2, true, false>},
    {"sscanf", scan<false>},
    {"swscanf", scan<true>},
    {"sscanf_s", scan<false>},
    {"swscanf_s", scan<true>},
};

}  // namespace

std::span<const Model> formatted_models() { return kFormattedModels; }

}  // namespace tq::analysis
