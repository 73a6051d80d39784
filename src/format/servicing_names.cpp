#include "format/servicing_names.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/ascii.hpp"
#include "core/text.hpp"

namespace tq::format {
namespace {

constexpr std::size_t kNameLimit = 512;  // longer than any name that NTFS or the registry can hold

bool is_hex(std::string_view s) { return !s.empty() && std::all_of(s.begin(), s.end(), is_hex_digit); }

/// Exactly four numbers and nothing after them: FileVersion::parse would let text follow.
std::optional<FileVersion> exact_version(std::string_view s) {
  const auto v = FileVersion::parse(s);
  if (!v || s.find_first_not_of("0123456789.") != std::string_view::npos || std::count(s.begin(), s.end(), '.') != 3) return std::nullopt;
  return v;
}

/// Cuts the last field off `s`; false when there is no separator left.
bool cut_last(std::string_view& s, char separator, std::string_view& field) {
  const std::size_t at = s.rfind(separator);
  if (at == std::string_view::npos) return false;
  field = s.substr(at + 1);
  s = s.substr(0, at);
  return true;
}

bool in_identity(char c) { return is_alnum(c) || c == '_' || c == '-' || c == '.' || c == '~' || c == '+'; }

}  // namespace

std::optional<ComponentName> parse_component_name(std::string_view folder) {
  if (folder.size() > kNameLimit) return std::nullopt;
  // From the right: a name may itself hold underscores, the fields after it do not.
  std::string_view hash, language, version, token;
  if (!cut_last(folder, '_', hash) || !cut_last(folder, '_', language) || !cut_last(folder, '_', version) || !cut_last(folder, '_', token))
    return std::nullopt;
  const std::size_t first = folder.find('_');
  const auto v = exact_version(version);
  if (first == std::string_view::npos || first == 0 || first + 1 == folder.size() || !v || !is_hex(hash) || hash.size() != 16)
    return std::nullopt;
  if (token != "none" && (token.size() != 16 || !is_hex(token))) return std::nullopt;
  return ComponentName{lower_ascii(folder.substr(0, first)),
                       lower_ascii(folder.substr(first + 1)),
                       lower_ascii(token),
                       lower_ascii(language),
                       lower_ascii(hash),
                       *v};
}

std::optional<ComponentName> component_in_path(std::string_view path) {
  constexpr std::string_view kStore = "\\winsxs\\";
  const std::size_t at = ifind(path, kStore);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = path.substr(at + kStore.size());
  return parse_component_name(rest.substr(0, rest.find('\\')));
}

std::string PackageName::text() const {
  return fmt::format("{}~{}~{}~{}~{}", name, public_key_token, architecture, language, version.text());
}

std::optional<PackageName> parse_package_name(std::string_view identity) {
  if (identity.size() > kNameLimit || std::count(identity.begin(), identity.end(), '~') != 4) return std::nullopt;
  std::string_view version, language, architecture, token;
  cut_last(identity, '~', version);
  cut_last(identity, '~', language);
  cut_last(identity, '~', architecture);
  cut_last(identity, '~', token);
  const auto v = exact_version(version);
  if (!v || identity.empty() || token.size() != 16 || !is_hex(token) || architecture.empty()) return std::nullopt;
  return PackageName{std::string(identity), lower_ascii(token), lower_ascii(architecture), std::string(language), *v};
}

std::optional<PackageName> package_in_text(std::string_view text) {
  for (std::size_t tilde = text.find('~'); tilde != std::string_view::npos; tilde = text.find('~', tilde + 1)) {
    std::size_t from = tilde, to = tilde;
    while (from > 0 && tilde - from < kNameLimit && in_identity(text[from - 1])) --from;
    while (to < text.size() && to - tilde < kNameLimit && in_identity(text[to])) ++to;
    std::string_view candidate = text.substr(from, to - from);
    // A file name or the end of a sentence may follow the version directly.
    while (!candidate.empty() && !is_digit(candidate.back())) candidate.remove_suffix(1);
    if (auto p = parse_package_name(candidate)) return p;
    tilde = std::max(tilde, to - 1);  // the same word again would give the same answer
  }
  return std::nullopt;
}

std::vector<std::uint32_t> kb_numbers(std::string_view text) {
  std::vector<std::uint32_t> out;
  for (std::size_t i = 0; i + 7 <= text.size(); ++i) {
    if ((text[i] != 'K' && text[i] != 'k') || (text[i + 1] != 'B' && text[i + 1] != 'b') || (i > 0 && is_alnum(text[i - 1]))) continue;
    std::size_t end = i + 2;
    while (end < text.size() && end - i < 12 && is_digit(text[end])) ++end;
    const auto kb = parse_kb(text.substr(i, end - i));
    if (kb && std::find(out.begin(), out.end(), *kb) == out.end()) out.push_back(*kb);
  }
  return out;
}

}  // namespace tq::format
