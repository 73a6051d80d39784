// Functions that make one text from another or from a number. Where nothing that varies is in it and it is not known, they are as any
// other.
#include <algorithm>

#include "analysis/models/texts.hpp"
#include "analysis/models/version.hpp"

namespace tq::analysis {
namespace {

/// `sources`: where the parts lie that `to` is made of; `string`: the counted string whose buffer `to` is.
void not_known(Engine& e, State& s, const CallSite& c, const Value& to, std::initializer_list<Value> sources,
               const Value* string = nullptr) {
  const bool varies = std::any_of(sources.begin(), sources.end(), [&](const Value& v) { return e.alu.varies(v) || text_varies(e, s, v); });
  if (!varies) return e.generic(s, c);
  write_unclear(e, s, c, to);
  if (string != nullptr) e.write(s, *string, 2, unclear(e, c, 16, 0x1E));
  e.set_result(s, to);
}

Texts joined(const Texts& a, const Texts& b) {
  Texts t = a;
  for (std::size_t k = 0; k < t.of.size(); ++k)
    if (t.of[k] && b.of[k]) *t.of[k] += *b.of[k];
  t.origin = origin_of(a, b);
  t.copy = a.copy || b.copy;
  t.known = a.known && b.known;
  return t;
}

enum class Gives { text, zero };

/// What bounds a copy: nothing; so many characters, with a NUL behind them; so many with the NUL among them if there is room for one.
enum class Bound { none, before_nul, room };

/// strcpy(to, from); `From` is 2 where the room stands between.
template <bool Wide, unsigned From = 1, Bound By = Bound::none, Gives Result = Gives::text>
void copy_text(Engine& e, State& s, const CallSite& c) {
  const Value to = e.argument(s, c, 0), from = e.argument(s, c, From);
  const Value count = By != Bound::none ? e.argument(s, c, From + 1) : constant(kMostText);
  if (!count.uniform() || !count.all.number()) return not_known(e, s, c, to, {from});
  // lstrcpyn always ends its text, strncpy only where it is shorter.
  const bool ends = c.import->name.starts_with("lstr");
  const std::uint64_t most = std::min(count.all.off - (By == Bound::room && ends && count.all.off != 0 ? 1 : 0), kMostText);
  const Texts t = texts(e, s, from, Wide, most);
  if (!t.known) return not_known(e, s, c, to, {from});
  write_texts(e, s, to, t, Wide, By == Bound::room ? count.all.off : kMostText + 1);
  e.set_result(s, Result == Gives::text ? to : constant(0));
}

template <bool Wide, unsigned From = 1, Gives Result = Gives::text>
void append_text(Engine& e, State& s, const CallSite& c) {
  const Value to = e.argument(s, c, 0), from = e.argument(s, c, From);
  const Texts t = joined(texts(e, s, to, Wide), texts(e, s, from, Wide));
  if (!t.known) return not_known(e, s, c, to, {to, from});
  write_texts(e, s, to, t, Wide);
  e.set_result(s, Result == Gives::text ? to : constant(0));
}

/// RtlCopyUnicodeString, RtlAppendUnicodeStringToString, RtlAppendUnicodeToString and their like for bytes.
template <bool Wide, bool Append, bool Counted>
void copy_counted(Engine& e, State& s, const CallSite& c) {
  const Value to = e.argument(s, c, 0), from = e.argument(s, c, 1);
  Texts t = Counted ? counted_texts(e, s, from, Wide) : texts(e, s, from, Wide);
  if (Append) t = joined(counted_texts(e, s, to, Wide), t);
  if (!t.known) return not_known(e, s, c, buffer_of(e, s, to), {to, from}, &to);
  write_counted(e, s, to, t, Wide);
  e.set_result(s, constant(0));
}

/// RtlUnicodeStringToAnsiString(to, from, allocate) and back.
template <bool FromWide>
void convert_counted(Engine& e, State& s, const CallSite& c) {
  const Value to = e.argument(s, c, 0), from = e.argument(s, c, 1), allocate = e.alu.truncate(e.argument(s, c, 2), 8);
  const Texts t = counted_texts(e, s, from, FromWide);
  if (!allocate.is_null()) e.write(s, e.plus(to, e.word()), e.word(), e.fresh(Kind::object, mix(0xA751, e.site_hash(s, c.rva))));
  if (!t.known) return not_known(e, s, c, buffer_of(e, s, to), {from}, &to);
  write_counted(e, s, to, t, !FromWide);
  e.set_result(s, constant(0));
}

/// WideCharToMultiByte(page, flags, from, count, to, room, ..) and back: the count of characters, or as many as there are for -1.
template <bool FromWide>
void convert_text(Engine& e, State& s, const CallSite& c) {
  const Value from = e.argument(s, c, 2), count = e.alu.truncate(e.argument(s, c, 3), 32), to = e.argument(s, c, 4);
  const bool whole = count.uniform() && count.all == number(0xFFFFFFFF);
  const Texts t = texts(e, s, from, FromWide, kMostText, whole ? nullptr : &count);
  if (!t.known) return not_known(e, s, c, to, {from});
  write_texts(e, s, to, t, !FromWide);
  e.set_result(s, number_of(e, c, t, false, [whole](const auto& x) { return x.size() + (whole ? 1 : 0); }));
}

/// The digits of a number of 32 bits; not known where the number or the base is not.
Texts digits(Engine& e, const Value& v, const Value& base, bool with_sign) {
  Texts t;
  const std::uint64_t b = base.uniform() && base.all.number() ? base.all.off : 0;
  t.origin = v.origin;
  t.copy = v.copy;
  for (unsigned k = 0; k < e.alu.count(); ++k) {
    if ((e.alu.mask >> k & 1) == 0) continue;
    const bool known = v.at(k).number() && b >= 2 && b <= 36, minus = with_sign && b == 10 && (v.at(k).off >> 31 & 1) != 0;
    t.known = t.known && known;
    if (known) t.of[k] = (minus ? u"-" : u"") + digits_of(minus ? 0x100000000 - v.at(k).off : v.at(k).off, static_cast<unsigned>(b));
  }
  return t;
}

/// _itow(value, to, base); `Base` is 3 where the room stands between.
template <bool Wide, bool Sign, unsigned Base = 2, Gives Result = Gives::text>
void number_to_text(Engine& e, State& s, const CallSite& c) {
  const Value v = e.alu.truncate(e.argument(s, c, 0), 32), to = e.argument(s, c, 1);
  const Texts t = digits(e, v, e.alu.truncate(e.argument(s, c, Base), 32), Sign);
  if (!t.known) return not_known(e, s, c, to, {v});
  write_texts(e, s, to, t, Wide);
  e.set_result(s, Result == Gives::text ? to : constant(0));
}

/// RtlIntegerToUnicodeString(value, base, to); base 0 is 10.
void integer_to_string(Engine& e, State& s, const CallSite& c) {
  const Value v = e.alu.truncate(e.argument(s, c, 0), 32), asked = e.alu.truncate(e.argument(s, c, 1), 32), to = e.argument(s, c, 2);
  const Texts t = digits(e, v, asked.is_null() ? constant(10) : asked, false);
  if (!t.known) return not_known(e, s, c, buffer_of(e, s, to), {v}, &to);
  write_counted(e, s, to, t, true);
  e.set_result(s, constant(0));
}

constexpr Model kTextCopiesModels[] = {
    {"strcpy", copy_text<false>},
    {"wcscpy", copy_text<true>},
    {"lstrcpyA", copy_text<false>},
    {"lstrcpyW", copy_text<true>},
    {"strncpy", copy_text<false, 1, Bound::room>},
    {"wcsncpy", copy_text<true, 1, Bound::room>},
    {"lstrcpynA", copy_text<false, 1, Bound::room>},
    {"lstrcpynW", copy_text<true, 1, Bound::room>},
    {"strcpy_s", copy_text<false, 2, Bound::none, Gives::zero>},
    {"wcscpy_s", copy_text<true, 2, Bound::none, Gives::zero>},
    {"strncpy_s", copy_text<false, 2, Bound::before_nul, Gives::zero>},
    {"wcsncpy_s", copy_text<true, 2, Bound::before_nul, Gives::zero>},
    {"strcat", append_text<false>},
    {"wcscat", append_text<true>},
    {"lstrcatA", append_text<false>},
    {"lstrcatW", append_text<true>},
    {"strcat_s", append_text<false, 2, Gives::zero>},
    {"wcscat_s", append_text<true, 2, Gives::zero>},
    {"RtlCopyUnicodeString", copy_counted<true, false, true>},
    {"RtlCopyString", copy_counted<false, false, true>},
    {"RtlAppendUnicodeStringToString", copy_counted<true, true, true>},
    {"RtlAppendStringToString", copy_counted<false, true, true>},
    {"RtlAppendUnicodeToString", copy_counted<true, true, false>},
    {"RtlUnicodeStringToAnsiString", convert_counted<true>},
    {"RtlAnsiStringToUnicodeString", convert_counted<false>},
    {"WideCharToMultiByte", convert_text<true>},
    {"MultiByteToWideChar", convert_text<false>},
    {"RtlIntegerToUnicodeString", integer_to_string},
    {"_itoa", number_to_text<false, true>},
    {"_ltoa", number_to_text<false, true>},
    {"_ultoa", number_to_text<false, false>},
    {"_itow", number_to_text<true, true>},
    {"_ltow", number_to_text<true, true>},
    {"_ultow", number_to_text<true, false>},
    {"_itoa_s", number_to_text<false, true, 3, Gives::zero>},
    {"_ultoa_s", number_to_text<false, false, 3, Gives::zero>},
    {"_itow_s", number_to_text<true, true, 3, Gives::zero>},
    {"_ultow_s", number_to_text<true, false, 3, Gives::zero>},
};

}  // namespace

std::span<const Model> text_copy_models() { return kTextCopiesModels; }

}  // namespace tq::analysis
