// Every value of the registry that the catalog asks for, as present, absent, of the wrong type or unreadable. What it means is
// judged later; a secret is only counted.
#include <algorithm>
#include <charconv>

#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

using model::Setting;
using model::SettingState;
using Kind = model::WantedSetting::Kind;

constexpr std::size_t kSecretsListed = 64;

std::string counted(std::size_t characters) {
  return "set (" + std::to_string(characters) + (characters == 1 ? " character)" : " characters)");
}

/// Characters as a person counts them: continuation bytes of UTF-8 are none.
std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_number(const std::string& s) {
  std::uint32_t n = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), n);
  return error == std::errc{} && end == s.data() + s.size();
}

std::optional<std::string> as_wanted(const target::RegistryValue& v, Kind kind) {
  if (kind != Kind::secret)
    if (const auto n = v.dword()) return std::to_string(*n);
  if (kind == Kind::dword) return std::nullopt;
  auto text = v.text();
  if (!text) return std::nullopt;
  if (kind == Kind::secret) return counted(characters(*text));
  return is_number(*text) ? text : std::nullopt;
}

/// A value that damage may have taken is unreadable; one that is not there is absent - of a whole hive only.
void read_value(const target::Registry& reg, const model::WantedSetting& w, Setting& out) {
  const target::Certainty sure(reg);
  const auto v = reg.value(w.key, w.value);
  if (!v) {
    out.state = sure.whole(w.key) ? SettingState::absent : SettingState::unreadable;
    return;
  }
  out.where = v->where;
  auto text = as_wanted(*v, w.kind);
  out.state = text ? SettingState::present : SettingState::wrong_type;
  if (text) out.value = *std::move(text);
}

std::string listed(const std::vector<std::string>& names, Kind kind) {
  if (kind != Kind::secret_values) return std::to_string(names.size());
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < kSecretsListed; ++i) out += (i == 0 ? "" : "; ") + counted(characters(names[i]));
  return out;
}

/// A key without anything in it is as good as none.
void read_key(const target::Registry& reg, const model::WantedSetting& w, Setting& out) {
  auto names = w.kind == Kind::subkeys ? reg.subkeys(w.key) : reg.value_names(w.key);
  if (names) std::erase_if(*names, [](const auto& n) { return n.empty(); });  // the default value names nothing
  if (!names || names->empty()) {
    out.state = reg.whole(w.key) ? SettingState::absent : SettingState::unreadable;
    return;
  }
  out.state = SettingState::present;
  out.value = listed(*names, w.kind);
}

bool reads_key(Kind k) { return k == Kind::subkeys || k == Kind::values || k == Kind::secret_values; }

void collect_settings(const target::Source& source, const model::Wanted& wanted, model::Facts& facts) {
  // A text or a list has no registry: that nothing was read of it is no news.
  if (source.registry("SYSTEM") == nullptr && source.registry("SOFTWARE") == nullptr) return;
  facts.configuration.settings.reserve(wanted.settings.size());
  for (const auto& w : wanted.settings) {
    Setting s;
    s.id = w.id;
    const auto* reg = source.registry(w.hive);
    // Without its root, or without a control set, a hive says nothing of what it lacks.
    const bool usable = reg != nullptr && reg->has_key(w.hive == "SYSTEM" ? "CurrentControlSet" : "Microsoft");
    if (usable) {
      s.where = reg->cite(w.key, w.value);
      reads_key(w.kind) ? read_key(*reg, w, s) : read_value(*reg, w, s);
    } else {
      s.where = w.hive + "//" + w.key + (w.value.empty() ? "" : ":" + w.value);
    }
    facts.configuration.settings.push_back(std::move(s));
  }
}

}  // namespace

extern const Collector settings;
const Collector settings{"settings", nullptr, collect_settings};

}  // namespace tq::evidence
