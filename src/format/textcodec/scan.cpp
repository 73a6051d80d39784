#include "format/textcodec/scan.hpp"

#include <algorithm>
#include <array>

#include "core/ascii.hpp"
#include "core/brackets.hpp"
#include "core/text.hpp"
#include "core/version.hpp"

namespace tq::format::textcodec {
namespace {

/// Reads at most `most` digits at i; moves i. False when there is none or the run is longer.
bool digits(std::string_view s, std::size_t& i, std::size_t most, std::uint32_t& out) {
  const std::size_t start = i;
  std::uint32_t v = 0;
  while (i < s.size() && is_digit(s[i])) {
    if (i - start == most) return false;
    v = v * 10 + static_cast<std::uint32_t>(s[i++] - '0');
  }
  out = v;
  return i > start;
}

constexpr bool known_pair(std::uint32_t major, std::uint32_t minor) {
  return (major == 5 && minor <= 2) || (major == 6 && minor <= 4) || (major == 10 && minor == 0);
}

/// Steps over a point.
bool point(std::string_view s, std::size_t& i) {
  if (i >= s.size() || s[i] != '.') return false;
  ++i;
  return true;
}

/// The version that starts exactly at `at`.
std::optional<VersionText> version_at(std::string_view s, std::size_t at) {
  VersionText v;
  std::uint32_t major = 0, minor = 0, revision = 0;
  std::size_t i = at;
  if (!digits(s, i, 2, major) || !point(s, i)) return std::nullopt;
  if (!digits(s, i, 1, minor) || !point(s, i)) return std::nullopt;
  if (!known_pair(major, minor) || !digits(s, i, 5, v.build) || v.build < 2195 || v.build > 0xFFFF) return std::nullopt;
  v.end = i;
  if (i + 1 < s.size() && s[i] == '.' && is_digit(s[i + 1])) {
    ++i;
    if (!digits(s, i, 6, revision) || revision > 0xFFFFF) return std::nullopt;
    v.revision = revision;
    v.end = i;
  }
  v.major = static_cast<std::uint16_t>(major);
  v.minor = static_cast<std::uint16_t>(minor);
  v.begin = at;
  return v;
}

/// Length of a UTF-8 character by its first byte; ill-formed bytes count one each.
std::size_t char_length(std::string_view s, std::size_t i) {
  const auto b = static_cast<unsigned char>(s[i]);
  const std::size_t n = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : b >= 0xC2 ? 2 : 1;
  return i + n <= s.size() ? n : 1;
}

/// Length of a trade mark sign at i, which stands behind `word`. On an English console (R) becomes r and TM becomes T;
/// read in a wrong code page it is any one non-ASCII character. A letter counts only when the word ends behind it.
std::size_t mark_length(std::string_view s, std::size_t i) {
  constexpr std::array<std::string_view, 3> kSpelled = {"(R)", "(TM)", "(C)"};
  for (const auto m : kSpelled)
    if (istarts_with(s.substr(i), m)) return m.size();
  if (i >= s.size()) return 0;
  const std::size_t n = static_cast<unsigned char>(s[i]) >= 0x80 ? char_length(s, i) : 1;
  const bool ends = i + n >= s.size() || s[i + n] == ' ' || s[i + n] == ',';
  if (n > 1 || static_cast<unsigned char>(s[i]) >= 0x80) return ends ? n : 0;
  const bool letter = s[i] == 'r' || s[i] == 'R' || s[i] == 'T' || s[i] == '?';
  return letter && ends ? 1 : 0;
}

/// Length of a name that carries a trade mark sign, when one starts at i.
std::size_t marked_word(std::string_view s, std::size_t i) {
  constexpr std::array<std::string_view, 5> kMarked = {"Microsoft", "Windows", "Server", "Vista", "Hyper-V"};
  if (i > 0 && is_letter(s[i - 1])) return 0;
  for (const auto w : kMarked)
    if (istarts_with(s.substr(i), w)) return w.size();
  return 0;
}

std::string without_marks(std::string_view s) {
  std::string out;
  out.reserve(s.size());
  for (std::size_t i = 0; i < s.size();) {
    if (const std::size_t w = marked_word(s, i); w > 0) {
      out.append(s.substr(i, w));
      i += w;
      i += mark_length(s, i);
    } else if (s.substr(i).starts_with("\xC2\xAE") || istarts_with(s.substr(i), "(R)")) {
      i += s[i] == '(' ? 3U : 2U;
    } else if (s.substr(i).starts_with("\xE2\x84\xA2") || istarts_with(s.substr(i), "(TM)")) {
      i += s[i] == '(' ? 4U : 3U;
    } else if (s.substr(i).starts_with("\xC2\xA0")) {  // no-break space
      out += ' ';
      i += 2;
    } else {
      out += s[i++];
    }
  }
  return out;
}

std::string single_spaced(std::string_view s) {
  std::string out;
  for (char c : trim(s)) {
    if ((c == ' ' || c == '\t') && (out.empty() || out.back() == ' ')) continue;
    out += c == '\t' ? ' ' : c;
  }
  return out;
}

bool is_guid(std::string_view s) {
  if (s.size() < 38 || s[0] != '{') return false;
  for (std::size_t i = 1; i < 37; ++i) {
    const bool dash = i == 9 || i == 14 || i == 19 || i == 24;
    const char c = s[i];
    const bool hex = is_hex_digit(c);
    if (dash ? c != '-' : !hex) return false;
  }
  return s[37] == '}';
}

}  // namespace

std::optional<VersionText> find_version(std::string_view s, std::size_t from) {
  for (std::size_t i = s.find_first_of("156", from); i != std::string_view::npos; i = s.find_first_of("156", i + 1)) {
    // "10.6.0.6002" and "v16.0.6002" are other numbers; "V6.0.6002" or "(6.0.6002" are fine.
    if (i > 0 && (is_digit(s[i - 1]) || s[i - 1] == '.')) continue;
    const auto v = version_at(s, i);
    if (!v) continue;
    const bool goes_on =
        v->end < s.size() && (is_word(s[v->end]) || (s[v->end] == '.' && v->end + 1 < s.size() && is_digit(s[v->end + 1])));
    if (!goes_on) return v;
  }
  return std::nullopt;
}

std::optional<NumberText> find_number(std::string_view s, std::size_t from) {
  for (std::size_t i = from; i < s.size();) {
    if (!is_digit(s[i])) {
      ++i;
      continue;
    }
    NumberText n;
    n.begin = i;
    while (i < s.size() && is_digit(s[i])) ++i;
    n.end = i;
    const bool alone = (n.begin == 0 || !is_letter(s[n.begin - 1])) && (i == s.size() || !is_letter(s[i]));
    if (!alone || n.end - n.begin > 9) continue;
    for (std::size_t k = n.begin; k < n.end; ++k) n.value = n.value * 10 + static_cast<std::uint32_t>(s[k] - '0');
    return n;
  }
  return std::nullopt;
}

std::uint32_t kb_of_id(std::string_view id) {
  id = trim(id);
  const bool named = istarts_with(id, "KB");
  if (named) id.remove_prefix(2);
  if (named && !id.empty() && (id[0] == ' ' || id[0] == '-')) id.remove_prefix(1);
  std::size_t i = 0;
  std::uint32_t kb = 0;
  if (!digits(id, i, 8, kb) || i < 5) return 0;
  // A bare number is an id only when nothing follows it: "20190321" in a date column has 8 digits, KBs have up to 7.
  if (!named && (i != id.size() || i > 7)) return 0;
  return kb;
}

bool id_may_go_on(std::string_view id) {
  id = trim(id);
  if (is_guid(id)) return false;
  const std::uint32_t kb = kb_of_id(id);
  const bool usual = kb >= 1000000 || (kb >= 800000 && kb <= 999999);
  return kb == 0 || (!usual && id.size() <= kb_text(kb).size());
}

bool version_may_go_on(std::string_view text) {
  const std::size_t word = text.find_last_not_of("0123456789.") + 1;  // 0 where there is nothing else
  const std::string_view number = text.substr(word);
  const auto dots = std::count(number.begin(), number.end(), '.');
  const std::string_view last = number.substr(number.rfind('.') + 1);
  // A revision has up to five digits. A build has four up to NT 6.3 and five that begin with 1 or 2 from 10.0 on.
  if (dots >= 3) return last.size() < 5;
  if (dots == 2 && last.size() < 4) return true;
  return dots != 1 && last.size() == 4 && (last[0] == '1' || last[0] == '2');
}

bool is_hotfix_id(std::string_view id) {
  id = trim(id);
  if (kb_of_id(id) != 0 || is_guid(id)) return true;
  std::size_t i = 0;
  std::uint32_t n = 0;
  if (istarts_with(id, "File ")) {
    i = 5;
    return digits(id, i, 6, n);
  }
  i = 1;
  return istarts_with(id, "Q") && digits(id, i, 7, n) && i >= 6;
}

std::string plain_product(std::string_view name) {
  const std::string clean = single_spaced(without_marks(name));
  std::string_view rest = clean;
  if (const auto at = ifind(rest, "Windows"); at != std::string_view::npos) return std::string(rest.substr(at));
  if (istarts_with(rest, "Microsoft ")) rest.remove_prefix(10);
  return std::string(rest);
}

std::string_view arch_of(std::string_view s) {
  struct Word {
    std::string_view text, arch;
  };
  // Order matters: "arm64" before the bare "64", "ia64" and "x86_64" before their parts.
  constexpr std::array<Word, 15> kArchWords = {{{"arm64", "arm64"},
                                                {"aarch64", "arm64"},
                                                {"itanium", "ia64"},
                                                {"ia64", "ia64"},
                                                {"ia-64", "ia64"},
                                                {"x86_64", "x64"},
                                                {"x86-64", "x64"},
                                                {"x64", "x64"},
                                                {"amd64", "x64"},
                                                {"em64t", "x64"},
                                                {"x86", "x86"},
                                                {"i386", "x86"},
                                                {"i686", "x86"},
                                                {"64", "x64"},
                                                {"32", "x86"}}};
  for (const auto& w : kArchWords)
    if (ifind(s, w.text) != std::string_view::npos) return w.arch;
  return {};
}

std::string_view first_json_object(std::string_view s) {
  constexpr int kDepth = 16;
  const std::size_t start = s.find('{');
  if (start == std::string_view::npos) return {};
  int depth = 0;
  std::string_view object;
  each_bracket(s, start, [&](std::size_t i, char bracket) {
    if (bracket == '[' || bracket == '{') return ++depth <= kDepth;
    if (--depth > 0) return true;
    if (depth == 0 && bracket == '}') object = s.substr(start, i - start + 1);
    return false;
  });
  return object;
}

std::optional<int> service_pack_of(std::string_view s) {
  for (std::size_t at = 0;;) {
    const auto n = find_number(s, at);
    if (!n) break;
    if (n->end - n->begin == 1) return static_cast<int>(n->value);
    at = n->end;
  }
  // "SP2" is a number that touches letters, so find_number passes it over.
  for (std::size_t at = ifind(s, "SP"); at != std::string_view::npos; at = ifind(s, "SP", at + 1)) {
    const bool starts = at == 0 || !is_letter(s[at - 1]);
    const bool one_digit = at + 2 < s.size() && is_digit(s[at + 2]) && (at + 3 == s.size() || !is_digit(s[at + 3]));
    if (starts && one_digit) return s[at + 2] - '0';
  }
  return std::nullopt;
}

}  // namespace tq::format::textcodec
