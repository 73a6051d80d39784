// What is known of imported functions by their name alone.
#include <algorithm>
#include <string_view>
#include <vector>

#include "analysis/models/models.hpp"
#include "analysis/name_list.hpp"

extern "C" {
extern const char tq_arity_begin[];
extern const char tq_arity_end[];
}

namespace tq::analysis {
namespace {

constexpr std::string_view kNoreturn[] = {
    "KeBugCheck",
    "KeBugCheckEx",
    "ExitProcess",
    "ExitThread",
    "exit",
    "_exit",
    "abort",
    "ExRaiseStatus",
    "ExRaiseAccessViolation",
    "RtlRaiseStatus",
    "_CxxThrowException",
    "PsTerminateSystemThread",
    "quick_exit",
    "RtlExitUserThread",
    "FreeLibraryAndExitThread",
    "__report_gsfailure",
    "_invalid_parameter_noinfo_noreturn",
    "__std_terminate",
    "terminate",
    "RtlExitUserProcess",
};
constexpr std::string_view kPrinters[] = {
    "DbgPrint",
    "DbgPrintEx",
    "vDbgPrintEx",
    "OutputDebugStringA",
    "OutputDebugStringW",
    "KdPrint",
    "printf",
    "wprintf",
    "puts",
    "_putws",
    "fprintf",
    "fwprintf",
    "vprintf",
    "vfprintf",
    "EtwWrite",
    "WmiTraceMessage",
    "EtwWriteString",
    "TraceMessage",
    "TraceEvent",
    "EventWrite",
    "ReportEventA",
    "ReportEventW",
    "__stdio_common_vfprintf",
};

// How the names of functions begin that look behind pointers; those that have a model are asked there first.
constexpr std::string_view kReaders[] = {
    "str",
    "wcs",
    "_str",
    "_wcs",
    "mbs",
    "_mbs",
    "mbto",
    "wcto",
    "lstr",
    "Str",
    "sscanf",
    "swscanf",
    "_sn",
    "_vsn",
    "__stdio_common_v",
    "ato",
    "_ato",
    "_wto",
    "Char",
    "CompareString",
    "VarI4FromStr",
    "VarUI4FromStr",
    "RtlPrefix",
    "RtlHashUnicode",
    "RtlUpcase",
    "RtlDowncase",
    "RtlUpper",
    "_itoa",
    "RtlOemString",
    "RtlMultiByte",
    "RtlUnicodeTo",
    "RtlLargeIntegerToChar",
    "RtlEqual",
    "RtlCompare",
    "bsearch",
    "qsort",
    "_lfind",
    "_lsearch",
    "memchr",
    "_memicmp",
    "wmem",
};

std::string_view line_at(std::string_view all, std::size_t at) { return all.substr(at, all.find('\n', at) - at); }

std::vector<std::size_t> line_starts(std::string_view all) {
  std::vector<std::size_t> out;
  for (std::size_t at = 0; at < all.size(); at = all.find('\n', at) + 1) out.push_back(at);
  return out;
}

constexpr std::string_view kWideHelpers[] = {"_allmul", "_alldiv", "_aulldiv", "_allrem", "_aullrem"};

bool is_wide_helper(const std::string& name) { return is_among(kWideHelpers, name); }

}  // namespace

bool is_noreturn(const std::string& name) { return is_among(kNoreturn, name); }
bool is_printer(const std::string& name) { return is_among(kPrinters, name); }

bool looks_behind_pointers(std::string_view name) {
  return std::any_of(std::begin(kReaders), std::end(kReaders), [&](std::string_view t) { return name.starts_with(t); });
}

bool gives_fraction(std::string_view name) {
  constexpr std::string_view kNames[] = {"atof", "_wtof", "strtod", "wcstod", "_strtod_l", "_wcstod_l", "strtof", "wcstof"};
  return is_among(kNames, name);
}

std::optional<Arity> arity_of(const std::string& name) {
  // Helpers for 64-bit numbers on 32-bit processors take two of them from the stack.
  if (is_wide_helper(name)) return Arity{4, false};
  static const std::string_view all(tq_arity_begin, static_cast<std::size_t>(tq_arity_end - tq_arity_begin));
  static const std::vector<std::size_t> lines = line_starts(all);
  const auto name_of = [&](std::size_t at) {
    const std::string_view line = line_at(all, at);
    return line.substr(0, line.find(','));
  };
  const auto it = std::lower_bound(lines.begin(), lines.end(), std::string_view(name),
                                   [&](std::size_t at, std::string_view n) { return name_of(at) < n; });
  if (it == lines.end() || name_of(*it) != name) return std::nullopt;
  // "Name,words,s": words are decimal; f at the end is fastcall, whose first two words are in registers.
  const std::string_view line = line_at(all, *it);
  Arity a;
  for (const char c : line.substr(name.size() + 1)) {
    if (c == ',') break;
    a.words = a.words * 10 + static_cast<unsigned>(c - '0');
  }
  a.register_call = line.ends_with(",f");
  if (a.register_call) a.words -= std::min(a.words, 2u);
  return a;
}

}  // namespace tq::analysis
