// Functions that read the registry, when the value asked for tells the version.
#include <optional>

#include "analysis/models/texts.hpp"
#include "analysis/models/version.hpp"
#include "core/text.hpp"

namespace tq::analysis {
namespace {

std::string digits(std::uint64_t v) { return std::to_string(v); }

/// The text of a version value on one rung; nullopt for any other value.
std::optional<std::string> value_text(const std::string& name, const Rung& r) {
  if (iequals(name, "CurrentBuildNumber") || iequals(name, "CurrentBuild")) return digits(r.build);
  if (iequals(name, "CurrentVersion")) return digits(r.major > 6 ? 6 : r.major) + "." + digits(r.major > 6 ? 3 : r.minor);
  if (iequals(name, "BuildLab")) return digits(r.build) + ".gdr.100101-0000";
  if (iequals(name, "BuildLabEx")) return digits(r.build) + ".1000.amd64fre.gdr.100101-0000";
  if (iequals(name, "CSDVersion")) return r.service_pack == 0 ? "" : "Service Pack " + digits(r.service_pack);
  return std::nullopt;
}

/// The bytes of a version value with its NUL, in each lane.
Value size_of_text(Engine& e, const std::string& name, bool wide) {
  return e.lanes("the registry value " + name, [&](const Rung& r) { return (value_text(name, r)->size() + 1) * (wide ? 2 : 1); });
}

/// Writes the text of each lane with its NUL. Returns its size in bytes per lane.
Value write_text(Engine& e, State& s, const Value& to, const std::string& name, bool wide) {
  const Value size = size_of_text(e, name, wide);
  Texts t;
  for (unsigned k = 0; k < e.alu.count(); ++k) {
    const std::string text = *value_text(name, e.ladder().rungs[k]);
    t.of[k] = std::u16string(text.begin(), text.end());
  }
  t.origin = size.origin;
  t.copy = true;
  write_texts(e, s, to, t, wide);
  return size;
}

/// The name of a registry value, when it is one that tells the version.
std::optional<std::string> version_value(Engine& e, const CallSite& c, std::optional<std::string> name) {
  if (e.ladder().clock) return std::nullopt;
  if (!name) e.value_unnamed(c);
  return name && value_text(*name, e.ladder().rungs[0]) ? name : std::nullopt;
}

/// Gives type, text and size as RegQueryValueEx does: a caller that first asks how much room it takes is told so.
void give_value(Engine& e, State& s, const std::string& name, bool wide, unsigned type_at, const CallSite& c) {
  constexpr std::uint64_t kMoreData = 234;
  const Value type = e.argument(s, c, type_at), data = e.argument(s, c, type_at + 1), size = e.argument(s, c, type_at + 2);
  const Value room = data.is_null() || size.is_null() ? Value(unknown(Op::call, 32, 0)) : e.read(s, size, 4);
  const Value need = size_of_text(e, name, wide);
  const Value status =
      e.alu.each([&](unsigned k) { return number(room.at(k).number() && room.at(k).off < need.at(k).off ? kMoreData : 0); });
  store_unless_null(e, s, type, 4, constant(1));
  if (!status.uniform() || status.is_null()) write_text(e, s, data, name, wide);
  store_unless_null(e, s, size, 4, need);
  e.set_result(s, status);
}

template <bool Wide>
void query_value_ex(Engine& e, State& s, const CallSite& c) {
  const auto name = version_value(e, c, name_at(e, s, e.argument(s, c, 1), Wide));
  if (!name) return e.generic(s, c);
  give_value(e, s, *name, Wide, 3, c);
}

template <bool Wide>
void get_value(Engine& e, State& s, const CallSite& c) {
  const auto name = version_value(e, c, name_at(e, s, e.argument(s, c, 2), Wide));
  if (!name) return e.generic(s, c);
  give_value(e, s, *name, Wide, c.import->name.starts_with("SHGet") ? 3 : 4, c);
}

/// KEY_VALUE_PARTIAL_INFORMATION: title, type, size, data; the full form has the offset of the data at +8. Most callers ask with no room
/// first, and go on only when told that it is too little.
void query_value_key(Engine& e, State& s, const CallSite& c) {
  constexpr std::uint64_t kTooSmall = 0xC0000023, kOverflow = 0x80000005, kFullHeader = 20, kPartialHeader = 12, kFullData = 0x40;
  const auto name = version_value(e, c, name_at(e, s, buffer_of(e, s, e.argument(s, c, 1)), true));
  const Value kind = e.argument(s, c, 2), info = e.argument(s, c, 3), room = e.alu.truncate(e.argument(s, c, 4), 32);
  const Value result = e.argument(s, c, 5);
  const bool full = kind.uniform() && kind.all == number(1), partial = kind.uniform() && kind.all == number(2);
  if (!name || (!full && !partial)) return e.generic(s, c);
  const std::uint64_t data = full ? kFullData : kPartialHeader, header = full ? kFullHeader : kPartialHeader;
  const Value size = size_of_text(e, *name, true);
  Value need = e.alu.binary(Op::add, size, constant(data), 32);
  need.copy = true;  // how much room it takes is shown as the version itself
  const Value status = e.alu.each([&](unsigned k) {
    if (!room.at(k).number()) return number(0);
    return number(room.at(k).off < header ? kTooSmall : room.at(k).off < need.at(k).off ? kOverflow : 0);
  });
  store_unless_null(e, s, result, 4, need);
  e.set_result(s, status);
  if (status.uniform() && status.all == number(kTooSmall)) return;
  e.write(s, info, 4, constant(0));
  e.write(s, e.plus(info, 4), 4, constant(1));
  if (full) e.write(s, e.plus(info, 8), 4, constant(kFullData));
  e.write(s, e.plus(info, full ? 12 : 8), 4, size);
  if (!status.uniform() || status.is_null()) write_text(e, s, e.plus(info, data), *name, true);
}

/// One RTL_QUERY_REGISTRY_TABLE entry that wants its value directly (flag 0x20).
void direct_entry(Engine& e, State& s, const CallSite& c, const Value& entry) {
  const std::uint64_t w = e.word();
  const auto name = version_value(e, c, name_at(e, s, e.read(s, e.plus(entry, 2 * w), e.word()), true));
  const Value flags = e.read(s, e.plus(entry, w), 4), context = e.read(s, e.plus(entry, 3 * w), e.word());
  if (!name || !flags.uniform() || !flags.all.number() || (flags.all.off & 0x20) == 0) return;
  Value buffer = e.read(s, e.plus(context, w), e.word());
  if (buffer.is_null()) {
    buffer = e.fresh(Kind::object, mix(0x4E61, c.rva));
    e.write(s, e.plus(context, w), e.word(), buffer);
  }
  const Value size = write_text(e, s, buffer, *name, true);
  e.write(s, context, 2, e.alu.binary(Op::sub, size, constant(2), 16));
}

void query_registry_values(Engine& e, State& s, const CallSite& c) {
  constexpr std::uint64_t kMostEntries = 32;
  const Value table = e.argument(s, c, 2);
  const std::uint64_t w = e.word(), stride = 7 * w;
  if (e.ladder().clock) return e.generic(s, c);
  for (std::uint64_t i = 0; i < kMostEntries; ++i) {
    const Value entry = e.plus(table, i * stride), routine = e.read(s, entry, e.word()), name = e.read(s, e.plus(entry, 2 * w), e.word());
    if (routine.is_null() && name.uniform() && (name.all == number(0) || !name.all.number())) break;
    direct_entry(e, s, c, entry);
  }
  e.external_event(s, c, c.import->name, 2);
  e.set_result(s, constant(0));
}

constexpr Model kRegistryModels[] = {
    {"RegQueryValueExA", query_value_ex<false>},
    {"RegQueryValueExW", query_value_ex<true>},
    {"RegGetValueA", get_value<false>},
    {"RegGetValueW", get_value<true>},
    {"SHGetValueA", get_value<false>},
    {"SHGetValueW", get_value<true>},
    {"ZwQueryValueKey", query_value_key},
    {"NtQueryValueKey", query_value_key},
    {"RtlQueryRegistryValues", query_registry_values},
};

}  // namespace

std::span<const Model> registry_models() { return kRegistryModels; }

}  // namespace tq::analysis
