// InstalledOn: WMI hands out whatever the servicing stack of the time wrote, PowerShell the locale's form of it.
#include <charconv>

#include "core/ascii.hpp"
#include "core/text.hpp"
#include "format/qfe/collect.hpp"
#include "format/textcodec/scan.hpp"

namespace tq::format::qfe {
namespace {

enum class DayMonth { unknown, month_first, day_first };

struct Numeric {
  int part[3] = {};
  std::size_t digits[3] = {};
  char separator = 0;
};

/// Three numbers with one separator at the start of the text; what follows (a time) does not matter.
std::optional<Numeric> three_numbers(std::string_view s) {
  Numeric n;
  std::size_t i = 0;
  for (int k = 0; k < 3; ++k) {
    const std::size_t start = i;
    while (i < s.size() && is_digit(s[i]) && i - start < 4) n.part[k] = n.part[k] * 10 + (s[i++] - '0');
    n.digits[k] = i - start;
    if (n.digits[k] == 0) return std::nullopt;
    if (k == 2) break;
    if (i >= s.size() || (s[i] != '/' && s[i] != '.' && s[i] != '-')) return std::nullopt;
    if (k == 1 && s[i] != n.separator) return std::nullopt;
    n.separator = s[i++];
    while (i < s.size() && s[i] == ' ') ++i;  // "17. 4. 2020"
  }
  if (i < s.size() && is_digit(s[i])) return std::nullopt;
  return n;
}

std::optional<Date> checked(int year, int month, int day) {
  if (year < 1995 || year > 2199 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  return Date::parse(Date{year, month, day}.text());
}

std::optional<Date> by_order(const Numeric& n, DayMonth order) {
  if (n.digits[0] == 4) return checked(n.part[0], n.part[1], n.part[2]);
  if (n.digits[2] != 4) return std::nullopt;
  return order == DayMonth::month_first ? checked(n.part[2], n.part[0], n.part[1]) : checked(n.part[2], n.part[1], n.part[0]);
}

/// The order that a date shows by itself.
DayMonth shown(const Numeric& n) {
  if (n.digits[0] == 4 || n.digits[2] != 4) return DayMonth::unknown;
  if (n.separator == '.') return DayMonth::day_first;
  const bool month = by_order(n, DayMonth::month_first).has_value(), day = by_order(n, DayMonth::day_first).has_value();
  if (month == day) return DayMonth::unknown;
  return month ? DayMonth::month_first : DayMonth::day_first;
}

std::optional<Date> date_of(FileTime t) { return t.ticks == 0 ? std::nullopt : Date::parse(t.date()); }

std::optional<FileTime> hex_file_time(std::string_view s) {
  if (s.size() != 16) return std::nullopt;
  FileTime t;
  const auto r = std::from_chars(s.data(), s.data() + s.size(), t.ticks, 16);
  if (r.ec != std::errc{} || r.ptr != s.data() + s.size()) return std::nullopt;
  constexpr std::uint64_t kYear1995 = 0x01B9F6DB7B7C0000, kYear2200 = 0x0299C58C4A470000;
  return t.ticks >= kYear1995 && t.ticks < kYear2200 ? std::optional(t) : std::nullopt;
}

/// ConvertTo-Json of Windows PowerShell: "/Date(1554768000000)/", milliseconds since 1970.
std::optional<Date> json_date(std::string_view s) {
  const std::size_t at = s.find("Date(");
  if (at == std::string_view::npos) return std::nullopt;
  s.remove_prefix(at + 5);
  std::uint64_t ms = 0;
  if (!parse_u64(s.substr(0, s.find_first_not_of("0123456789")), ms) || ms > 7258118400000) return std::nullopt;
  return date_of(FileTime::from_unix(static_cast<std::int64_t>(ms / 1000)));
}

}  // namespace

std::optional<Date> read_date(std::string_view text, std::optional<FileTime>* file_time) {
  const std::string_view s = trim(text);
  if (const auto t = hex_file_time(s)) {
    if (file_time != nullptr) *file_time = t;
    return date_of(*t);
  }
  if (const auto d = json_date(s)) return d;
  std::uint64_t packed = 0;
  if (s.size() >= 8 && parse_u64(s.substr(0, 8), packed) && (s.size() == 8 || !is_digit(s[8]))) {
    return checked(static_cast<int>(packed / 10000), static_cast<int>(packed / 100 % 100), static_cast<int>(packed % 100));
  }
  const auto n = three_numbers(s);
  if (!n) return std::nullopt;
  if (n->digits[0] == 4 || shown(*n) != DayMonth::unknown) return by_order(*n, shown(*n));
  const auto same = by_order(*n, DayMonth::month_first);  // 4/4/2019 has two readings that agree
  return n->part[0] == n->part[1] ? same : std::nullopt;
}

void settle_dates(QfeList& list) {
  bool month = false, day = false;
  for (const auto& e : list.entries) {
    const auto n = three_numbers(trim(e.installed_on));
    if (!n) continue;
    month = month || shown(*n) == DayMonth::month_first;
    day = day || shown(*n) == DayMonth::day_first;
  }
  if (month == day) return;  // nothing shows the order, or the list contradicts itself: the text is kept, no date is made up
  for (auto& e : list.entries) {
    const auto n = e.date ? std::nullopt : three_numbers(trim(e.installed_on));
    if (n) e.date = by_order(*n, month ? DayMonth::month_first : DayMonth::day_first);
  }
}

}  // namespace tq::format::qfe
