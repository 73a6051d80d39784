// A text export of the registry: a .reg file, or what `reg query /s` printed.
#include <map>

#include "core/text.hpp"
#include "format/regtext/regtext.hpp"
#include "format/textcodec/textcodec.hpp"
#include "target/loader.hpp"

namespace tq::target {
namespace {

namespace regtext = format::regtext;
using KeyMap = std::map<std::string, const regtext::Key*>;  ///< lower-case path below the hive

/// The part of an export that belongs to one hive.
class TextRegistry final : public Registry {
 public:
  TextRegistry(std::shared_ptr<const regtext::RegText> text, const std::string& hive, std::string where)
      : text_(std::move(text)), where_(std::move(where)) {
    const std::string prefix = "HKEY_LOCAL_MACHINE\\" + hive;
    for (const auto& k : text_->keys) {
      if (k.deleted || !istarts_with(k.path, prefix)) continue;
      if (k.path.size() > prefix.size() && k.path[prefix.size()] != '\\') continue;
      const std::string below = k.path.size() > prefix.size() ? k.path.substr(prefix.size() + 1) : std::string{};
      keys_.emplace(lower_ascii(below), &k);
    }
  }
  [[nodiscard]] bool empty() const { return keys_.empty(); }
  [[nodiscard]] bool has_key(std::string_view key) const override {
    const std::string path = resolve(key);
    const auto it = keys_.lower_bound(path);
    const bool there = it != keys_.end() && (it->first == path || it->first.starts_with(path + "\\"));
    doubt_unless(there);
    return there;
  }
  [[nodiscard]] std::optional<RegistryValue> value(std::string_view key, std::string_view name) const override {
    const auto it = keys_.find(resolve(key));
    doubt_unless(it != keys_.end());  // a key that was exported has its values
    const regtext::Value* v = it == keys_.end() ? nullptr : regtext::find_value(*it->second, name);
    if (v == nullptr || v->deleted) return std::nullopt;
    return RegistryValue{v->name, v->type, v->data, cite(key, name) + "@line " + std::to_string(v->line)};
  }
  [[nodiscard]] std::optional<std::vector<std::string>> subkeys(std::string_view key) const override {
    if (!has_key(key)) return std::nullopt;
    const std::string prefix = key.empty() ? std::string{} : resolve(key) + "\\";
    std::vector<std::string> out;
    for (auto it = keys_.lower_bound(prefix); it != keys_.end() && it->first.starts_with(prefix); ++it) {
      // The spelling of the export, cut to one component; neighbours in the order of the map repeat it.
      const auto end = it->first.find('\\', prefix.size());
      const std::string& spelled = it->second->path;
      const std::size_t start = spelled.size() - it->first.size() + prefix.size();
      std::string name = spelled.substr(start, end == std::string::npos ? std::string::npos : end - prefix.size());
      if (!name.empty() && (out.empty() || !iequals(out.back(), name))) out.push_back(std::move(name));
    }
    return out;
  }
  [[nodiscard]] std::optional<std::vector<std::string>> value_names(std::string_view key) const override {
    const auto it = keys_.find(resolve(key));
    doubt_unless(it != keys_.end());
    if (it == keys_.end()) return std::nullopt;
    std::vector<std::string> out;
    for (const auto& v : it->second->values)
      if (!v.deleted) out.push_back(v.name);
    return out;
  }
  [[nodiscard]] bool whole(std::string_view) const override { return false; }
  [[nodiscard]] std::string cite(std::string_view key, std::string_view value) const override {
    return where_ + "//" + std::string(key) + (value.empty() ? "" : ":" + std::string(value));
  }

 private:
  /// A live export says CurrentControlSet, one of a loaded hive ControlSet001.
  [[nodiscard]] std::string resolve(std::string_view key) const {
    std::string path = lower_ascii(key);
    constexpr std::string_view kCurrent = "currentcontrolset";
    if (!path.starts_with(kCurrent)) return path;
    const auto it = keys_.lower_bound(std::string(kCurrent));
    if (it != keys_.end() && it->first.starts_with(kCurrent)) return path;
    return "controlset001" + path.substr(kCurrent.size());
  }
  std::shared_ptr<const regtext::RegText> text_;
  std::string where_;
  KeyMap keys_;
};

bool accepts_registry_text(const Input& in) { return in.kind == io::HostKind::file && regtext::looks_like(in.head_text); }

Result<std::vector<Source>> load_registry_text(const Input& in) {
  TQ_TRY(const auto content, in.read(regtext::kTextBytes));
  const auto decoded = format::textcodec::decode(bytes_of(content));
  TQ_TRY(auto parsed, regtext::parse(decoded.utf8));
  const auto text = std::make_shared<const regtext::RegText>(std::move(parsed));
  Source s;
  s.label = in.label;
  s.kind = "registry_text";
  for (const char* hive : {"SOFTWARE", "SYSTEM", "COMPONENTS"}) {
    auto reg = std::make_shared<TextRegistry>(text, hive, in.label);
    if (reg->empty()) continue;
    HiveSlot slot;
    slot.name = hive;
    slot.where = in.label;
    slot.registry = std::move(reg);
    slot.note = "text export (" + decoded.encoding + "): what is not in it was perhaps not exported" +
                (text->losses.empty() ? "" : "; lost: " + text->losses.front().text());
    s.hives.push_back(std::move(slot));
  }
  if (s.hives.empty())
    return Error{ErrorCode::unsupported, in.label, "keys of HKEY_LOCAL_MACHINE\\SOFTWARE, SYSTEM or COMPONENTS", "none of them"};
  std::vector<Source> out;
  out.push_back(std::move(s));
  return out;
}

}  // namespace

extern const Loader registry_text;
const Loader registry_text{"registry_text", 45, accepts_registry_text, load_registry_text};

}  // namespace tq::target
