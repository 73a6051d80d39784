#include "image/raw/parts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/ascii.hpp"
#include "core/text.hpp"

namespace tq::image::raw_parts {
namespace {

/// What stands behind the last dot; empty without one.
std::string_view suffix_of(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : name.substr(dot + 1);
}

bool counts_in_digits(std::string_view s) { return s.size() >= 2 && s.size() <= 4 && all_digits(s); }
/// Three letters are mostly the extension of something ("disk.img"); as a part only the run from "aaa" is taken.
bool counts_in_letters(std::string_view s) { return (s.size() == 2 || s.size() == 3) && std::all_of(s.begin(), s.end(), is_letter); }

/// "disk.007" with `suffix` in place of what is behind the dot.
std::string renamed(std::string_view name, std::string_view suffix) {
  return std::string(name.substr(0, name.size() - suffix_of(name).size())) + std::string(suffix);
}

std::optional<std::string> next_letters(std::string s) {
  for (std::size_t i = s.size(); i-- > 0;) {
    const char last = s[i] >= 'a' ? 'z' : 'Z';
    if (s[i] != last) {
      ++s[i];
      return s;
    }
    s[i] = static_cast<char>(last - 25);
  }
  return std::nullopt;
}

Error missing_part(const std::string& name, const std::string& after) {
  return Error{ErrorCode::not_found,
               "raw.parts",
               printable(name) + " beside the image",
               "only later parts, such as " + printable(after),
               {},
               "put all parts of the split disk into one folder"};
}

/// A later part although `name` is not there: a hole in the run. Looks a few names ahead only.
std::optional<std::string> behind_hole(const Neighbours& beside, std::string name) {
  for (int ahead = 0; ahead < 8; ++ahead) {
    const auto next = next_name(name);
    if (!next) return std::nullopt;
    name = *next;
    if (beside.open(name)) return name;
  }
  return std::nullopt;
}

/// Every part but the last is as long as the first; one that is not shifts all bytes behind it.
Status check_sizes(const Parts& parts) {
  for (std::size_t i = 0; i + 1 < parts.sources.size(); ++i)
    if (parts.sources[i]->size() != parts.sources[0]->size())
      return Error{ErrorCode::corrupt,
                   "raw.parts",
                   fmt::format("{} with {} bytes, as the first part has", printable(parts.names[i]), parts.sources[0]->size()),
                   fmt::format("{} bytes", parts.sources[i]->size()),
                   {},
                   "copy this part again"};
  return ok();
}

}  // namespace

bool names_first_part(std::string_view name) {
  const auto s = suffix_of(name);
  if (counts_in_letters(s)) return std::all_of(s.begin(), s.end(), [&](char c) { return c == 'a' || c == 'A'; });
  return counts_in_digits(s) && std::all_of(s.begin(), s.end() - 1, [](char c) { return c == '0'; }) && s.back() <= '1';
}

std::optional<std::string> next_name(std::string_view name) {
  const auto s = suffix_of(name);
  if (counts_in_digits(s)) {
    std::uint64_t number = 0;
    if (!parse_u64(s, number)) return std::nullopt;
    return renamed(name, fmt::format("{:0{}}", number + 1, s.size()));
  }
  if (!counts_in_letters(s)) return std::nullopt;
  const auto next = next_letters(std::string(s));
  if (!next) return std::nullopt;
  return renamed(name, *next);
}

std::optional<std::string> first_of(const File& file) {
  const auto s = suffix_of(file.name);
  if (file.beside == nullptr || names_first_part(file.name)) return std::nullopt;
  std::vector<std::string> firsts;
  if (counts_in_digits(s))
    firsts = {renamed(file.name, fmt::format("{:0{}}", 1, s.size())), renamed(file.name, std::string(s.size(), '0'))};
  if (counts_in_letters(s)) firsts = {renamed(file.name, std::string(s.size(), s[0] >= 'a' ? 'a' : 'A'))};
  for (const std::string& name : firsts)
    if (file.beside->open(name)) return name;
  return std::nullopt;
}

Result<Parts> collect(const File& file) {
  Parts parts{{file.bytes}, {file.name}};
  if (file.beside == nullptr || !names_first_part(file.name)) return parts;
  for (auto name = next_name(file.name); name; name = next_name(*name)) {
    auto source = file.beside->open(*name);
    if (!source && source.error().code != ErrorCode::not_found) return source.error();
    if (!source) {
      if (const auto later = behind_hole(*file.beside, *name)) return missing_part(*name, *later);
      break;
    }
    if (parts.sources.size() >= kMaxParts) return Error{ErrorCode::limit, "raw.parts", fmt::format("at most {} parts", kMaxParts), "more"};
    parts.sources.emplace_back(*std::move(source));
    parts.names.push_back(*name);
  }
  TQ_TRY([[maybe_unused]] const auto same, check_sizes(parts));
  return parts;
}

}  // namespace tq::image::raw_parts
