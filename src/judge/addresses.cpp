#include "judge/addresses.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

namespace tq::judge {
namespace {

using V6 = std::array<std::uint16_t, 8>;

template <class T>
std::optional<T> number(std::string_view s, int base, T most) {
  std::uint32_t n = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), n, base);
  if (s.empty() || error != std::errc{} || end != s.data() + s.size() || n > most) return std::nullopt;
  return static_cast<T>(n);
}

std::optional<std::uint32_t> parse_v4(std::string_view s) {
  std::uint32_t out = 0;
  for (int i = 0; i < 4; ++i) {
    const auto dot = i < 3 ? s.find('.') : s.size();
    if (dot > 3) return std::nullopt;  // none at all is farther still
    const auto part = number<std::uint32_t>(s.substr(0, dot), 10, 255);
    if (!part) return std::nullopt;
    out = out << 8 | *part;
    s.remove_prefix(i < 3 ? dot + 1 : dot);
  }
  return out;
}

struct Network {
  std::uint32_t net;
  int bits;
  AddressKind kind;
};
constexpr std::uint32_t ip(std::uint32_t a, std::uint32_t b, std::uint32_t c) { return a << 24 | b << 16 | c << 8; }
// RFC 6890 and the RFCs that each kind names. The first that fits counts.
constexpr std::array kNetworks = {
    Network{ip(10, 0, 0), 8, AddressKind::private_use},       Network{ip(172, 16, 0), 12, AddressKind::private_use},
    Network{ip(192, 168, 0), 16, AddressKind::private_use},   Network{ip(127, 0, 0), 8, AddressKind::this_machine},
    Network{ip(169, 254, 0), 16, AddressKind::link_local},    Network{ip(100, 64, 0), 10, AddressKind::shared},
    Network{ip(192, 0, 2), 24, AddressKind::documentation},   Network{ip(198, 51, 100), 24, AddressKind::documentation},
    Network{ip(203, 0, 113), 24, AddressKind::documentation}, Network{ip(0, 0, 0), 8, AddressKind::reserved},
    Network{ip(192, 0, 0), 24, AddressKind::reserved},        Network{ip(198, 18, 0), 15, AddressKind::reserved},
    Network{ip(224, 0, 0), 3, AddressKind::reserved}};

AddressKind kind_of_v4(std::uint32_t a) {
  for (const auto& r : kNetworks)
    if ((a ^ r.net) >> (32 - r.bits) == 0) return r.kind;
  return AddressKind::public_use;
}

/// Groups of `s` into `out` from `at` on; the last may be an IPv4 address. Empty text is no group. False: malformed or too many.
bool groups(std::string_view s, V6& out, std::size_t& at) {
  while (!s.empty()) {
    const auto colon = std::min(s.find(':'), s.size());
    const auto part = s.substr(0, colon);
    if (const auto v4 = colon == s.size() ? parse_v4(part) : std::nullopt) {
      if (at + 2 > out.size()) return false;
      out[at++] = static_cast<std::uint16_t>(*v4 >> 16);
      out[at++] = static_cast<std::uint16_t>(*v4 & 0xFFFF);
      return true;
    }
    const auto group = part.size() <= 4 ? number<std::uint16_t>(part, 16, 0xFFFF) : std::nullopt;
    if (!group || at == out.size()) return false;
    out[at++] = *group;
    if (colon + 1 == s.size()) return false;  // a colon with nothing behind it
    s.remove_prefix(std::min(colon + 1, s.size()));
  }
  return true;
}

std::optional<V6> parse_v6(std::string_view s) {
  s = s.substr(0, s.find('%'));
  V6 head{}, tail{};
  std::size_t in_head = 0, in_tail = 0;
  const auto gap = s.find("::");
  if (!groups(s.substr(0, gap), head, in_head)) return std::nullopt;
  if (gap == std::string_view::npos) return in_head == head.size() ? std::optional(head) : std::nullopt;
  if (!groups(s.substr(gap + 2), tail, in_tail) || in_head + in_tail >= head.size()) return std::nullopt;
  for (std::size_t i = 0; i < in_tail; ++i) head[head.size() - in_tail + i] = tail[i];
  return head;
}

AddressKind kind_of_v6(const V6& a) {
  const bool low = a[0] == 0 && a[1] == 0 && a[2] == 0 && a[3] == 0 && a[4] == 0;
  const std::uint32_t last = static_cast<std::uint32_t>(a[6]) << 16 | a[7];
  if (low && a[5] == 0xFFFF) return kind_of_v4(last);  // ::ffff:192.0.2.1
  if (low && a[5] == 0) return last == 1 ? AddressKind::this_machine : AddressKind::reserved;
  if ((a[0] & 0xFFC0) == 0xFE80) return AddressKind::link_local;
  if ((a[0] & 0xFE00) == 0xFC00 || (a[0] & 0xFFC0) == 0xFEC0) return AddressKind::private_use;
  if ((a[0] == 0x2001 && a[1] == 0x0DB8) || (a[0] == 0x3FFF && a[1] < 0x1000)) return AddressKind::documentation;
  return (a[0] & 0xE000) == 0x2000 ? AddressKind::public_use : AddressKind::reserved;
}

}  // namespace

const char* to_string(AddressKind k) {
  switch (k) {
    case AddressKind::not_an_address: return "no address";
    case AddressKind::this_machine: return "this machine";
    case AddressKind::link_local: return "link-local";
    case AddressKind::private_use: return "private";
    case AddressKind::shared: return "shared by a provider (RFC 6598)";
    case AddressKind::documentation: return "for documentation";
    case AddressKind::reserved: return "reserved";
    case AddressKind::public_use: return "public";
  }
  return "?";
}

AddressKind kind_of_address(std::string_view text) {
  if (const auto v4 = parse_v4(text)) return kind_of_v4(*v4);
  if (text.find(':') == std::string_view::npos) return AddressKind::not_an_address;
  const auto v6 = parse_v6(text);
  return v6 ? kind_of_v6(*v6) : AddressKind::not_an_address;
}

}  // namespace tq::judge
