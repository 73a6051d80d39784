// One line: a product name with numbers behind it, or a CPE.
#include <algorithm>
#include <array>

#include "core/ascii.hpp"
#include "core/text.hpp"
#include "core/version.hpp"
#include "format/banner/banner.hpp"
#include "format/textcodec/scan.hpp"

namespace tq::format::banner {
namespace {

using namespace textcodec;

/// Numbers from 2000 to 2099 are years of product names; no build of Windows NT 5 or later lies there.
bool can_be_build(const NumberText& n) {
  const std::size_t length = n.end - n.begin;
  return (length == 4 || length == 5) && n.value >= 2195 && n.value <= 0xFFFF;
}

/// "Build 6003", "(build:6003)", or a number of its own behind the product name.
std::optional<NumberText> find_build(std::string_view s) {
  for (std::size_t at = ifind(s, "build"); at != std::string_view::npos; at = ifind(s, "build", at + 5)) {
    const auto n = find_number(s, at + 5);
    if (n && n->begin - at <= 8 && can_be_build(*n)) return n;
  }
  for (auto n = find_number(s); n; n = find_number(s, n->end)) {
    const bool part = (n->begin > 0 && (s[n->begin - 1] == '.' || s[n->begin - 1] == ':' || s[n->begin - 1] == '-')) ||
                      (n->end < s.size() && s[n->end] == '.');
    if (!part && can_be_build(*n)) return n;
  }
  return std::nullopt;
}

/// "6.0" as a word: a Windows version without a build.
struct Pair {
  std::uint16_t major = 0, minor = 0;
  std::size_t begin = 0;
};
std::optional<Pair> find_pair(std::string_view s) {
  for (std::size_t i = 0; i + 2 < s.size(); ++i) {
    if (!is_digit(s[i]) || (i > 0 && (is_word(s[i - 1]) || s[i - 1] == '.'))) continue;
    const auto v = FileVersion::parse(s.substr(i), 2);
    if (!v) continue;
    const std::size_t end = i + std::to_string(v->major).size() + 1 + std::to_string(v->minor).size();
    const bool alone = end >= s.size() || (!is_word(s[end]) && s[end] != '.');
    const bool known = (v->major == 5 && v->minor <= 2) || (v->major == 6 && v->minor <= 4) || (v->major == 10 && v->minor == 0);
    if (alone && known && s[i + std::to_string(v->major).size()] == '.') return Pair{v->major, v->minor, i};
  }
  return std::nullopt;
}

/// Text behind "(key:" up to the bracket.
std::string bracketed(std::string_view s, std::string_view key) {
  const std::size_t at = ifind(s, key);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = s.substr(at + key.size());
  return std::string(trim(rest.substr(0, std::min(rest.find(')'), std::size_t{255}))));
}

/// "Service Pack 2" or "SP2" behind the product name.
std::optional<int> pack_of(std::string_view s) {
  const std::size_t at = ifind(s, "Service Pack");
  if (at != std::string_view::npos) return service_pack_of(s.substr(at, 20));
  for (std::size_t i = ifind(s, "SP"); i != std::string_view::npos; i = ifind(s, "SP", i + 2)) {
    const bool word = (i == 0 || !is_word(s[i - 1])) && i + 2 < s.size() && is_digit(s[i + 2]) && (i + 3 == s.size() || !is_word(s[i + 3]));
    if (word) return s[i + 2] - '0';
  }
  return std::nullopt;
}

/// Where the name of the product ends: before whichever of the things that follow it comes first.
std::size_t name_end(std::string_view s) {
  std::size_t end = s.size();
  const auto before = [&](std::size_t at) { end = std::min(end, at); };
  constexpr std::array<std::string_view, 14> kBehind = {
      " Service Pack", " build", "(build",    "(name:", "(domain:", "[Version", " x64",
      " x86",          " x32",   " (Windows", " SP1",   " SP2",     " 32-bit",  " 64-bit"};
  for (const auto word : kBehind) before(ifind(s, word));
  if (const auto n = find_build(s)) before(n->begin);
  if (const auto v = find_version(s)) before(v->begin);
  if (const auto p = find_pair(s)) before(p->begin);
  return end;
}

std::string edition_of(std::string_view product) {
  constexpr std::array<std::string_view, 16> kEditions = {
      "Standard",     "Enterprise", "Datacenter", "Web Server", "Web",     "Foundation", "Essentials", "HPC",
      "Professional", "Ultimate",   "Business",   "Home",       "Starter", "Pro",        "Education",  "Itanium"};
  std::size_t first = std::string_view::npos;
  for (const auto e : kEditions)
    for (std::size_t at = ifind(product, e); at != std::string_view::npos; at = ifind(product, e, at + 1))
      if (at > 0 && product[at - 1] == ' ' && (at + e.size() == product.size() || !is_letter(product[at + e.size()]))) {
        first = std::min(first, at);
        break;
      }
  return first == std::string_view::npos ? std::string() : std::string(trim(product.substr(first)));
}

/// One field of a CPE, "*" and "-" as empty, "\\" and "~" left as they are.
std::string_view cpe_field(std::string_view cpe, std::size_t index) {
  for (; index > 0; --index) {
    const std::size_t colon = cpe.find(':');
    if (colon == std::string_view::npos) return {};
    cpe = cpe.substr(colon + 1);
  }
  const std::string_view f = cpe.substr(0, cpe.find(':'));
  return f == "*" || f == "-" ? std::string_view{} : f;
}

std::string product_of_cpe(std::string_view product, std::string_view version) {
  // "windows_server_2008", "r2" -> "Windows Server 2008 R2"
  std::string out;
  bool start = true;
  for (char c : product) {
    out += c == '_' ? ' ' : start ? to_upper(c) : c;
    start = c == '_';
  }
  if (iequals(version, "r2")) out += " R2";
  return out;
}

/// "cpe:/o:microsoft:windows_server_2008:r2:sp1" and "cpe:2.3:o:microsoft:windows_server_2008:-:sp2:*:*:*:*:x64:*".
std::optional<Banner> parse_cpe(std::string_view line) {
  const std::size_t at = ifind(line, "cpe:");
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view cpe = line.substr(at);
  cpe = cpe.substr(0, cpe.find_first_of(" \t,;\"'|)<"));
  const bool v23 = istarts_with(cpe, "cpe:2.3:o:microsoft:windows");
  if (!v23 && !istarts_with(cpe, "cpe:/o:microsoft:windows")) return std::nullopt;
  const std::size_t product = v23 ? 4 : 3;
  Banner b;
  const std::string_view version = cpe_field(cpe, product + 1);
  b.product = product_of_cpe(cpe_field(cpe, product), version);
  if (const auto v = find_version(version)) {
    b.major = v->major;
    b.minor = v->minor;
    b.build = v->build;
    b.revision = v->revision;
  }
  b.service_pack = pack_of(cpe_field(cpe, product + 2));
  const std::string_view target = v23 ? cpe_field(cpe, product + 7) : cpe_field(cpe, product + 3);
  if (target.find("64") != std::string_view::npos || target.find("86") != std::string_view::npos) b.arch = std::string(arch_of(target));
  return b;
}

void take_numbers(std::string_view s, Banner& b) {
  if (const auto v = find_version(s)) {
    b.major = v->major;
    b.minor = v->minor;
    b.build = v->build;
    b.revision = v->revision;
  } else {
    if (const auto n = find_build(s)) b.build = n->value;
    if (const auto p = find_pair(s)) {
      b.major = p->major;
      b.minor = p->minor;
    }
  }
  b.service_pack = pack_of(s);
}

}  // namespace

std::optional<Banner> parse_line(std::string_view line) {
  line = line.substr(0, 4096);
  if (auto cpe = parse_cpe(line)) return cpe;
  std::size_t at = ifind(line, "Windows");
  while (at != std::string_view::npos && at > 0 && is_word(line[at - 1])) at = ifind(line, "Windows", at + 1);
  const bool product_version = ifind(line, "Product_Version:") != std::string_view::npos;  // rdp-ntlm-info of nmap
  if (at == std::string_view::npos && !product_version) return std::nullopt;
  const std::string_view s = at == std::string_view::npos ? line : line.substr(at);
  Banner b;
  // Signs such as "(R)" would look like brackets behind the name.
  const std::string clean = at == std::string_view::npos ? std::string(s) : plain_product(s);
  take_numbers(clean, b);
  if (!b.build && !b.major && !b.service_pack) return std::nullopt;
  if (at != std::string_view::npos) {
    b.product = std::string(trim(std::string_view(clean).substr(0, name_end(clean))));
    b.edition = edition_of(b.product);
    for (const std::string_view word : {" x64", " x86", " x32", "(x64", "(x86", " 64-bit", " 32-bit"})
      if (b.arch.empty() && ifind(clean, word) != std::string_view::npos) b.arch = std::string(arch_of(word));
  }
  b.host = bracketed(s, "(name:");
  b.domain = bracketed(s, "(domain:");
  return b;
}

}  // namespace tq::format::banner
