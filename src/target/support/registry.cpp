#include "target/registry.hpp"

#include "core/text.hpp"

namespace tq::target {
namespace {

using format::regf::Hive;
using format::regf::Key;

class HiveRegistry final : public Registry {
 public:
  HiveRegistry(std::shared_ptr<const Hive> hive, std::string where) : hive_(std::move(hive)), where_(std::move(where)) {}
  [[nodiscard]] bool has_key(std::string_view key) const override { return hive_->find(key).has_value(); }
  [[nodiscard]] std::optional<RegistryValue> value(std::string_view key, std::string_view name) const override {
    const auto k = hive_->find(key);
    if (!k) return std::nullopt;
    const auto v = k->value(name);
    if (!v) return std::nullopt;
    auto data = v->data();
    if (!data) return std::nullopt;
    return RegistryValue{v->name(), v->type(), *std::move(data), cite(key, name)};
  }
  [[nodiscard]] std::optional<std::vector<std::string>> subkeys(std::string_view key) const override {
    const auto k = hive_->find(key);
    if (!k) return std::nullopt;
    std::vector<std::string> out;
    for (const Key& s : k->subkeys()) out.push_back(s.name());
    return out;
  }
  [[nodiscard]] std::optional<std::vector<std::string>> value_names(std::string_view key) const override {
    const auto k = hive_->find(key);
    if (!k) return std::nullopt;
    std::vector<std::string> out;
    for (const auto& v : k->values()) out.push_back(v.name());
    return out;
  }
  [[nodiscard]] bool whole() const override { return true; }
  [[nodiscard]] std::string cite(std::string_view key, std::string_view value) const override {
    return where_ + "//" + std::string(key) + (value.empty() ? "" : ":" + std::string(value));
  }

 private:
  std::shared_ptr<const Hive> hive_;
  std::string where_;
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
