#include "format/textcodec/codepage.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "core/text.hpp"
#include "core/utf8.hpp"
#include "format/textcodec/scan.hpp"

namespace tq::format::textcodec {
namespace {

constexpr std::size_t kSampleBytes = 4096;  // the choice is made on so much of the non-ASCII lines

struct DoubleByte {
  const char* name;
  const char* iconv_name;
};
constexpr std::array<DoubleByte, 4> kDoubleByte = {{{"cp936", "CP936"}, {"cp932", "CP932"}, {"cp949", "CP949"}, {"cp950", "CP950"}}};

/// Lines with bytes above 0x7F, up to kSampleBytes: the others say nothing about the page.
std::string sample_of(std::string_view s) {
  std::string out;
  for (std::size_t at = 0; at < s.size() && out.size() < kSampleBytes;) {
    std::size_t end = s.find('\n', at);
    if (end == std::string_view::npos) end = s.size();
    const std::string_view line = s.substr(at, std::min(end - at, kSampleBytes));
    for (char c : line)
      if (static_cast<unsigned char>(c) >= 0x80) {
        out.append(line);
        out += '\n';
        break;
      }
    at = end + 1;
  }
  return out;
}

/// Number of "KB" and digit pairs and of digits. A page that eats an ASCII byte as the second half of a character changes it.
std::size_t structure(std::string_view s) {
  std::size_t n = 0;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (is_digit(s[i])) ++n;
    if (i + 2 < s.size() && (s[i] == 'K' || s[i] == 'k') && (s[i + 1] == 'B' || s[i + 1] == 'b') && is_digit(s[i + 2])) n += 1000;
  }
  return n;
}

int non_ascii(std::string_view s) {
  return static_cast<int>(std::count_if(s.begin(), s.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }));
}

/// Most bytes above 0x7F in a row.
int longest_run(std::string_view s) {
  int longest = 0, run = 0;
  for (char c : s) {
    run = static_cast<unsigned char>(c) >= 0x80 ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace

Converted from_single_byte(const SingleByte& page, std::string_view s) {
  Converted out;
  out.utf8.reserve(s.size() + s.size() / 4);
  for (char ch : s) {
    const auto b = static_cast<unsigned char>(ch);
    if (b < 0x80) {
      out.utf8 += ch;
      continue;
    }
    const std::uint16_t c = page.upper[b - 0x80U];
    if (c == 0) ++out.bad;
    append_utf8(out.utf8, c == 0 ? kReplacement : c);
  }
  return out;
}

Choice choose_code_page(std::string_view s) {
  const std::string sample = sample_of(s);
  int best_score = 0;
  const SingleByte* single = nullptr;
  const DoubleByte* pair = nullptr;
  for (const auto& page : single_byte_pages()) {
    const int score = plausibility(from_single_byte(page, sample));
    if (single == nullptr || score > best_score) {
      best_score = score;
      single = &page;
    }
  }
  Converted converted;
  // Opening iconv costs more than all tables together. It is not needed for words of the Latin alphabet, in which letters
  // beyond ASCII stand alone, nor for Cyrillic and Greek ones that look like words.
  const bool alone = longest_run(sample) < 4;
  const std::uint16_t letter = single->upper[0xA1 - 0x80];  // one of its own in every page of another alphabet
  const bool other_alphabet = letter > 0x370 && letter < 0x460;
  const bool convincing = best_score >= non_ascii(sample) * 3 / 2 && (alone || other_alphabet);
  for (const auto& page : kDoubleByte) {
    if (convincing) break;
    Converted whole;
    if (!from_double_byte(page.iconv_name, sample, whole)) continue;
    const int score = plausibility(whole);
    if (score <= best_score || structure(whole.utf8) != structure(sample)) continue;
    if (!from_double_byte(page.iconv_name, s, whole) || structure(whole.utf8) != structure(s)) continue;
    best_score = score;
    pair = &page;
    converted = std::move(whole);
  }
  if (pair != nullptr) return {std::move(converted.utf8), pair->name, converted.bad > 0};
  converted = from_single_byte(*single, s);
  return {std::move(converted.utf8), single->name, converted.bad > 0};
}

}  // namespace tq::format::textcodec
