// What Windows keeps for a program and gives back when asked: slots of threads, words and properties of windows, extensions of drivers,
// contexts of framework objects. Each is memory that only its index, name or type leads to. Of two windows, threads or framework objects
// the last one's is taken for both.
#include <fmt/format.h>

#include "analysis/models/texts.hpp"
#include "analysis/models/version.hpp"

namespace tq::analysis {
namespace {

/// Where the value of that key lies; nullopt when the key is not one in all lanes.
std::optional<Value> place_of(Engine& e, std::uint64_t family, const Value& key) {
  if (!key.uniform()) return std::nullopt;
  return e.fresh(Kind::object, hash_of(family, key.all));
}

using Key = Value (*)(Engine& e, State& s, const CallSite& c);

/// The key is that argument.
template <unsigned At>
Value argument_key(Engine& e, State& s, const CallSite& c) {
  return e.argument(s, c, At);
}

/// The name of a window's property: a text, or an atom in its place.
template <bool Wide>
Value property_key(Engine& e, State& s, const CallSite& c) {
  const Value name = e.argument(s, c, 1);
  const auto text = name_at(e, s, name, Wide);
  return text && !text->empty() ? constant(mix(0x9809, std::hash<std::string>{}(*text))) : name;
}

/// Keeps the argument `Given` under its key. What stood there before is not told.
template <std::uint64_t Family, Key KeyOf, unsigned Given>
void set_value(Engine& e, State& s, const CallSite& c) {
  const auto place = place_of(e, Family, KeyOf(e, s, c));
  if (!place) return e.generic(s, c);
  e.write(s, *place, e.word(), e.argument(s, c, Given));
  e.set_result(s, Value(unknown(Op::call, 32, mix(Family, e.site_hash(s, c.rva)))));
}

template <std::uint64_t Family, Key KeyOf>
void get_value(Engine& e, State& s, const CallSite& c) {
  const auto place = place_of(e, Family, KeyOf(e, s, c));
  if (!place) return e.generic(s, c);
  e.set_result(s, e.read(s, *place, e.word()));
}

/// The memory itself: IoGetDriverObjectExtension(driver, id), WdfObjectGetTypedContextWorker(globals, object, type).
template <std::uint64_t Family, Key KeyOf>
void get_place(Engine& e, State& s, const CallSite& c) {
  const auto place = place_of(e, Family, KeyOf(e, s, c));
  if (!place) return e.generic(s, c);
  e.set_result(s, *place);
}

constexpr std::uint64_t kThreadSlot = 0x7157, kFiberSlot = 0xF157, kWindowWord = 0x3197, kProperty = 0x9807, kDriverExtension = 0xD7E7,
                        kTypedContext = 0x3DFC;

/// IoAllocateDriverObjectExtension(driver, id, size, out).
void allocate_extension(Engine& e, State& s, const CallSite& c) {
  const auto place = place_of(e, kDriverExtension, e.argument(s, c, 1));
  if (!place) return e.generic(s, c);
  e.write(s, e.argument(s, c, 3), e.word(), *place);
  e.set_result(s, constant(0));
}

/// A number that comes back to the program as the argument of one of its functions: to which, and when, is not worked out.
void hand_on(Engine& e, State& s, const CallSite& c) {
  for (unsigned i = 1; i < c.arguments; ++i)
    if (e.alu.varies(e.argument(s, c, i)))
      e.record().reason(fmt::format("the version is handed on by {} at 0x{:x}, to come back as an argument", c.import->name, c.rva));
  e.generic(s, c);
}

constexpr Model kKeptModels[] = {
    {"TlsSetValue", set_value<kThreadSlot, argument_key<0>, 1>},
    {"TlsGetValue", get_value<kThreadSlot, argument_key<0>>},
    {"FlsSetValue", set_value<kFiberSlot, argument_key<0>, 1>},
    {"FlsGetValue", get_value<kFiberSlot, argument_key<0>>},
    {"SetWindowLongA", set_value<kWindowWord, argument_key<1>, 2>},
    {"SetWindowLongW", set_value<kWindowWord, argument_key<1>, 2>},
    {"SetWindowLongPtrA", set_value<kWindowWord, argument_key<1>, 2>},
    {"SetWindowLongPtrW", set_value<kWindowWord, argument_key<1>, 2>},
    {"GetWindowLongA", get_value<kWindowWord, argument_key<1>>},
    {"GetWindowLongW", get_value<kWindowWord, argument_key<1>>},
    {"GetWindowLongPtrA", get_value<kWindowWord, argument_key<1>>},
    {"GetWindowLongPtrW", get_value<kWindowWord, argument_key<1>>},
    {"SetPropA", set_value<kProperty, property_key<false>, 2>},
    {"SetPropW", set_value<kProperty, property_key<true>, 2>},
    {"GetPropA", get_value<kProperty, property_key<false>>},
    {"GetPropW", get_value<kProperty, property_key<true>>},
    {"IoAllocateDriverObjectExtension", allocate_extension},
    {"IoGetDriverObjectExtension", get_place<kDriverExtension, argument_key<1>>},
    {"WdfObjectGetTypedContextWorker", get_place<kTypedContext, argument_key<2>>},
    {"PostMessageA", hand_on},
    {"PostMessageW", hand_on},
    {"SendMessageA", hand_on},
    {"SendMessageW", hand_on},
    {"SendNotifyMessageA", hand_on},
    {"SendNotifyMessageW", hand_on},
    {"PostThreadMessageA", hand_on},
    {"PostThreadMessageW", hand_on},
    {"PostQueuedCompletionStatus", hand_on},
    {"KeInsertQueueDpc", hand_on},
};

}  // namespace

std::span<const Model> kept_value_models() { return kKeptModels; }

}  // namespace tq::analysis
