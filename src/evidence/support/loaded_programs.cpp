#include "evidence/support/loaded_programs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "core/path.hpp"
#include "core/text.hpp"
#include "evidence/support/file_version.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

// winnt.h: SERVICE_KERNEL_DRIVER, SERVICE_FILE_SYSTEM_DRIVER, SERVICE_ADAPTER, SERVICE_RECOGNIZER_DRIVER.
constexpr std::uint32_t kDriverTypes = 0x1 | 0x2 | 0x4 | 0x8;
constexpr std::uint32_t kBoot = 0, kSystem = 1, kAutomatic = 2, kOnDemand = 3;
constexpr std::size_t kMostPathReadings = 16;

bool is_driver(const model::Service& s) { return s.type && (*s.type & kDriverTypes) != 0; }

const char* how_loaded(const model::Service& s) {
  const bool driver = is_driver(s);
  switch (*s.start) {
    case kBoot: return "boot driver";
    case kSystem: return "system driver";
    case kAutomatic: return driver ? "automatic driver" : "automatic service";
    case kOnDemand: return driver ? "driver on demand" : "service on demand";
    default: return "";
  }
}

/// A path as Windows writes it, cut into where it begins and the rest with forward slashes.
struct Written {
  enum class From { windows, volume, letter, nowhere } from = From::nowhere;
  char letter = 0;
  std::string rest;
};

bool take(std::string_view& s, std::string_view prefix) {
  if (s.size() < prefix.size() || !iequals(s.substr(0, prefix.size()), prefix)) return false;
  s.remove_prefix(prefix.size());
  return true;
}

Written parse_written(std::string_view s, bool driver) {
  using From = Written::From;
  const auto rest = [](std::string_view r) {
    std::string out(r);
    std::replace(out.begin(), out.end(), '\\', '/');
    out.erase(0, out.find_first_not_of('/') == std::string::npos ? out.size() : out.find_first_not_of('/'));
    return out;
  };
  if (!take(s, "\\??\\")) take(s, "\\\\?\\");
  if (take(s, "%SystemRoot%") || take(s, "%windir%") || take(s, "\\SystemRoot")) return {From::windows, 0, rest(s)};
  if (take(s, "%SystemDrive%")) return {From::volume, 0, rest(s)};
  constexpr std::pair<std::string_view, std::string_view> kFolders[] = {{"%ProgramFiles(x86)%", "Program Files (x86)/"},
                                                                        {"%ProgramFiles%", "Program Files/"},
                                                                        {"%CommonProgramFiles%", "Program Files/Common Files/"},
                                                                        {"%ProgramData%", "ProgramData/"},
                                                                        {"%ALLUSERSPROFILE%", "ProgramData/"}};
  for (const auto& [variable, folder] : kFolders)
    if (take(s, variable)) return {From::volume, 0, std::string(folder) + rest(s)};
  if (s.size() >= 2 && s[1] == ':') return {From::letter, s[0], rest(s.substr(2))};
  // The kernel takes a driver's bare path from the Windows folder; a service's bare name is looked for in System32.
  if (s.empty() || s[0] == '%' || s[0] == '\\') return {};
  return {From::windows, 0, driver ? rest(s) : "system32/" + rest(s)};
}

/// The letter of the volume that Windows is on, from its own words; 0: not read.
char system_letter(const target::Source& source) {
  const auto* reg = source.registry("SOFTWARE");
  const auto root = reg != nullptr ? reg->text(kCurrentVersion, "SystemRoot") : std::nullopt;
  return root && root->size() >= 2 && (*root)[1] == ':' ? (*root)[0] : '\0';
}

std::string windows_name(const target::Source& source) {
  if (source.windows == ".") return "windows";
  return std::string(last_component(source.windows));
}

