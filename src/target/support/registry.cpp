#include "target/registry.hpp"

#include <algorithm>
#include <mutex>
#include <unordered_map>

#include "core/text.hpp"

namespace tq::target {
namespace {

using format::regf::Hive;
using format::regf::Key;

class HiveRegistry final : public Registry {
 public:
  HiveRegistry(std::shared_ptr<const Hive> hive, std::string where) : hive_(std::move(hive)), where_(std::move(where)) {}
  [[nodiscard]] bool has_key(std::string_view key) const override { return find(key).has_value(); }
  [[nodiscard]] std::optional<RegistryValue> value(std::string_view key, std::string_view name) const override {
    const auto k = find(key);
    auto v = k ? value_of(*k, name) : std::nullopt;
    if (v) v->where = cite(key, name);
    return v;
  }
  [[nodiscard]] std::optional<std::vector<std::string>> subkeys(std::string_view key) const override {
    const auto k = listed(key);
    if (!k) return std::nullopt;
    std::vector<std::string> out;
    for (const Key& s : k->subkeys()) out.push_back(s.name());
    return out;
  }
  [[nodiscard]] std::optional<std::vector<std::string>> value_names(std::string_view key) const override {
    const auto k = listed(key);
    if (!k) return std::nullopt;
    std::vector<std::string> out;
    for (const auto& v : k->values()) out.push_back(v.name());
    return out;
  }
  [[nodiscard]] std::optional<std::vector<RegistryValue>> values(std::string_view key) const override {
    const auto k = listed(key);
    if (!k) return std::nullopt;
    std::vector<RegistryValue> out;
    for (const auto& v : k->values())
      if (auto read = with_data(v)) out.push_back(*std::move(read)), out.back().where = cite(key, v.name());
    return out;
  }
  [[nodiscard]] std::optional<std::vector<RegistryRow>> rows(std::string_view key, std::span<const std::string_view> names) const override {
    const auto k = listed(key);
    if (!k) return std::nullopt;
    std::vector<RegistryRow> out;
    for (const Key& sub : k->subkeys()) {
      RegistryRow row{sub.name(), {}};
      row.values.reserve(names.size());
      for (const auto name : names) row.values.push_back(below(sub, name));
      out.push_back(std::move(row));
    }
    return out;
  }
  [[nodiscard]] bool whole(std::string_view key) const override {
    std::optional<Key> nearest;
    hive_->find(key, &nearest);
    return whole_after(key, nearest);
  }
  [[nodiscard]] std::string cite(std::string_view key, std::string_view value) const override {
    return where_ + "//" + std::string(key) + (value.empty() ? "" : ":" + std::string(value));
  }

 private:
  [[nodiscard]] std::optional<Key> find(std::string_view key) const {
    std::optional<Key> nearest;
    auto k = hive_->find(key, &nearest);
    doubt_unless(k || whole_after(key, nearest));
    return k;
  }
  /// `nearest`: the last key on the way to `key` that is there.
  [[nodiscard]] bool whole_after(std::string_view key, const std::optional<Key>& nearest) const {
    if (!nearest || !is_whole(*nearest)) return false;
    // Which control set is the current one is told by a value of another key.
    return nearest->offset() != hive_->root()->offset() || !iequals(key.substr(0, key.find('\\')), "CurrentControlSet");
  }
  /// A key whose subkeys or values are about to be listed.
  [[nodiscard]] std::optional<Key> listed(std::string_view key) const {
    auto k = find(key);
    doubt_unless(!k || is_whole(*k));
    return k;
  }
  /// `where` is left empty.
  [[nodiscard]] std::optional<RegistryValue> with_data(const format::regf::Value& v) const {
    auto data = v.data();
    doubt_unless(static_cast<bool>(data));
    if (!data) return std::nullopt;
    return RegistryValue{v.name(), v.type(), *std::move(data), {}};
  }
  [[nodiscard]] std::optional<RegistryValue> value_of(const Key& key, std::string_view name) const {
    const auto v = key.value(name);
    doubt_unless(v || is_whole(key));
    return v ? with_data(*v) : std::nullopt;
  }
  [[nodiscard]] std::optional<RegistryValue> below(const Key& key, std::string_view name) const {
    const auto slash = name.find('\\');
    if (slash == std::string_view::npos) return value_of(key, name);
    const auto child = key.child(name.substr(0, slash));
    doubt_unless(child || is_whole(key));
    return child ? below(*child, name.substr(slash + 1)) : std::nullopt;
  }
  /// Every setting that is absent asks, most of them of the same few keys; looking lists all that a key has.
  [[nodiscard]] bool is_whole(const Key& key) const {
    if (hive_->stale()) return false;
    const std::lock_guard held(whole_mutex_);
    const auto [known, added] = whole_.try_emplace(key.offset(), false);
    if (added) known->second = key.whole();
    return known->second;
  }
  std::shared_ptr<const Hive> hive_;
  std::string where_;
  mutable std::mutex whole_mutex_;
  mutable std::unordered_map<std::uint64_t, bool> whole_;  ///< by the key's offset
};

}  // namespace

std::optional<std::string> RegistryValue::text() const {
  if (type != 1 && type != 2) return std::nullopt;
  std::string s = utf16le_to_utf8(bytes_of(data));
  if (const auto nul = s.find('\0'); nul != std::string::npos) s.resize(nul);
  return s;
}

std::optional<std::uint32_t> RegistryValue::dword() const {
  if (type != 4 || data.size() != 4) return std::nullopt;
  return *bytes_of(data).try_get<le32>(0);
}

std::optional<std::vector<std::string>> RegistryValue::texts() const {
  if (const auto one = text()) return one->empty() ? std::vector<std::string>{} : std::vector<std::string>{*one};
  if (type != 7) return std::nullopt;
  const std::string all = utf16le_to_utf8(bytes_of(data));
  std::vector<std::string> out;
  for (std::size_t at = 0; at < all.size();) {
    const auto end = std::min(all.find('\0', at), all.size());
    if (end == at) break;
    out.push_back(all.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::optional<std::vector<RegistryValue>> Registry::values(std::string_view key) const {
  const auto names = value_names(key);
  if (!names) return std::nullopt;
  std::vector<RegistryValue> out;
  for (const auto& name : *names)
    if (auto v = value(key, name)) out.push_back(*std::move(v));
  return out;
}

std::optional<std::vector<RegistryRow>> Registry::rows(std::string_view key, std::span<const std::string_view> names) const {
  const auto subs = subkeys(key);
  if (!subs) return std::nullopt;
  std::vector<RegistryRow> out;
  for (const auto& sub : *subs) {
    RegistryRow row{sub, {}};
    const std::string path = std::string(key) + "\\" + sub;
    for (const auto name : names) {
      const auto slash = name.find('\\');
      const bool deeper = slash != std::string_view::npos;
      row.values.push_back(deeper ? value(path + "\\" + std::string(name.substr(0, slash)), name.substr(slash + 1)) : value(path, name));
    }
    out.push_back(std::move(row));
  }
  return out;
}

std::optional<std::string> Registry::text(std::string_view key, std::string_view name) const {
  const auto v = value(key, name);
  return v ? v->text() : std::nullopt;
}

std::optional<std::uint32_t> Registry::dword(std::string_view key, std::string_view name) const {
  const auto v = value(key, name);
  return v ? v->dword() : std::nullopt;
}

std::shared_ptr<const Registry> hive_registry(std::shared_ptr<const Hive> hive, std::string where) {
  return std::make_shared<HiveRegistry>(std::move(hive), std::move(where));
}

}  // namespace tq::target
