// Functions of Windows that tell the time or bring it from one form to another, on a ladder of instants.
#include <array>

#include "analysis/models/clock.hpp"
#include "core/text.hpp"

namespace tq::analysis {
namespace {

Value filetime_value(Engine& e, const std::string& source) { return e.lanes(source, filetime_of); }

/// The clock in 100 ns since 1601, where the first argument points to.
void system_time(Engine& e, State& s, const CallSite& c) {
  store_unless_null(e, s, e.argument(s, c, 0), 8, filetime_value(e, c.import->name));
  e.set_result(s, constant(0));
}

/// One time to another zone: all is taken to be UTC here.
template <unsigned From, unsigned To, unsigned Bytes, unsigned Result>
void same_time(Engine& e, State& s, const CallSite& c) {
  const Value from = e.argument(s, c, From), to = e.argument(s, c, To);
  for (unsigned i = 0; i < Bytes; i += 8) store_unless_null(e, s, e.plus(to, i), 8, e.read(s, e.plus(from, i), 8));
  e.set_result(s, constant(Result));
}

void time_zone(Engine& e, State& s, const CallSite& c) {
  // Bias, StandardBias and DaylightBias of TIME_ZONE_INFORMATION, in minutes.
  for (const unsigned at : {0x0u, 0x54u, 0xA8u}) store_unless_null(e, s, e.plus(e.argument(s, c, 0), at), 4, constant(0));
  e.set_result(s, e.fresh(Kind::result, mix(c.rva, 0x7E)));
}

// Where the year, month, day, hour, minute, second and weekday lie, as 16-bit numbers.
struct Layout {
  std::array<unsigned, 7> at;
};
constexpr Layout kSystemTime = {{0, 2, 6, 8, 10, 12, 4}}, kTimeFields = {{0, 2, 4, 6, 8, 10, 14}};

std::uint64_t date_field(std::int64_t t, std::size_t i) {
  const Date d = date_of(t);
  const std::int64_t all[] = {d.year, d.month, d.day, d.hour, d.minute, d.second, weekday_of(t)};
  return static_cast<std::uint64_t>(all[i]) & 0xFFFF;
}

void write_date(Engine& e, State& s, const Value& to, const Layout& l, const Value& seconds) {
  for (std::size_t i = 0; i < l.at.size(); ++i)
    if (const auto v = each_number(e, seconds, [&](std::uint64_t t) { return date_field(static_cast<std::int64_t>(t), i); }))
      store_unless_null(e, s, e.plus(to, l.at[i]), 2, *v);
  for (const unsigned at : {l.at[5] + 2}) store_unless_null(e, s, e.plus(to, at), 2, constant(0));  // milliseconds
}

void system_date(Engine& e, State& s, const CallSite& c) {
  write_date(e, s, e.argument(s, c, 0), kSystemTime, e.lanes(c.import->name, unix_of));
}

template <bool Native>
void to_date(Engine& e, State& s, const CallSite& c) {
  const Value from = e.read(s, e.argument(s, c, 0), 8), to = e.argument(s, c, 1);
  const auto seconds = each_number(e, from, [](std::uint64_t t) { return t / kTicks - static_cast<std::uint64_t>(kEpochSeconds); });
  if (!seconds) return e.generic(s, c);
  write_date(e, s, to, Native ? kTimeFields : kSystemTime, *seconds);
  e.set_result(s, constant(1));
}

template <bool Native>
void from_date(Engine& e, State& s, const CallSite& c) {
  const Layout& l = Native ? kTimeFields : kSystemTime;
  const Value from = e.argument(s, c, 0), to = e.argument(s, c, 1);
  std::array<Value, 6> field;
  for (std::size_t i = 0; i < field.size(); ++i) {
    field[i] = e.read(s, e.plus(from, l.at[i]), 2);
    if (!each_number(e, field[i], [](std::uint64_t v) { return v; })) return e.generic(s, c);
  }
  const auto part = [&](std::size_t i, unsigned lane) { return static_cast<std::int64_t>(field[i].at(lane).off & 0xFFFF); };
  Value v = e.alu.each([&](unsigned k) {
    const std::int64_t t = seconds_of({part(0, k), part(1, k), part(2, k), part(3, k), part(4, k), part(5, k)});
    return number(static_cast<std::uint64_t>(t + kEpochSeconds) * kTicks);
  });
  v.origin = field[0].origin;
  store_unless_null(e, s, to, 8, v);
  e.set_result(s, constant(1));
}

/// Seconds of 32 bits from a time of 64: unsigned, so those since 1970 last until 2106.
template <std::int64_t Epoch>
void to_seconds(Engine& e, State& s, const CallSite& c) {
  const Value from = e.read(s, e.argument(s, c, 0), 8), to = e.argument(s, c, 1);
  const auto v = each_number(e, from, [](std::uint64_t t) { return (t / kTicks - static_cast<std::uint64_t>(Epoch)) & 0xFFFFFFFF; });
  if (!v) return e.generic(s, c);
  store_unless_null(e, s, to, 4, *v);
  e.set_result(s, constant(1));
}

template <std::int64_t Epoch>
void from_seconds(Engine& e, State& s, const CallSite& c) {
  const Value seconds = e.argument(s, c, 0);
  const auto v = each_number(e, seconds, [](std::uint64_t t) { return ((t & 0xFFFFFFFF) + static_cast<std::uint64_t>(Epoch)) * kTicks; });
  if (!v) return e.generic(s, c);
  store_unless_null(e, s, e.argument(s, c, 1), 8, *v);
}

/// The times of a file or process, at fixed places behind a pointer. The call may fail: both ways are followed.
void write_times(Engine& e, State& s, const CallSite& c, const Value& to, std::span<const unsigned> at) {
  e.set_result(s, e.fresh(Kind::result, mix(c.rva, 0xF11E)));
  for (const unsigned a : at) store_unless_null(e, s, e.plus(to, a), 8, filetime_value(e, c.import->name));
}

void file_time(Engine& e, State& s, const CallSite& c) {
  constexpr unsigned kHere[] = {0};
  for (unsigned i = 1; i < 4; ++i)
    if (const Value to = e.argument(s, c, i); !to.is_null()) write_times(e, s, c, to, kHere);
  e.set_result(s, e.fresh(Kind::result, mix(c.rva, 0xF11E)));
}

// WIN32_FIND_DATA, WIN32_FILE_ATTRIBUTE_DATA, BY_HANDLE_FILE_INFORMATION: attributes, then three times.
template <unsigned Argument>
void file_data(Engine& e, State& s, const CallSite& c) {
  constexpr unsigned kAfterAttributes[] = {4, 12, 20};
  write_times(e, s, c, e.argument(s, c, Argument), kAfterAttributes);
}

void query_file(Engine& e, State& s, const CallSite& c) {
  constexpr unsigned kBasic = 4, kTimes[] = {0, 8, 16, 24};
  const Value kind = e.argument(s, c, 4);
  if (!(kind.uniform() && kind.all == number(kBasic))) return e.generic(s, c);
  write_times(e, s, c, e.argument(s, c, 2), kTimes);
}

// ---- the registry: InstallDate is seconds since 1970 in 32 bits

constexpr std::uint64_t kDword = 4;

bool is_date(const std::optional<std::string>& name) { return name && iequals(*name, "InstallDate"); }

void give_date(Engine& e, State& s, const Value& type, const Value& data, const Value& size) {
  store_unless_null(e, s, type, 4, constant(kDword));
  store_unless_null(e, s, data, 4, clock_value(e, "the registry value InstallDate", true));
  store_unless_null(e, s, size, 4, constant(4));
  e.set_result(s, constant(0));
}

template <bool Wide, unsigned Name, unsigned Type>
void query_date(Engine& e, State& s, const CallSite& c) {
  if (!is_date(e.text(s, e.argument(s, c, Name), Wide))) return e.generic(s, c);
  give_date(e, s, e.argument(s, c, Type), e.argument(s, c, Type + 1), e.argument(s, c, Type + 2));
}

/// KEY_VALUE_PARTIAL_INFORMATION: index, type, length, data.
void query_key_date(Engine& e, State& s, const CallSite& c) {
  constexpr std::uint64_t kPartial = 2;
  const Value name = e.argument(s, c, 1), kind = e.argument(s, c, 2), to = e.argument(s, c, 3);
  const Value text = e.read(s, e.plus(name, e.word() == 8 ? 8 : 4), e.word());
  if (!is_date(e.text(s, text, true)) || !(kind.uniform() && kind.all == number(kPartial))) return e.generic(s, c);
  give_date(e, s, e.plus(to, 4), e.plus(to, 12), e.plus(to, 8));
}

constexpr std::int64_t kEpoch1980 = 11960006400;  // 1601 to 1980

constexpr Model kSystemClockModels[] = {
    {"GetSystemTimeAsFileTime", system_time},
    {"GetSystemTimePreciseAsFileTime", system_time},
    {"KeQuerySystemTime", system_time},
    {"KeQuerySystemTimePrecise", system_time},
    {"NtQuerySystemTime", system_time},
    {"ZwQuerySystemTime", system_time},
    {"GetSystemTime", system_date},
    {"GetLocalTime", system_date},
    {"GetTimeZoneInformation", time_zone},
    {"GetDynamicTimeZoneInformation", time_zone},
    {"FileTimeToLocalFileTime", same_time<0, 1, 8, 1>},
    {"LocalFileTimeToFileTime", same_time<0, 1, 8, 1>},
    {"ExSystemTimeToLocalTime", same_time<0, 1, 8, 0>},
    {"ExLocalTimeToSystemTime", same_time<0, 1, 8, 0>},
    {"RtlSystemTimeToLocalTime", same_time<0, 1, 8, 0>},
    {"RtlLocalTimeToSystemTime", same_time<0, 1, 8, 0>},
    {"SystemTimeToTzSpecificLocalTime", same_time<1, 2, 16, 1>},
    {"TzSpecificLocalTimeToSystemTime", same_time<1, 2, 16, 1>},
    {"FileTimeToSystemTime", to_date<false>},
    {"RtlTimeToTimeFields", to_date<true>},
    {"SystemTimeToFileTime", from_date<false>},
    {"RtlTimeFieldsToTime", from_date<true>},
    {"RtlTimeToSecondsSince1970", to_seconds<kEpochSeconds>},
    {"RtlTimeToSecondsSince1980", to_seconds<kEpoch1980>},
    {"RtlSecondsSince1970ToTime", from_seconds<kEpochSeconds>},
    {"RtlSecondsSince1980ToTime", from_seconds<kEpoch1980>},
    {"GetFileTime", file_time},
    {"GetProcessTimes", file_time},
    {"GetThreadTimes", file_time},
    {"FindFirstFileA", file_data<1>},
    {"FindFirstFileW", file_data<1>},
    {"FindNextFileA", file_data<1>},
    {"FindNextFileW", file_data<1>},
    {"FindFirstFileExA", file_data<2>},
    {"FindFirstFileExW", file_data<2>},
    {"GetFileAttributesExA", file_data<2>},
    {"GetFileAttributesExW", file_data<2>},
    {"GetFileInformationByHandle", file_data<1>},
    {"NtQueryInformationFile", query_file},
    {"ZwQueryInformationFile", query_file},
    {"RegQueryValueExA", query_date<false, 1, 3>},
    {"RegQueryValueExW", query_date<true, 1, 3>},
    {"RegGetValueA", query_date<false, 2, 4>},
    {"RegGetValueW", query_date<true, 2, 4>},
    {"SHGetValueA", query_date<false, 2, 3>},
    {"SHGetValueW", query_date<true, 2, 3>},
    {"ZwQueryValueKey", query_key_date},
    {"NtQueryValueKey", query_key_date},
};

}  // namespace

std::span<const Model> system_clock_models() { return kSystemClockModels; }

}  // namespace tq::analysis
