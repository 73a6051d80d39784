// Functions on texts: conversions to numbers, lengths, comparisons. Each lane has its own text.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/models/texts.hpp"
#include "analysis/models/version.hpp"

namespace tq::analysis {
namespace {

/// A text that the version is in, and that was not worked out: what comes of it is not known.
void lost(Engine& e, State& s, const CallSite& c, unsigned arguments) {
  constexpr std::uint64_t kLooked = 12;
  for (unsigned i = 0; i < arguments; ++i)
    for (std::uint64_t at = 0; at < kLooked; at += 2)
      if (e.alu.varies(e.read(s, e.plus(e.argument(s, c, i), at), 1))) {
        e.record().reason(fmt::format("a text with the version in it was not worked out at 0x{:x}", c.rva));
        return e.generic(s, c);
      }
  e.generic(s, c);
}

struct Parsed {
  std::uint64_t value = 0;
  std::size_t end = 0;  ///< behind the last digit; 0 when there is none
};

Parsed parse_number(const std::u16string& s, unsigned base) {
  std::size_t i = 0;
  while (i < s.size() && (s[i] == ' ' || s[i] == '\t')) ++i;
  const bool minus = i < s.size() && s[i] == '-';
  if (i < s.size() && (s[i] == '-' || s[i] == '+')) ++i;
  if ((base == 0 || base == 16) && i + 1 < s.size() && s[i] == '0' && (s[i + 1] | 0x20) == 'x') i += 2, base = 16;
  if (base == 0) base = 10;
  const std::size_t first = i;
  std::uint64_t v = 0;
  for (; i < s.size(); ++i) {
    const unsigned d = digit_of(s[i]);
    if (d >= base) break;
    v = v * base + d;
  }
  return {(minus ? 0 - v : v) & 0xFFFFFFFF, i == first ? 0 : i};
}

std::uint64_t parse(const std::u16string& s, unsigned base) { return parse_number(s, base).value; }

template <bool Wide>
void to_number(Engine& e, State& s, const CallSite& c) {
  const Texts t = texts(e, s, e.argument(s, c, 0), Wide);
  if (!t.known) return lost(e, s, c, 1);
  e.set_result(s, number_of(e, c, t, true, [](const auto& x) { return parse(x, 10); }));
}

template <bool Wide>
void to_number_base(Engine& e, State& s, const CallSite& c) {
  const Value base = e.argument(s, c, 2);
  const Texts t = texts(e, s, e.argument(s, c, 0), Wide);
  if (!t.known || !base.uniform() || !base.all.number() || base.all.off > 16) return lost(e, s, c, 1);
  const auto b = static_cast<unsigned>(base.all.off);
  const Value end = e.argument(s, c, 1), text = e.argument(s, c, 0);
  if (!end.is_null())
    e.write(s, end, e.word(), place_in(e, text, Wide ? 2 : 1, t.origin, [&](unsigned k) { return parse_number(*t.of[k], b).end; }));
  e.set_result(s, number_of(e, c, t, true, [b](const auto& x) { return parse(x, b); }));
}

/// RtlUnicodeStringToInteger(string, base, out), RtlCharToInteger(text, base, out).
template <bool Counted>
void rtl_to_integer(Engine& e, State& s, const CallSite& c) {
  const Value string = e.argument(s, c, 0), base = e.argument(s, c, 1), out = e.argument(s, c, 2);
  const Texts t = Counted ? counted_texts(e, s, string, true) : texts(e, s, string, false);
  if (!t.known || !base.uniform() || !base.all.number() || base.all.off > 16) return lost(e, s, c, 1);
  const auto b = static_cast<unsigned>(base.all.off);
  e.write(s, out, 4, number_of(e, c, t, true, [b](const auto& x) { return parse(x, b); }));
  e.set_result(s, constant(0));
}

template <bool Wide>
void length(Engine& e, State& s, const CallSite& c) {
  const Texts t = texts(e, s, e.argument(s, c, 0), Wide);
  if (!t.known) return lost(e, s, c, 1);
  e.set_result(s, number_of(e, c, t, false, [](const auto& x) { return x.size(); }));
}

char16_t folded(char16_t c) { return c >= 'A' && c <= 'Z' ? static_cast<char16_t>(c | 0x20) : c; }

int compare(std::u16string a, std::u16string b, bool fold, std::size_t most) {
  a.resize(std::min(a.size(), most));
  b.resize(std::min(b.size(), most));
  if (fold) {
    std::transform(a.begin(), a.end(), a.begin(), folded);
    std::transform(b.begin(), b.end(), b.begin(), folded);
  }
  const int r = a.compare(b);
  return r < 0 ? -1 : r > 0 ? 1 : 0;
}

template <bool Wide, bool Fold, bool Counted>
void compare_texts(Engine& e, State& s, const CallSite& c) {
  std::size_t most = kMostText;
  if (Counted) {
    const Value n = e.argument(s, c, 2);
    if (!n.uniform() || !n.all.number()) return e.generic(s, c);
    most = static_cast<std::size_t>(std::min<std::uint64_t>(n.all.off, kMostText));
  }
  const Texts a = texts(e, s, e.argument(s, c, 0), Wide, most), b = texts(e, s, e.argument(s, c, 1), Wide, most);
  if (!a.known || !b.known) return lost(e, s, c, 2);
  Value v = e.alu.each([&](unsigned k) { return number(static_cast<std::uint32_t>(compare(*a.of[k], *b.of[k], Fold, most))); });
  v.origin = origin_of(a, b);
  e.set_result(s, v);
}

/// CompareString(locale, flags, a, count, b, count): 1 less, 2 equal, 3 greater. A count of -1: up to the NUL.
template <bool Wide>
void compare_by_locale(Engine& e, State& s, const CallSite& c) {
  constexpr std::uint64_t kIgnoreCase = 0x11;  // NORM_IGNORECASE, LINGUISTIC_IGNORECASE
  const Value flags = e.argument(s, c, 1);
  const auto at = [&](unsigned i) {
    const Value count = e.alu.truncate(e.argument(s, c, i + 1), 32);
    return texts(e, s, e.argument(s, c, i), Wide, kMostText, &count);
  };
  const Texts a = at(2), b = at(4);
  if (!a.known || !b.known || !flags.uniform() || !flags.all.number()) return lost(e, s, c, 5);
  const bool fold = (flags.all.off & kIgnoreCase) != 0;
  Value v = e.alu.each([&](unsigned k) { return number(static_cast<std::uint32_t>(2 + compare(*a.of[k], *b.of[k], fold, kMostText))); });
  v.origin = origin_of(a, b);
  e.set_result(s, v);
}

/// How many characters before the first that is (or is not) one of those.
template <bool Wide, bool Until>
void count_before(Engine& e, State& s, const CallSite& c) {
  const Texts t = texts(e, s, e.argument(s, c, 0), Wide), set = texts(e, s, e.argument(s, c, 1), Wide);
  if (!t.known || !set.known) return lost(e, s, c, 2);
  Value v = e.alu.each([&](unsigned k) {
    const auto& all = *t.of[k];
    return number(std::min(all.size(), Until ? all.find_first_of(*set.of[k]) : all.find_first_not_of(*set.of[k])));
  });
  v.origin = origin_of(t, set);
  e.set_result(s, v);
}

/// strtok(text, set): the next piece, cut off where it lies; null continues behind the last one.
template <bool Wide>
void next_piece(Engine& e, State& s, const CallSite& c) {
  constexpr unsigned kUnit = Wide ? 2 : 1;
  const Value given = e.argument(s, c, 0), kept = e.fresh(Kind::object, 0x57C0);
  const Value from = given.is_null() ? e.read(s, kept, e.word()) : given;
  const Texts t = texts(e, s, from, Wide), set = texts(e, s, e.argument(s, c, 1), Wide);
  if (!t.known || !set.known) {
    if (!text_lost(e, s, c)) e.generic(s, c);
    return;
  }
  const auto begin = [&](unsigned k) { return std::min(t.of[k]->find_first_not_of(*set.of[k]), t.of[k]->size()); };
  const auto end = [&](unsigned k) { return std::min(t.of[k]->find_first_of(*set.of[k], begin(k)), t.of[k]->size()); };
  const auto behind = [&](unsigned k) { return std::min(end(k) + 1, t.of[k]->size()); };
  e.write(s, place_in(e, from, kUnit, 0, end), kUnit, constant(0));
  e.write(s, kept, e.word(), place_in(e, from, kUnit, 0, behind));
  e.set_result(
      s, place_in(e, from, kUnit, t.origin, [&](unsigned k) { return begin(k) == t.of[k]->size() ? std::u16string::npos : begin(k); }));
}

/// RtlEqualUnicodeString(a, b, fold), RtlCompareUnicodeString.
template <bool Equal>
void compare_strings(Engine& e, State& s, const CallSite& c) {
  const Value folds = e.alu.truncate(e.argument(s, c, 2), 8);
  if (!folds.uniform() || !folds.all.number()) return lost(e, s, c, 2);
  const Texts a = counted_texts(e, s, e.argument(s, c, 0), true), b = counted_texts(e, s, e.argument(s, c, 1), true);
  if (!a.known || !b.known) return lost(e, s, c, 2);
  Value v = e.alu.each([&](unsigned k) {
    const int r = compare(*a.of[k], *b.of[k], !folds.is_null(), kMostText);
    return number(Equal ? (r == 0 ? 1 : 0) : static_cast<std::uint32_t>(r));
  });
  v.origin = origin_of(a, b);
  e.set_result(s, v);
}

/// The position of a text in another: the pointer, or null.
template <bool Wide>
void find_text(Engine& e, State& s, const CallSite& c) {
  const Value in = e.argument(s, c, 0);
  const Texts a = texts(e, s, in, Wide), b = texts(e, s, e.argument(s, c, 1), Wide);
  if (!a.known || !b.known) return lost(e, s, c, 2);
  e.set_result(s, place_in(e, in, Wide ? 2 : 1, origin_of(a, b), [&](unsigned k) { return a.of[k]->find(*b.of[k]); }));
}

/// The first (or last) place of a character in a text, its NUL included; or null.
template <bool Wide, bool Last>
void find_character(Engine& e, State& s, const CallSite& c) {
  const Value in = e.argument(s, c, 0), wanted = e.alu.truncate(e.argument(s, c, 1), Wide ? 16 : 8);
  const Texts t = texts(e, s, in, Wide);
  if (!t.known || !wanted.uniform() || !wanted.all.number()) return lost(e, s, c, 1);
  const auto x = static_cast<char16_t>(wanted.all.off);
  e.set_result(s, place_in(e, in, Wide ? 2 : 1, t.origin, [&](unsigned k) {
                 const auto& all = *t.of[k];
                 return x == 0 ? all.size() : Last ? all.rfind(x) : all.find(x);
               }));
}

/// A counted string: length in bytes, the same with the NUL, and the pointer. Each lane has its own length.
template <bool Wide>
void init_string(Engine& e, State& s, const CallSite& c) {
  const Value to = e.argument(s, c, 0), text = e.argument(s, c, 1);
  constexpr unsigned kUnit = Wide ? 2 : 1;
  const Texts t = texts(e, s, text, Wide);
  const auto bytes = [&](std::uint64_t more) {
    if (!t.known) return e.fresh(Kind::result, mix(e.site_hash(s, c.rva), more));
    return number_of(e, c, t, false, [&](const auto& x) { return (x.size() + more) * kUnit; });
  };
  e.write(s, to, 2, bytes(0));
  e.write(s, e.plus(to, 2), 2, bytes(1));
  e.write(s, e.plus(to, e.word()), e.word(), text);
}

constexpr Model kTextModels[] = {
    {"RtlInitUnicodeString", init_string<true>},
    {"RtlInitAnsiString", init_string<false>},
    {"RtlInitString", init_string<false>},
    {"atoi", to_number<false>},
    {"atol", to_number<false>},
    {"_wtoi", to_number<true>},
    {"_wtol", to_number<true>},
    {"StrToIntA", to_number<false>},
    {"StrToIntW", to_number<true>},
    {"strtol", to_number_base<false>},
    {"strtoul", to_number_base<false>},
    {"wcstol", to_number_base<true>},
    {"wcstoul", to_number_base<true>},
    {"RtlUnicodeStringToInteger", rtl_to_integer<true>},
    {"RtlCharToInteger", rtl_to_integer<false>},
    {"strlen", length<false>},
    {"wcslen", length<true>},
    {"lstrlenA", length<false>},
    {"lstrlenW", length<true>},
    {"strcmp", compare_texts<false, false, false>},
    {"wcscmp", compare_texts<true, false, false>},
    {"lstrcmpA", compare_texts<false, false, false>},
    {"lstrcmpW", compare_texts<true, false, false>},
    {"_stricmp", compare_texts<false, true, false>},
    {"_wcsicmp", compare_texts<true, true, false>},
    {"lstrcmpiA", compare_texts<false, true, false>},
    {"lstrcmpiW", compare_texts<true, true, false>},
    {"strncmp", compare_texts<false, false, true>},
    {"wcsncmp", compare_texts<true, false, true>},
    {"_strnicmp", compare_texts<false, true, true>},
    {"_wcsnicmp", compare_texts<true, true, true>},
    {"RtlEqualUnicodeString", compare_strings<true>},
    {"RtlCompareUnicodeString", compare_strings<false>},
    {"CompareStringA", compare_by_locale<false>},
    {"CompareStringW", compare_by_locale<true>},
    {"strcspn", count_before<false, true>},
    {"wcscspn", count_before<true, true>},
    {"strspn", count_before<false, false>},
    {"wcsspn", count_before<true, false>},
    {"strtok", next_piece<false>},
    {"wcstok", next_piece<true>},
    {"strstr", find_text<false>},
    {"wcsstr", find_text<true>},
    {"strchr", find_character<false, false>},
    {"wcschr", find_character<true, false>},
    {"strrchr", find_character<false, true>},
    {"wcsrchr", find_character<true, true>},
    {"StrChrA", find_character<false, false>},
    {"StrChrW", find_character<true, false>},
};

}  // namespace

std::span<const Model> text_models() { return kTextModels; }

}  // namespace tq::analysis
