#include "analysis/exposure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "analysis/follow.hpp"
#include "analysis/name_list.hpp"
#include "analysis/packed_file.hpp"
#include "analysis/prefilter.hpp"

namespace tq::analysis {
namespace {

namespace pe = format::pe;

// Plain names that handle a time_t, in run times where it has 32 bits.
constexpr std::string_view kPlain[] = {
    "time",          "localtime",  "gmtime",    "mktime",      "ctime",      "_wctime",       "difftime",     "_stat",
    "_fstat",        "_wstat",     "_stati64",  "_fstati64",   "_wstati64",  "_utime",        "_futime",      "_wutime",
    "_ftime",        "_findfirst", "_findnext", "_wfindfirst", "_wfindnext", "_findfirsti64", "_findnexti64", "_wfindfirsti64",
    "_wfindnexti64", "_mkgmtime",  "stat",      "fstat",       "utime",      "ftime",
};
// Names of later run times: the plain one and 32.
constexpr std::string_view kNarrow[] = {
    "_time32",        "_localtime32",     "_localtime32_s",  "_gmtime32",       "_gmtime32_s",   "_mktime32",    "_mkgmtime32",
    "_ctime32",       "_ctime32_s",       "_wctime32",       "_wctime32_s",     "_difftime32",   "_stat32",      "_fstat32",
    "_wstat32",       "_stat32i64",       "_fstat32i64",     "_wstat32i64",     "_utime32",      "_futime32",    "_wutime32",
    "_ftime32",       "_ftime32_s",       "_findfirst32",    "_findnext32",     "_wfindfirst32", "_wfindnext32", "_findfirst32i64",
    "_findnext32i64", "_wfindfirst32i64", "_wfindnext32i64", "_timespec32_get",
};
// Before Visual C++ 2005; Cygwin and MSYS have a long there too.
constexpr std::string_view kOldRunTimes[] = {"msvcrt.dll",  "crtdll.dll",   "msvcrt10.dll", "msvcrt20.dll", "msvcrt40.dll",
                                             "msvcr70.dll", "msvcr71.dll",  "msvcr70d.dll", "msvcr71d.dll", "msvcrtd.dll",
                                             "cygwin1.dll", "msys-1.0.dll", "msys-2.0.dll"};

std::vector<std::string> narrow_imports(const Program& p) {
  std::vector<std::pair<std::uint32_t, std::string>> found;
  for (const auto& [slot, import] : p.imports())
    if (is_32bit_time_import(import.dll, import.name, p.is_64())) found.emplace_back(slot, import.dll + "!" + import.name);
  std::sort(found.begin(), found.end());
  std::vector<std::string> out;
  for (const auto& [slot, name] : found) out.push_back(fmt::format("imports {} at 0x{:x}", name, slot));
  return out;
}

/// 0x7FFFD27F, the last time that a 32-bit run time of Visual C++ accepts: its functions are linked in.
bool has_static_run_time(const Program& p) {
  // Compilers may compare before they divide, with (0x7fffd27f + 1) * 10,000,000 - 1.
  for (const std::string_view constant : {std::string_view("\x7F\xD2\xFF\x7F", 4), std::string_view("\xFF\x3F\x40\xE1\x24\x4B\x4C\x00", 8)})
    for (const Extent& e : p.extents())
      if (e.executable && e.bytes.chars().find(constant) != std::string_view::npos) return true;
  return false;
}

/// A name that stands by itself in the file, as text of one or two bytes a letter.
bool holds_name(const Program& p, std::string_view name) {
  std::string narrow("\0", 1), wide;
  narrow.append(name).push_back('\0');
  for (const char c : name) wide += {c, '\0'};
  wide += {'\0', '\0'};
  const std::string_view all = p.file().chars();
  return all.find(narrow) != std::string_view::npos || all.find(wide) != std::string_view::npos;
}

/// What a look-up by name or a registry reader could ask for in this file.
struct Names {
  bool functions = false, date = false;
  explicit Names(const Program& p) : date(holds_name(p, "InstallDate")) {
    std::unordered_set<std::string> imported;
    bool resolver = false;
    for (const auto& [slot, import] : p.imports()) {
      imported.insert(import.name);
      resolver = resolver || is_resolver(import.name);
    }
    const auto looked_up = [&](std::string_view name) { return !imported.contains(std::string(name)) && holds_name(p, name); };
    functions = resolver && std::any_of(clock_names().begin(), clock_names().end(), looked_up);
  }
  /// May what is called here tell the time?
  [[nodiscard]] bool counts(const std::string& called) const {
    return is_resolver(called) ? functions : is_registry_reader(called) ? date : true;
  }
};

bool may_tell_time(const Program& p, const Names& names) {
  const auto tells = [&](const auto& i) {
    return (is_source_import(i.second, true) || is_resolver(i.second.name)) && names.counts(i.second.name);
  };
  if (std::any_of(p.imports().begin(), p.imports().end(), tells)) return true;
  // Low halves of 1601 to 1970, in 100 ns and seconds, taken away or added as a negative number.
  constexpr std::string_view kEpochs[] = {
      {"\x00\x80\x3E\xD5", 4}, {"\x00\x80\xC1\x2A", 4}, {"\x00\x91\x10\xB6", 4}, {"\x00\x6F\xEF\x49", 4}};
  const std::string_view all = p.file().chars();
  if (std::any_of(std::begin(kEpochs), std::end(kEpochs), [&](std::string_view e) { return all.find(e) != std::string_view::npos; }))
    return true;
  const Traces traces = find_traces(p.file());
  return std::find(traces.version.begin(), traces.version.end(), "shared user data") != traces.version.end();
}

struct Followed {
  bool exposed = false, narrow = false, complete = true;
};

Followed follow_clock(const Program& p, Decoder& decoder, const ExposureOptions& o, ExposureReport& report) {
  const Names names(p);
  if (!may_tell_time(p, names)) return {};
  Functions functions(p, decoder, true);
  std::vector<SourceSite> sites = functions.sites();
  std::erase_if(sites, [&](const SourceSite& s) { return !names.counts(s.what); });
  if (sites.empty()) return {false, false, !functions.too_big()};
  const Ladder ladder = instant_ladder();
  Engine engine(p, functions, decoder, ladder, {o.max_steps, o.max_steps / 4, o.max_milliseconds, std::size_t{128} << 20});
  follow(engine, p, functions, sites);
  report.steps = engine.steps();
  for (const auto& [rva, name] : engine.narrow_calls())
    report.why.push_back(fmt::format("calls {} at 0x{:x}, looked up by name", name, rva));
  for (const auto& [rva, what] : engine.signed_uses())
    report.why.push_back(fmt::format("a clock value of 32 bits is {} at 0x{:x}: {}", what, rva, decoder.text(rva)));
  for (const auto& [rva, what] : engine.cuts())
    report.why.push_back(fmt::format("a clock value is {} at 0x{:x}: {}", what, rva, decoder.text(rva)));
  Followed found{!engine.signed_uses().empty(), !engine.narrow_calls().empty(), !engine.spent()};
  for (const std::string& why : engine.record().reasons()) {
    if (!found.exposed) report.why.push_back("not followed to the end: " + why);
    if (why.starts_with("the budget") || why.starts_with("too many")) found.complete = false;
  }
  return found;
}

}  // namespace

bool is_32bit_time_import(const std::string& dll, const std::string& name, bool x64) {
  if (is_among(kNarrow, name)) return true;
  return !x64 && is_among(kOldRunTimes, dll) && is_among(kPlain, name);
}

ExposureReport find_exposure(Bytes file, const ExposureOptions& options) {
  ExposureReport report;
  const auto opened = Program::open(file);
  if (!opened) {
    report.why.push_back(opened.error().text());
    return report;
  }
  const Program& program = *opened;
  report.arch = program.image().machine;
  if (report.arch != pe::Machine::x86 && report.arch != pe::Machine::x64) {
    report.why.push_back(std::string("code for another processor: ") + pe::to_string(report.arch));
    return report;
  }
  if (program.image().is_dotnet) {
    report.why.emplace_back("a .NET program: its code is not machine code");
    return report;
  }
  if (const auto packer = packed_by(program)) {
    report.why.push_back("packed: " + *packer);
    return report;
  }
  const auto imports = narrow_imports(program);
  report.why = imports;
  const bool run_time = has_static_run_time(program);
  if (run_time) report.why.emplace_back("a C run time with 32-bit times is linked in (the constant 0x7fffd27f)");
  Decoder decoder(program);
  const Followed flow = follow_clock(program, decoder, options, report);
  const bool narrow = !imports.empty() || run_time || flow.narrow;
  report.exposure = flow.exposed                                ? Exposure::exposed
                    : narrow                                    ? Exposure::uses_32bit_api
                    : flow.complete && program.damage().empty() ? Exposure::no_evidence
                                                                : Exposure::not_analysed;
  for (const std::string& d : program.damage())
    if (report.exposure == Exposure::not_analysed) report.why.push_back("the file is damaged: " + d);
  if (report.why.empty()) report.why.emplace_back("no 32-bit time function and no cut clock value was found; that proves nothing");
  return report;
}

}  // namespace tq::analysis
