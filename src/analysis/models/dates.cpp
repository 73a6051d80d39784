// Dates and seconds.
#include "analysis/models/clock.hpp"

namespace tq::analysis {
namespace {

constexpr std::int64_t kDay = 86400;

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0); }

/// Days since 1970-01-01. A year begins in March here, so that the leap day is its last.
std::int64_t days_of(std::int64_t year, std::int64_t month, std::int64_t day) {
  year += floor_div(month - 1, 12);
  month -= floor_div(month - 1, 12) * 12;
  const std::int64_t y = month <= 2 ? year - 1 : year, m = (month + 9) % 12;
  return 365 * y + floor_div(y, 4) - floor_div(y, 100) + floor_div(y, 400) + (153 * m + 2) / 5 + day - 1 - 719468;
}

}  // namespace

std::int64_t seconds_of(const Date& d) { return days_of(d.year, d.month, d.day) * kDay + d.hour * 3600 + d.minute * 60 + d.second; }

Date date_of(std::int64_t unix_seconds) {
  const std::int64_t days = floor_div(unix_seconds, kDay), rest = unix_seconds - days * kDay;
  Date d;
  d.hour = rest / 3600;
  d.minute = rest / 60 % 60;
  d.second = rest % 60;
  d.year = 1970 + floor_div(days * 400, 146097);  // 400 years have so many days: at most one off
  while (days_of(d.year, 1, 1) > days) --d.year;
  while (days_of(d.year + 1, 1, 1) <= days) ++d.year;
  while (d.month < 12 && days_of(d.year, d.month + 1, 1) <= days) ++d.month;
  d.day = days - days_of(d.year, d.month, 1) + 1;
  return d;
}

std::int64_t weekday_of(std::int64_t unix_seconds) {
  const std::int64_t days = floor_div(unix_seconds, kDay);
  return (days % 7 + 11) % 7;
}

}  // namespace tq::analysis
