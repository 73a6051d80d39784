// The names that Windows servicing gives to things: WinSxS folders, packages, updates.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/version.hpp"

namespace tq::format {

/// A WinSxS folder name, "amd64_microsoft-windows-os-kernel_31bf3856ad364e35_6.0.6002.18005_none_ca56670fcac29ca9".
/// Long names are shortened in their middle by ".." (19 characters kept at each end), so `name` need not be unique.
struct ComponentName {
  std::string architecture, name, public_key_token, language, hash;
  FileVersion version;
  auto operator<=>(const ComponentName&) const = default;
};
/// A folder of WinSxS, "amd64_name_token_6.0.6002.18005_none_hash". nullopt: not of that form.
std::optional<ComponentName> parse_component_name(std::string_view folder);
/// The component folder below a "\WinSxS\" in a path; nullopt when there is none.
std::optional<ComponentName> component_in_path(std::string_view path);

/// A package identity, "Package_for_KBnnnnnnn~31bf3856ad364e35~amd64~~6.0.1.2". An empty language is neutral.
struct PackageName {
  std::string name, public_key_token, architecture, language;
  FileVersion version;
  auto operator<=>(const PackageName&) const = default;
  [[nodiscard]] std::string text() const;
};
/// "Package_for_KB1~token~amd64~~6.0.1.0". nullopt: not of that form.
std::optional<PackageName> parse_package_name(std::string_view identity);
/// The first package identity that stands in a line of text; nullopt when there is none.
std::optional<PackageName> package_in_text(std::string_view text);

/// Numbers written as "KB" and 5 to 8 digits, in order, each once.
std::vector<std::uint32_t> kb_numbers(std::string_view text);

}  // namespace tq::format
