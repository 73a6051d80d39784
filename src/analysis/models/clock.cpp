// Functions of C run times that tell the time, on a ladder of instants.
//
// How wide a time_t is hangs on the name, the processor and the generation of the run time: names with 32 or 64 say it; plain
// names have 32 bits on x86 before Visual C++ 2005, and 64 on x64.
#include "analysis/models/clock.hpp"

#include "analysis/models/version.hpp"

namespace tq::analysis {
namespace {

/// Does the name stand for times of 32 bits in this program?
bool is_narrow(const Engine& e, const std::string& name) {
  const auto has = [&](const char* part) { return name.find(part) != std::string::npos; };
  if (has("64i32")) return false;
  if (has("32")) return true;
  // _stati64 is the one with a wide size.
  return (has("i64") || !has("64")) && e.word() == 4;
}

/// A function that a program looked up by its name shows in no import.
bool narrow_call(Engine& e, const CallSite& c) {
  const bool narrow = is_narrow(e, c.import->name);
  if (narrow && c.import->dll.empty()) e.note_narrow_call(c.rva, c.import->name);
  return narrow;
}

/// A time_t as a result: in eax, or edx:eax.
void give_time(Engine& e, State& s, const Value& v, bool narrow) {
  if (e.word() == 4 && !narrow) {
    s.r[kDx] = e.alu.truncate(e.alu.binary(Op::shr, v, constant(32), 64), 32);
    e.keep_high(s);
  }
  e.set_result(s, narrow || e.word() == 4 ? e.alu.truncate(v, 32) : v);
}

void unix_time(Engine& e, State& s, const CallSite& c) {
  const bool narrow = narrow_call(e, c);
  const Value v = clock_value(e, c.import->name, narrow);
  store_unless_null(e, s, e.argument(s, c, 0), narrow ? 4 : 8, v);
  give_time(e, s, v, narrow);
}

/// struct timeb begins with the time; struct timespec too.
void time_structure(Engine& e, State& s, const CallSite& c) {
  const bool narrow = narrow_call(e, c);
  store_unless_null(e, s, e.argument(s, c, 0), narrow ? 4 : 8, clock_value(e, c.import->name, narrow));
}

// struct tm: nine ints, from the seconds up; the month counts from 0, the year from 1900.
constexpr unsigned kTmFields = 9;

std::uint64_t tm_field(std::int64_t t, unsigned field) {
  const Date d = date_of(t);
  const std::int64_t year_day = (seconds_of({d.year, d.month, d.day}) - seconds_of({d.year, 1, 1})) / 86400;
  const std::int64_t all[kTmFields] = {d.second, d.minute, d.hour, d.day, d.month - 1, d.year - 1900, weekday_of(t), year_day, 0};
  return static_cast<std::uint64_t>(all[field]) & 0xFFFFFFFF;
}

/// localtime, gmtime: the zone is taken to be UTC. What a narrow time of after 2038 gives is the date it would have been.
void broken_down(Engine& e, State& s, const CallSite& c) {
  const std::string& name = c.import->name;
  const bool narrow = narrow_call(e, c), safe = name.ends_with("_s");
  const Value from = e.read(s, e.argument(s, c, safe ? 1 : 0), narrow ? 4 : 8);
  const Value to = safe ? e.argument(s, c, 0) : e.fresh(Kind::object, mix(c.rva, 0x73));
  for (unsigned i = 0; i < kTmFields; ++i) {
    const auto v = each_number(e, from, [&](std::uint64_t t) { return tm_field(static_cast<std::int64_t>(t), i); });
    if (!v) return e.generic(s, c);
    store_unless_null(e, s, e.plus(to, std::uint64_t{4} * i), 4, *v);
  }
  e.set_result(s, safe ? constant(0) : to);
}

void make_time(Engine& e, State& s, const CallSite& c) {
  const bool narrow = narrow_call(e, c);
  const Value tm = e.argument(s, c, 0);
  std::array<Value, 6> field;
  bool known = true;
  for (unsigned i = 0; i < 6; ++i) {
    field[i] = e.read(s, e.plus(tm, std::uint64_t{4} * i), 4);
    known = known && each_number(e, field[i], [](std::uint64_t v) { return v; });
  }
  if (!known) return e.generic(s, c);
  const auto part = [&](unsigned i, unsigned lane) { return static_cast<std::int64_t>(sign_extend(field[i].at(lane).off, 32)); };
  const auto small = [&](unsigned lane) { return part(5, lane) > -1000 && part(5, lane) < 10000; };
  Value v = e.alu.each([&](unsigned k) {
    const std::int64_t t =
        small(k) ? seconds_of({part(5, k) + 1900, part(4, k) % 1200 + 1, part(3, k), part(2, k), part(1, k), part(0, k)}) : -1;
    return number(static_cast<std::uint64_t>(t) & (narrow ? 0xFFFFFFFF : ~std::uint64_t{0}));
  });
  v.origin = field[5].origin;
  give_time(e, s, v, narrow);
}

/// struct _stat: where the three times lie depends on how wide they and the size of the file are.
void file_status(Engine& e, State& s, const CallSite& c) {
  const std::string& n = c.import->name;
  const bool narrow = narrow_call(e, c);
  const bool wide_size = n.ends_with("i64") || (n.ends_with("64") && !n.ends_with("i64"));
  const Value to = e.argument(s, c, 1);
  const unsigned width = narrow ? 4 : 8, first = wide_size ? 32 : 24;
  e.set_result(s, e.fresh(Kind::result, mix(c.rva, 0x57A7)));
  for (unsigned i = 0; i < 3; ++i) store_unless_null(e, s, e.plus(to, first + i * width), width, clock_value(e, n, narrow));
}

/// struct _finddata_t: attributes, then three times.
void find_file(Engine& e, State& s, const CallSite& c) {
  const bool narrow = narrow_call(e, c);
  const Value to = e.argument(s, c, 1);
  const unsigned width = narrow ? 4 : 8;
  e.set_result(s, e.fresh(Kind::result, mix(c.rva, 0xF1D)));
  for (unsigned i = 0; i < 3; ++i)
    store_unless_null(e, s, e.plus(to, std::uint64_t{width} * (i + 1)), width, clock_value(e, c.import->name, narrow));
}

constexpr Model kRunTimeClockModels[] = {
    {"time", unix_time},
    {"_time32", unix_time},
    {"_time64", unix_time},
    {"ftime", time_structure},
    {"_ftime", time_structure},
    {"_ftime32", time_structure},
    {"_ftime64", time_structure},
    {"_ftime_s", time_structure},
    {"_ftime32_s", time_structure},
    {"_ftime64_s", time_structure},
    {"timespec_get", time_structure},
    {"_timespec32_get", time_structure},
    {"_timespec64_get", time_structure},
    {"localtime", broken_down},
    {"_localtime32", broken_down},
    {"_localtime64", broken_down},
    {"_localtime32_s", broken_down},
    {"_localtime64_s", broken_down},
    {"gmtime", broken_down},
    {"_gmtime32", broken_down},
    {"_gmtime64", broken_down},
    {"_gmtime32_s", broken_down},
    {"_gmtime64_s", broken_down},
    {"mktime", make_time},
    {"_mktime32", make_time},
    {"_mktime64", make_time},
    {"_mkgmtime", make_time},
    {"_mkgmtime32", make_time},
    {"_mkgmtime64", make_time},
    {"stat", file_status},
    {"fstat", file_status},
    {"_stat", file_status},
    {"_fstat", file_status},
    {"_wstat", file_status},
    {"_stat32", file_status},
    {"_fstat32", file_status},
    {"_wstat32", file_status},
    {"_stat64", file_status},
    {"_fstat64", file_status},
    {"_wstat64", file_status},
    {"_stati64", file_status},
    {"_fstati64", file_status},
    {"_wstati64", file_status},
    {"_stat32i64", file_status},
    {"_fstat32i64", file_status},
    {"_wstat32i64", file_status},
    {"_stat64i32", file_status},
    {"_fstat64i32", file_status},
    {"_wstat64i32", file_status},
    {"_findfirst", find_file},
    {"_findnext", find_file},
    {"_wfindfirst", find_file},
    {"_wfindnext", find_file},
    {"_findfirst32", find_file},
    {"_findnext32", find_file},
    {"_wfindfirst32", find_file},
    {"_wfindnext32", find_file},
    {"_findfirst64", find_file},
    {"_findnext64", find_file},
    {"_findfirst64i32", find_file},
    {"_findnext64i32", find_file},
    {"_findfirst32i64", find_file},
    {"_findnext32i64", find_file},
    {"_findfirsti64", find_file},
    {"_findnexti64", find_file},
};

}  // namespace

Value clock_value(Engine& e, const std::string& source, bool narrow) {
  return e.lanes(source, [&](const Rung& r) { return narrow ? unix_of(r) & 0xFFFFFFFF : unix_of(r); });
}

std::span<const Model> run_time_clock_models() { return kRunTimeClockModels; }

}  // namespace tq::analysis
