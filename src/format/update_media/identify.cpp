#include <fmt/format.h>

#include <algorithm>

#include "core/hash.hpp"
#include "core/text.hpp"
#include "format/servicing_names.hpp"
#include "format/update_media/answer_file.hpp"
#include "format/update_media/update_media.hpp"

namespace tq::format::update_media {
namespace {

constexpr std::uint64_t kMostText = std::uint64_t{16} << 20;
constexpr std::uint64_t kMostPayload = std::uint64_t{128} << 20;  ///< a larger payload is left packed: the answer file names it
constexpr std::size_t kContentsListed = 1000, kParentsListed = 200;

bool ends_with(const std::string& name, std::string_view end) {
  return name.size() >= end.size() && iequals(std::string_view(name).substr(name.size() - end.size()), end);
}

/// Sets the KB once: the first, strongest source stands, and a later one that differs is a contradiction.
void take_kb(UpdateFile& u, std::uint32_t kb, const char* from) {
  if (kb == 0) return;
  if (u.kb == 0) {
    u.kb = kb;
    u.kb_from = from;
  } else if (u.kb != kb) {
    u.conflicts.push_back(fmt::format("{} says {}, {} says {}", u.kb_from, kb_text(u.kb), from, kb_text(kb)));
  }
}

void take_arch(UpdateFile& u, const std::string& arch, const char* from) {
  if (arch.empty()) return;
  if (u.arch.empty())
    u.arch = arch;
  else if (u.arch != arch)
    u.conflicts.push_back(fmt::format("the processor is {}, and {} by the {}", u.arch, arch, from));
}

std::uint32_t first_kb(std::string_view text) {
  const auto all = kb_numbers(text);
  return all.empty() ? 0 : all.front();
}

/// "6.0" out of "windows6.0-kb..." or of a parent's version "6.0.6002.18005".
std::string nt_of(const std::string& file_name) {
  const auto at = ifind(file_name, "windows");
  if (at == std::string::npos) return {};
  const std::string rest = file_name.substr(at + 7);
  for (const char* v : {"6.0", "6.1", "6.2", "6.3", "10.0"})
    if (rest.starts_with(v)) return v;
  if (rest.starts_with("8.1")) return "6.3";
  if (rest.starts_with("8")) return "6.2";
  return {};
}

void from_name(UpdateFile& u, const std::string& name) {
  take_kb(u, first_kb(name), "file_name");
  const std::string low = lower_ascii(name);
  for (const char* word : {"x64", "amd64", "x86", "ia64", "arm64"}) {
    const auto at = low.find(std::string("-") + word);
    if (at != std::string::npos) return take_arch(u, arch_word(word), "file name");
  }
}

void from_package(UpdateFile& u, const manifest::Manifest& m) {
  u.identity = m.identity.package_form();
  take_kb(u, first_kb(m.identity.name), "manifest");
  take_arch(u, arch_word(m.identity.architecture), "manifest");
  if (u.description.empty()) u.description = m.description;
  for (const auto& parent : m.parents)
    for (const auto& id : parent.identities) {
      if (u.parents.size() < kParentsListed) u.parents.push_back(id.package_form());
      if (u.nt_version.empty() && id.version) u.nt_version = fmt::format("{}.{}", id.version->major, id.version->minor);
    }
  for (const auto& e : m.lost) u.lost.push_back(e);
}

std::optional<std::size_t> find_file(const cab::Cabinet& c, std::string_view name) {
  for (std::size_t i = 0; i < c.files().size(); ++i)
    if (iequals(c.files()[i].name, name)) return i;
  return std::nullopt;
}

/// Unpacks a member; a failure is noted and the rest goes on.
std::optional<std::vector<std::byte>> unpack(UpdateFile& u, const cab::Cabinet& c, std::size_t i, std::uint64_t limit) {
  auto r = c.extract(i, limit);
  if (r) return *std::move(r);
  u.lost.push_back(r.error());
  return std::nullopt;
}

/// A cabinet that is a package has update.mum at its top.
bool from_payload(UpdateFile& u, const cab::Cabinet& c) {
  const auto at = find_file(c, "update.mum");
  if (!at) return false;
  const auto text = unpack(u, c, *at, kMostText);
  if (!text) return true;
  const auto m = manifest::parse_manifest(bytes_of(*text));
  if (m)
    from_package(u, *m);
  else
    u.lost.push_back(m.error());
  return true;
}

void from_answer_file(UpdateFile& u, const std::vector<std::byte>& xml) {
  const auto a = read_answer_file(bytes_of(xml));
  for (const auto& e : a.lost) u.lost.push_back(e);
  if (a.packages.empty()) return;
  // Several packages: the servicing stack may come first; the last is what the file is named for.
  const auto& id = a.packages.back();
  if (u.identity.empty()) u.identity = id.package_form();
  take_kb(u, first_kb(id.name), "answer_file");
  take_arch(u, arch_word(id.architecture), "answer file");
}

void from_properties(UpdateFile& u, const std::vector<std::byte>& text) {
  for (const auto& [key, value] : read_properties(bytes_of(text))) {
    if (iequals(key, "KB Article Number")) take_kb(u, parse_kb(value).value_or(0), "properties");
    if (iequals(key, "Processor Architecture")) take_arch(u, arch_word(value), "properties");
  }
}

/// A .msu is a cabinet with a payload cabinet, its answer file, its properties and the rules of the update agent.
void from_msu(UpdateFile& u, const cab::Cabinet& c) {
  u.kind = Kind::msu;
  for (std::size_t i = 0; i < c.files().size(); ++i) {
    const auto& f = c.files()[i];
    const bool payload = ends_with(f.name, ".cab") && !iequals(f.name, "WSUSSCAN.cab");
    if (!payload || f.size > kMostPayload) continue;
    const auto bytes = unpack(u, c, i, kMostPayload);
    if (!bytes) continue;
    const auto inner = cab::Cabinet::open(bytes_of(*bytes));
    if (!inner) {
      u.lost.push_back(inner.error());
      continue;
    }
    from_payload(u, *inner);
  }
  for (std::size_t i = 0; i < c.files().size(); ++i) {
    const auto& name = c.files()[i].name;
    const bool xml = ends_with(name, ".xml"), properties = ends_with(name, "-pkgProperties.txt");
    if (!xml && !properties) continue;
    const auto text = unpack(u, c, i, kMostText);
    if (!text) continue;
    if (xml)
      from_answer_file(u, *text);
    else
      from_properties(u, *text);
  }
}

void from_cabinet(UpdateFile& u, Bytes file, const authenticode::Roots* roots) {
  u.kind = Kind::cab;
  const auto header = cab::read_header(file);
  if (!header) {
    u.lost.push_back(header.error());
    return;
  }
  u.signature = authenticode::check_cabinet(file, *header, roots);
  const auto c = cab::Cabinet::open(file);
  if (!c) {
    u.lost.push_back(c.error());
    return;
  }
  for (const auto& e : c->lost()) u.lost.push_back(e);
  for (const auto& f : c->files())
    if (u.contents.size() < kContentsListed) u.contents.push_back(f.name);
  if (from_payload(u, *c)) return;
  const auto named = [&](std::string_view end) {
    return std::any_of(c->files().begin(), c->files().end(), [&](const auto& f) { return ends_with(f.name, end); });
  };
  const bool told = find_file(*c, "WSUSSCAN.cab").has_value() || named("-pkgProperties.txt");
  if (!named(".cab") || (!told && !named(".xml"))) return;
  from_msu(u, *c);
  // Other cabinets hold cabinets and XML, too (the catalog of the update agent): without a package inside it is none.
  if (!told && u.identity.empty()) u.kind = Kind::cab;
}

void from_program(UpdateFile& u, Bytes file, const authenticode::Roots* roots) {
  const pe::View source(file);
  const auto image = pe::open(source);
  if (!image) {
    u.lost.push_back(image.error());
    return;
  }
  u.kind = Kind::exe;
  u.signature = authenticode::check_program(file, *image, roots);
  for (const auto& e : image->lost) u.lost.push_back(e);
  const auto info = pe::version_info(source, *image);
  if (!info) return;
  if (info->file_fixed) u.identity = info->file_fixed->text();
  for (const auto& [key, value] : info->strings) {
    if (iequals(key, "FileDescription")) u.description = value;
    if (iequals(key, "InternalName") || iequals(key, "OriginalFilename") || iequals(key, "FileDescription"))
      if (const auto kb = first_kb(value); kb != 0 && u.kb == 0) take_kb(u, kb, "version_resource");
  }
}

}  // namespace

const char* to_string(Kind k) {
  switch (k) {
    case Kind::msu: return "msu";
    case Kind::cab: return "cab";
    case Kind::exe: return "exe";
    case Kind::other: return "other";
  }
  return "?";
}

UpdateFile identify(Bytes file, const std::string& file_name, const authenticode::Roots* roots) {
  UpdateFile u;
  u.size = file.size();
  u.sha256 = sha256_hex(file);
  u.sha1 = hex(bytes_of(authenticode::digest("SHA1", {file})));
  u.signature.why = "no signed file";
  if (cab::is_cabinet(file))
    from_cabinet(u, file, roots);
  else if (file.chars().starts_with("MZ"))
    from_program(u, file, roots);
  if (u.kind == Kind::other) return u;
  from_name(u, file_name);
  if (u.nt_version.empty()) u.nt_version = nt_of(file_name);
  return u;
}

}  // namespace tq::format::update_media
