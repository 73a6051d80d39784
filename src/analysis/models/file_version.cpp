// Version resources of system files, and functions that only say whether a version is reached.
#include <fmt/format.h>

#include <optional>

#include "analysis/models/texts.hpp"
#include "analysis/models/version.hpp"
#include "core/text.hpp"

namespace tq::analysis {
namespace {

constexpr std::uint64_t kResourceSize = 0x800, kFixedInfo = 0x28;
constexpr std::uint32_t kUpdatesOf2004 = 19041;  // 19042 to 19045 are 19041 with features switched on; its files say 19041

std::uint64_t file_build(const Rung& r) { return r.build > kUpdatesOf2004 && r.build < 20000 ? kUpdatesOf2004 : r.build; }

/// Files of Windows itself, whose version is that of the build.
bool is_system_file(const std::string& name) {
  const std::string n = lower_ascii(name);
  for (const char* part : {"kernel32", "ntoskrnl", "ntdll", "kernelbase", "user32", "hal.dll", "win32k", "shell32", "gdi32"})
    if (n.find(part) != std::string::npos) return true;
  return false;
}

template <bool Wide, unsigned At>
void info_size(Engine& e, State& s, const CallSite& c) {
  const auto name = e.text(s, e.argument(s, c, At), Wide);
  if (!name || !is_system_file(*name)) return e.generic(s, c);
  e.set_result(s, constant(kResourceSize));
}

/// A file whose name is not known may be one of Windows.
template <bool Wide, unsigned At>
std::optional<std::string> named_file(Engine& e, State& s, const CallSite& c) {
  auto name = e.text(s, e.argument(s, c, At), Wide);
  if (!name) e.record().reason(fmt::format("the version of a file whose name was not worked out is read at 0x{:x}", c.rva));
  return name;
}

/// VS_FIXEDFILEINFO: signature, structure version, file version (two words), product version (two words), flags.
template <bool Wide, unsigned At, unsigned To>
void info(Engine& e, State& s, const CallSite& c) {
  const auto name = named_file<Wide, At>(e, s, c);
  if (!name || !is_system_file(*name)) return e.generic(s, c);
  // What else the block says is not known: flags, the kind of file, its date.
  const Value fixed = e.plus(e.argument(s, c, To), kFixedInfo);
  for (const std::uint64_t at : {24u, 28u, 32u, 36u, 40u, 44u, 48u})
    e.write(s, e.plus(fixed, at), 4, Value(unknown(Op::call, 32, mix(0xF11E, at))));
  const Value high = e.lanes("the file version of " + *name, [](const Rung& r) { return std::uint64_t{r.major} << 16 | r.minor; });
  const Value low = e.lanes("the file version of " + *name, [](const Rung& r) { return file_build(r) << 16 | 18000; });
  e.write(s, fixed, 4, constant(0xFEEF04BD));
  e.write(s, e.plus(fixed, 4), 4, constant(0x10000));
  for (const unsigned at : {8u, 16u}) {
    e.write(s, e.plus(fixed, at), 4, high);
    e.write(s, e.plus(fixed, at + 4), 4, low);
  }
  e.set_result(s, constant(1));
}

constexpr std::uint64_t kTranslation = 0x700, kStrings = 0x400, kNarrowStrings = 0x580;  ///< where they are put in the block
constexpr std::uint64_t kAmerican = 0x04B00409;

/// The text that a file of Windows has for a name of its string table; nullopt for one that does not tell the version.
std::optional<std::u16string> string_of(const std::string& path, const Rung& r) {
  const std::string name = lower_ascii(path);
  if (!name.starts_with("\\stringfileinfo\\")) return std::nullopt;
  if (!name.ends_with("\\fileversion") && !name.ends_with("\\productversion")) return std::nullopt;
  std::u16string out;
  for (const char x : fmt::format("{}.{}.{}.18000", r.major, r.minor, file_build(r))) out += static_cast<char16_t>(x);
  return out;
}

/// The root, the languages, and the texts that tell the version.
template <bool Wide>
void query_value(Engine& e, State& s, const CallSite& c) {
  const Value block = e.argument(s, c, 0), fixed = e.plus(block, kFixedInfo);
  const auto path = e.text(s, e.argument(s, c, 1), Wide);
  const bool known = e.alu.varies(e.read(s, e.plus(fixed, 8), 4));  // the block of a file of Windows
  const auto give = [&](const Value& at, const Value& size) {
    store_unless_null(e, s, e.argument(s, c, 2), e.word(), at);
    store_unless_null(e, s, e.argument(s, c, 3), 4, size);
    e.set_result(s, constant(1));
  };
  if (path && *path == "\\") return give(fixed, constant(52));
  if (!known) return e.generic(s, c);
  if (path && iequals(*path, "\\VarFileInfo\\Translation")) {
    e.write(s, e.plus(block, kTranslation), 4, constant(kAmerican));
    return give(e.plus(block, kTranslation), constant(4));
  }
  if (!path || !string_of(*path, e.ladder().rungs[0])) {
    e.record().reason(fmt::format("a text of a file's version is asked for at 0x{:x} that was not worked out", c.rva));
    return e.generic(s, c);
  }
  Texts t;
  for (unsigned k = 0; k < e.alu.count(); ++k) t.of[k] = string_of(*path, e.ladder().rungs[k]);
  t.origin = e.lanes("the file version of a file of Windows", [](const Rung& r) { return r.build; }).origin;
  t.copy = true;
  const Value at = e.plus(block, Wide ? kStrings : kNarrowStrings);
  write_texts(e, s, at, t, Wide);
  give(at, number_of(e, c, t, false, [](const auto& x) { return x.size() + 1; }));
}

std::uint64_t numbered(const Rung& r) { return std::uint64_t{r.major} << 24 | std::uint64_t{r.minor} << 16; }

/// One lane-wise yes or no, by the version constant (0x06000100: 6.0, service pack 1) that the function is asked for.
template <class F>
void answer(Engine& e, State& s, const CallSite& c, F holds) {
  const Value wanted = e.alu.truncate(e.argument(s, c, 0), 32);
  if (!wanted.uniform() || !wanted.all.number()) return e.generic(s, c);
  Value v = e.lanes(c.import->name, [&](const Rung& r) -> std::uint64_t { return holds(r, wanted.all.off) ? 1 : 0; });
  v.copy = false;
  e.set_result(s, v);
}

void ddi_version(Engine& e, State& s, const CallSite& c) {
  answer(e, s, c, [](const Rung& r, std::uint64_t v) { return (v & 0xFFFF) == 0 && numbered(r) >= v; });
}

void service_pack(Engine& e, State& s, const CallSite& c) {
  answer(e, s, c, [](const Rung& r, std::uint64_t v) { return numbered(r) == (v & 0xFFFF0000) && r.service_pack << 8 >= (v & 0xFF00); });
}

/// The version of the driver model: 1.16 for 2000, 1.32 for XP, 1.48 for 2003, 6.0 from Vista on.
void driver_model(Engine& e, State& s, const CallSite& c) {
  const Value minor = e.argument(s, c, 1);
  if (!minor.uniform() || !minor.all.number()) return e.generic(s, c);
  answer(e, s, c, [&](const Rung& r, std::uint64_t major) {
    const std::uint64_t have = r.build >= 6000 ? 0x600 : r.build >= 3790 ? 0x130 : r.build >= 2600 ? 0x120 : 0x110;
    return have >= ((major & 0xFF) << 8 | (minor.all.off & 0xFF));
  });
}

constexpr Model kFileVersionModels[] = {
    {"GetFileVersionInfoSizeA", info_size<false, 0>},
    {"GetFileVersionInfoSizeW", info_size<true, 0>},
    {"GetFileVersionInfoSizeExA", info_size<false, 1>},
    {"GetFileVersionInfoSizeExW", info_size<true, 1>},
    {"GetFileVersionInfoA", info<false, 0, 3>},
    {"GetFileVersionInfoW", info<true, 0, 3>},
    {"GetFileVersionInfoExA", info<false, 1, 4>},
    {"GetFileVersionInfoExW", info<true, 1, 4>},
    {"VerQueryValueA", query_value<false>},
    {"VerQueryValueW", query_value<true>},
    {"RtlIsNtDdiVersionAvailable", ddi_version},
    {"RtlIsServicePackVersionInstalled", service_pack},
    {"IoIsWdmVersionAvailable", driver_model},
};

}  // namespace

std::span<const Model> file_version_models() { return kFileVersionModels; }

}  // namespace tq::analysis