std::string place(const target::Source& source, const Written& w) {
  const auto below_windows = [&](const std::string& rest) { return rest.empty() ? std::string() : tree_path(source, rest); };
  if (w.from == Written::From::nowhere || w.rest.empty()) return {};
  if (w.from == Written::From::windows) return below_windows(w.rest);
  const std::string windows = windows_name(source) + "/";
  const char letter = system_letter(source);
  if (w.from == Written::From::letter && letter != 0 && lower_ascii(std::string(1, letter)) != lower_ascii(std::string(1, w.letter)))
    return {};
  if (w.rest.size() > windows.size() && iequals(std::string_view(w.rest).substr(0, windows.size()), windows))
    return below_windows(w.rest.substr(windows.size()));
  // Without the letter of Windows' own volume a path elsewhere may lie on any volume.
  if (w.from == Written::From::letter && letter == 0) return {};
  return tree_path(source, "../" + w.rest);
}

/// The program in a command line. Unquoted, `C:\Program Files\a b.exe -x` may end at any space: Windows tries each.
std::vector<std::string> readings_of(std::string_view image) {
  image = trim(image);
  if (image.starts_with('"')) return {std::string(image.substr(1, image.find('"', 1) - 1))};
  std::vector<std::string> out;
  for (std::size_t space = image.find(' '); space != std::string_view::npos && out.size() < kMostPathReadings;
       space = image.find(' ', space + 1))
    out.emplace_back(image.substr(0, space));
  out.emplace_back(image);
  return out;
}

bool leaves_tree(std::string_view path) { return ("/" + std::string(path) + "/").find("/../") != std::string::npos; }

/// The path as the tree spells it, or why none of the readings leads to a file.
Result<std::string> find_image(const target::Source& source, const model::Service& s) {
  Error last{ErrorCode::unsupported, s.name, "a path on this volume", "on another volume, or no path"};
  for (const auto& c : image_candidates(source, s)) {
    auto real = source.tree->real_path(c);
    if (real) return real;
    last = real.error();
  }
  return last;
}

UnresolvedProgram unresolved(const model::Service& s, const Error& e) {
  const bool absent = e.code == ErrorCode::not_found;
  const std::string image = s.image.empty() ? s.name + ".sys" : s.image;
  return {fmt::format("{}: {}: {}", s.name, image, absent ? "no such file" : e.found), absent};
}

}  // namespace

std::vector<std::string> image_candidates(const target::Source& source, const model::Service& service) {
  const bool driver = is_driver(service);
  // A driver without a path is <name>.sys among the drivers.
  if (trim(service.image).empty())
    return driver ? std::vector{tree_path(source, "system32/drivers/" + service.name + ".sys")} : std::vector<std::string>();
  std::vector<std::string> out;
  for (const auto& reading : readings_of(service.image)) {
    std::string path = place(source, parse_written(reading, driver));
    if (path.empty() || leaves_tree(path)) continue;
    const std::string_view name = last_component(path);
    out.push_back(name.find('.') == std::string_view::npos ? path + ".exe" : path);
  }
  return out;
}

LoadedPrograms loaded_programs(const target::Source& source, const model::Configuration& configuration) {
  LoadedPrograms out;
  if (!source.tree) return out;
  std::vector<const model::Service*> services;
  for (const auto& s : configuration.services)
    if (s.start && *s.start <= kOnDemand) services.push_back(&s);
  std::stable_sort(services.begin(), services.end(), [](const auto* a, const auto* b) {
    return std::tuple(*a->start, !is_driver(*a), lower_ascii(a->name)) < std::tuple(*b->start, !is_driver(*b), lower_ascii(b->name));
  });
  std::set<std::string> seen;
  for (const auto* s : services) {
    // Something else than a driver or a process of its own (a performance counter, a user-mode class): it has no image.
    if (s->image.empty() && !is_driver(*s)) continue;
    auto path = find_image(source, *s);
    if (!path)
      out.unresolved.push_back(unresolved(*s, path.error()));
    else if (seen.insert(lower_ascii(*path)).second)
      out.found.push_back({*std::move(path), s->name, how_loaded(*s)});
  }
  return out;
}

}  // namespace tq::evidence
