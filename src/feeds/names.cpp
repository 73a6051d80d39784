#include "feeds/names.hpp"

#include <fmt/format.h>

#include "core/ascii.hpp"
#include "core/text.hpp"

namespace tq::feeds {
namespace {

using catalog::ProductArch;

/// One blank between words, none around them.
std::string even_blanks(std::string_view s) {
  std::string out;
  for (const char c : trim(s)) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (blank && (out.empty() || out.back() == ' ')) continue;
    out += blank ? ' ' : c;
  }
  return out;
}

/// Cuts the first occurrence of `phrase` out of `s`, whatever its case. False when it is not there.
bool cut(std::string& s, std::string_view phrase) {
  const std::size_t at = ifind(s, phrase);
  if (at == std::string::npos) return false;
  s.erase(at, phrase.size());
  s = even_blanks(s);
  return true;
}

struct ArchPhrase {
  std::string_view phrase;
  ProductArch arch;
};
constexpr ArchPhrase kArches[] = {{" for 32-bit Systems", ProductArch::x86},
                                  {" for x64-based Systems", ProductArch::x64},
                                  {" for ARM64-based Systems", ProductArch::arm64},
                                  {" for Itanium-based Systems", ProductArch::ia64},
                                  {" x64 Edition", ProductArch::x64}};

ProductArch cut_arch(std::string& s) {
  for (const ArchPhrase& a : kArches)
    if (cut(s, a.phrase)) return a.arch;
  return ProductArch::any;
}

/// "SP2" for a name that says "Service Pack 2".
std::string cut_service_pack(std::string& s) {
  constexpr std::string_view kWords = " Service Pack ";
  const std::size_t at = ifind(s, kWords);
  if (at == std::string::npos || at + kWords.size() >= s.size()) return {};
  const char digit = s[at + kWords.size()];
  if (digit < '1' || digit > '9') return {};
  s.erase(at, kWords.size() + 1);
  s = even_blanks(s);
  return std::string("SP") + digit;
}

/// Letters, digits and dots, all else one '-'.
std::string slug(std::string_view text) {
  std::string out;
  for (const char c : lower_ascii(text)) {
    const bool keep = is_alnum(c) || c == '.';
    if (keep)
      out += c;
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

/// MSRC writes "Itanium-Based" and "Itanium-based", "x64-based systems" and "Systems": one spelling each.
std::string even_spelling(std::string name) {
  for (const std::string_view right : {"Itanium-based Systems", "x64-based Systems", "32-bit Systems", "ARM64-based Systems", " Version "})
    if (const std::size_t at = ifind(name, right); at != std::string::npos) name.replace(at, right.size(), right);
  return name;
}

}  // namespace

ProductNamer::ProductNamer(const catalog::Catalog& base) {
  for (const catalog::Family& f : base.families()) families_.emplace(lower_ascii(f.name) + "/" + std::string(f.service_pack), f);
  for (const catalog::ComponentName& c : base.component_names())
    parts_.emplace(lower_ascii(c.text), Part{c.component, std::string(c.name), std::string(c.version), std::string(c.id)});
}

std::optional<NamedProduct> ProductNamer::read(std::string_view name, std::string_view component) const {
  const std::string even = even_blanks(name);
  const std::size_t on = even.rfind(" on ");
  auto p = read_windows(on == std::string::npos ? even : std::string_view(even).substr(on + 4));
  if (!p) return std::nullopt;
  std::optional<Part> part;
  if (on != std::string::npos)
    part = part_of(std::string_view(even).substr(0, on));
  else
    part = listed(component);
  if (!part) return p;
  p->component = part->component;
  p->component_name = part->name;
  p->component_version = part->version;
  p->name = part->name + (part->version.empty() ? "" : " " + part->version) + " on " + p->name;
  p->id = part->id + "@" + p->base;
  return p;
}

std::optional<NamedProduct> ProductNamer::read_windows(std::string_view name) const {
  NamedProduct p;
  std::string rest(name);
  if (istarts_with(rest, "Microsoft ")) rest.erase(0, std::string_view("Microsoft ").size());
  p.name = even_spelling(rest);
  p.core = cut(rest, "(Server Core installation)");
  p.arch = cut_arch(rest);
  p.service_pack = cut_service_pack(rest);
  const auto it = families_.find(lower_ascii(rest) + "/" + p.service_pack);
  if (it == families_.end()) return std::nullopt;
  const catalog::Family& f = it->second;
  if (p.arch == ProductArch::any) p.arch = f.arch;
  p.nt_version = f.nt_version;
  p.build = f.build;
  p.product_class = f.product_class;
  p.id = std::string(f.id) + (p.arch == ProductArch::any ? "" : std::string("-") + catalog::to_string(p.arch)) + (p.core ? "-core" : "");
  p.base = p.id;
  return p;
}

std::optional<ProductNamer::Part> ProductNamer::listed(std::string_view component) const {
  const auto it = parts_.find(lower_ascii(trim(component)));
  return it == parts_.end() ? std::nullopt : std::optional(it->second);
}

ProductNamer::Part ProductNamer::part_of(std::string_view text) const {
  if (auto known = listed(text)) return *known;
  constexpr std::string_view kDotNet = "Microsoft .NET Framework ";
  // Combinations of versions ("3.5 AND 4.8") are too many to list.
  if (istarts_with(text, kDotNet)) {
    const std::string version(text.substr(kDotNet.size()));
    return {catalog::Component::dotnet, ".NET Framework", version, "net" + slug(version)};
  }
  return {catalog::Component::other, std::string(text), {}, slug(text)};
}

}  // namespace tq::feeds
