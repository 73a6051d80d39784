#include "core/text.hpp"
#include "format/regf/hive.hpp"
#include "format/regf/lists.hpp"

namespace tq::format::regf {

std::string Key::class_name() const {
  const std::uint64_t bytes = field<std::uint16_t>(node_, Nk::kClassBytes);
  if (bytes == 0) return {};
  const auto cell = image_->cell(field<std::uint32_t>(node_, Nk::kClass));
  const auto text = cell ? cell->try_sub(0, bytes) : std::nullopt;
  return text ? utf16le_to_utf8(*text) : std::string{};
}

std::vector<Key> Key::subkeys() const {
  std::vector<std::uint32_t> offsets;
  ListBudget budget(*image_);
  append_subkeys(*image_, offset(), node_, budget, offsets, nullptr);
  std::vector<Key> out;
  out.reserve(offsets.size());
  for (const std::uint32_t o : offsets)
    if (const auto k = at(*image_, o)) out.push_back(*k);
  return out;
}

std::vector<Value> Key::values() const {
  std::vector<std::uint32_t> offsets;
  ListBudget budget(*image_);
  append_values(*image_, offset(), node_, budget, offsets, nullptr);
  std::vector<Value> out;
  out.reserve(offsets.size());
  for (const std::uint32_t o : offsets)
    if (const auto v = value_at(*image_, o)) out.push_back(Value(image_, o, *v));
  return out;
}

bool Key::whole() const {
  const auto subs = field<std::uint32_t>(node_, Nk::kSubkeys), vals = field<std::uint32_t>(node_, Nk::kValues);
  return (subs == 0 || subkeys().size() >= subs) && (vals == 0 || values().size() >= vals);
}

std::optional<Key> Key::child(const Needle& needle) const {
  const auto found = find_subkey(*image_, node_, needle);
  return found ? at(*image_, *found) : std::nullopt;
}

std::optional<Key> Key::child(std::string_view name) const { return child(Needle(name)); }

// Values are not sorted, so they are looked at one by one, straight from the list cell.
std::optional<Value> Key::value(std::string_view name) const {
  const auto stated = field<std::uint32_t>(node_, Nk::kValues);
  if (stated == 0) return std::nullopt;
  const auto list = image_->cell(field<std::uint32_t>(node_, Nk::kValueList));
  if (!list) return std::nullopt;
  const Needle needle(name);
  for (std::uint64_t i = 0; i < stated; ++i) {
    const auto o = list->try_get<std::uint32_t>(i * 4);
    if (!o) break;
    const auto v = value_at(*image_, *o);
    if (v && needle.equals(value_name(*v))) return Value(image_, *o, *v);
  }
  return std::nullopt;
}

}  // namespace tq::format::regf
