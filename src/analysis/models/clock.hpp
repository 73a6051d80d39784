// Times as the models of the clock hand them round: instants of the ladder, dates, and the shapes they are stored in.
#pragma once

#include <optional>
#include <string>

#include "analysis/models/models.hpp"

namespace tq::analysis {

inline constexpr std::int64_t kEpochSeconds = 11644473600;  // 1601 to 1970
inline constexpr std::uint64_t kTicks = 10000000;           // of 100 ns, a second

inline std::uint64_t unix_of(const Rung& r) { return static_cast<std::uint64_t>(r.unix_seconds); }
inline std::uint64_t filetime_of(const Rung& r) { return static_cast<std::uint64_t>(r.unix_seconds + kEpochSeconds) * kTicks; }

/// A date of the Gregorian calendar, and a time of day.
struct Date {
  std::int64_t year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
};
Date date_of(std::int64_t unix_seconds);
/// Months and days outside of their ranges count on, as the run time's mktime does.
std::int64_t seconds_of(const Date& d);
/// 0 is Sunday.
std::int64_t weekday_of(std::int64_t unix_seconds);

/// A clock value of every lane in 4 or 8 bytes.
Value clock_value(Engine& e, const std::string& source, bool narrow);
/// Applies `f` to the number each lane holds; nullopt when a lane holds none.
template <class F>
std::optional<Value> each_number(Engine& e, const Value& v, F f) {
  for (unsigned k = 0; k < e.alu.count(); ++k)
    if ((e.alu.mask >> k & 1) != 0 && !v.at(k).number()) return std::nullopt;
  Value out = e.alu.each([&](unsigned k) { return number(f(v.at(k).off)); });
  out.origin = v.origin;
  return out;
}

/// Functions of C run times, and of Windows.
std::span<const Model> run_time_clock_models();
std::span<const Model> system_clock_models();

}  // namespace tq::analysis
