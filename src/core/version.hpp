// Versions, KB numbers and time stamps as types, so that they cannot be mixed up.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tq {

/// A four-part Windows file version.
struct FileVersion {
  std::uint16_t major = 0, minor = 0, build = 0, revision = 0;
  auto operator<=>(const FileVersion&) const = default;
  [[nodiscard]] std::string text() const;
  /// "6.0.6003.20489" (surrounding text after the fourth number is ignored); nullopt when fewer than `least` parts or a part > 65535.
  static std::optional<FileVersion> parse(std::string_view s, int least = 4);
};

/// 100 ns ticks since 1601-01-01 UTC; 0 = not known.
struct FileTime {
  std::uint64_t ticks = 0;
  auto operator<=>(const FileTime&) const = default;
  /// "2019-04-09T17:00:00Z"; empty for 0, "invalid" past year 9999.
  [[nodiscard]] std::string text() const;
  /// "2019-04-09"; empty for 0.
  [[nodiscard]] std::string date() const;
  static FileTime from_unix(std::int64_t seconds);
};

/// A calendar day. Parses and prints ISO "YYYY-MM-DD".
struct Date {
  int year = 0, month = 0, day = 0;
  auto operator<=>(const Date&) const = default;
  [[nodiscard]] bool known() const { return year != 0; }
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::string month_text() const;  ///< "YYYY-MM"
  /// Checks the calendar (no 31 February).
  static std::optional<Date> parse(std::string_view iso);
  static Date today();  ///< UTC
};
/// Calendar months from a to b (0 when b is not later): 2019-04 -> 2020-01 = 9.
int months_between(const Date& a, const Date& b);
/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
std::int64_t days_from_civil(const Date& d);

/// The number in "KB1...", "1..." or "kb 1...". nullopt unless 5 to 8 digits make up the rest.
std::optional<std::uint32_t> parse_kb(std::string_view s);
/// "KB" and the number.
std::string kb_text(std::uint32_t kb);

}  // namespace tq
