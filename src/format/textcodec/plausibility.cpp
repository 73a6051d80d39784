// Which code page a text was written in shows in what it becomes: words of one script, small letters after the first, no box
// drawing inside words. Words that systeminfo and wmic print in each language decide where two pages differ in few letters.
#include <algorithm>
#include <array>

#include "core/ascii.hpp"
#include "format/textcodec/codepage.hpp"

namespace tq::format::textcodec {
namespace {

enum class Kind { ascii_letter, other_ascii, latin, cyrillic, greek, han, kana, hangul, half_kana, mark, box, odd };

struct Char {
  std::uint32_t code = ' ';
  Kind kind = Kind::other_ascii;
  bool upper = false;
};

/// The UTF-8 here comes from our own conversion, so that its form needs no checks but the length.
std::uint32_t next_code(std::string_view s, std::size_t& i) {
  const auto at = [&](std::size_t k) { return k < s.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(s[k])) : 0U; };
  const std::uint32_t b = at(i);
  if (b < 0x80) return i += 1, b;
  if (b < 0xE0) return i += 2, ((b & 0x1F) << 6) | (at(i - 1) & 0x3F);
  if (b < 0xF0) return i += 3, ((b & 0x0F) << 12) | ((at(i - 2) & 0x3F) << 6) | (at(i - 1) & 0x3F);
  return i += 4, 0x10000U;
}

bool upper_latin(std::uint32_t c) {
  if (c < 0x100) return c >= 0xC0 && c <= 0xDE && c != 0xD7;
  if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) return (c & 1) != 0;  // where Unicode counts the other way round
  return (c & 1) == 0;
}

bool is_mark(std::uint32_t c) {
  // Signs that stand in product names and in numbers of European locales.
  constexpr std::array<std::uint32_t, 13> kMarks = {0xA0,   0xAB,   0xBB,   0xA9,   0xAE,   0x2122, 0xB0,
                                                    0x2019, 0x2018, 0x201C, 0x201D, 0x2013, 0x2026};
  for (auto m : kMarks)
    if (c == m) return true;
  return (c >= 0x3000 && c <= 0x3003) || (c >= 0x300C && c <= 0x300F) || (c >= 0xFF01 && c <= 0xFF1F);
}

Char classify(std::uint32_t c) {
  if (c < 0x80) {
    const char ascii = static_cast<char>(c);
    return {c, is_letter(ascii) ? Kind::ascii_letter : Kind::other_ascii, is_upper(ascii)};
  }
  if (is_mark(c)) return {c, Kind::mark, false};
  if (c >= 0xC0 && c < 0x250 && c != 0xD7 && c != 0xF7) return {c, Kind::latin, upper_latin(c)};
  if (c >= 0x400 && c < 0x460) return {c, Kind::cyrillic, c < 0x430};
  if (c >= 0x386 && c < 0x3D0) return {c, Kind::greek, c < 0x3AC && c != 0x390};
  if (c >= 0x4E00 && c < 0xA000) return {c, Kind::han, false};
  if (c >= 0x3041 && c < 0x3100) return {c, Kind::kana, false};
  if (c >= 0xAC00 && c < 0xD7A4) return {c, Kind::hangul, false};
  if (c >= 0xFF66 && c < 0xFFA0) return {c, Kind::half_kana, false};
  if (c >= 0x2500 && c < 0x25A0) return {c, Kind::box, false};
  return {c, Kind::odd, false};
}

bool alphabet(Kind k) { return k == Kind::latin || k == Kind::cyrillic || k == Kind::greek; }
bool letter(Kind k) { return alphabet(k) || k == Kind::ascii_letter; }

/// What one non-ASCII character is worth after `before`.
int worth(const Char& before, const Char& c) {
  switch (c.kind) {
    case Kind::ascii_letter:
    case Kind::other_ascii: return 0;
    case Kind::box: return -6;
    case Kind::odd: return -4;
    case Kind::half_kana: return -3;
    case Kind::mark: return 0;
    case Kind::kana: return before.kind == Kind::kana || before.kind == Kind::han ? 3 : 2;
    case Kind::hangul: return 3;
    case Kind::han: return 2;
    case Kind::latin:
    case Kind::cyrillic:
    case Kind::greek: break;
  }
  if (!letter(before.kind)) return c.upper ? 1 : 2;
  const bool same = before.kind == c.kind || (c.kind == Kind::latin && before.kind == Kind::ascii_letter);
  if (!same) return -4;
  return c.upper && !before.upper ? -4 : 2;  // "systŠme"
}

/// Words of the texts themselves, each in the script that only the right page gives. Compared as they are: cheap, and enough.
constexpr std::array<std::string_view, 52> kWords = {"système",       "système d'exploitation",
                                                     "émoire",        "hôte",
                                                     "réseau",        "ropriétaire",
                                                     "émarrage",  // French
                                                     "größe",         "erfügbar",
                                                     "für",           "gerät",
                                                     "änder",         "Ländereinstellung",  // German
                                                     "instalación",   "versión",
                                                     "configuración", "compilación",
                                                     "física",        "máximo",
                                                     "tamaño",        "región",
                                                     "memória",       "versão",
                                                     "configuração",  "usuário",
                                                     "disponível",    "függ",
                                                     "gazdagép",      "rendszer",
                                                     "název",         "počítače",
                                                     "systému",       "paměť",
                                                     "verze",         "wersja",
                                                     "dostępn",       "pamięć",
                                                     "właściciel",    "yükleme",
                                                     "sürüm",         "İşletim",
                                                     "Имя узла",      "версия",
                                                     "Название",      "памят",
                                                     "系统",          "主机",
                                                     "作業系統",      "主機",
                                                     "ホスト",        "ビルド",
                                                     "호스트"};

}  // namespace

int plausibility(const Converted& c) {
  int score = -10 * static_cast<int>(std::min<std::size_t>(c.bad, 1000000));
  Char before;
  for (std::size_t i = 0; i < c.utf8.size();) {
    const Char now = classify(next_code(c.utf8, i));
    score += worth(before, now);
    // An ASCII letter that follows a letter of another alphabet is as odd as the other way round.
    if (now.kind == Kind::ascii_letter && (before.kind == Kind::cyrillic || before.kind == Kind::greek)) score -= 4;
    before = now;
  }
  for (const auto word : kWords)
    if (c.utf8.find(word) != std::string::npos) score += 20;
  return score;
}

}  // namespace tq::format::textcodec
