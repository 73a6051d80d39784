#include "catalog/exposure.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace tq::catalog {
namespace {

using Op = OpenWhen::Op;

constexpr std::array<std::pair<std::string_view, Reads>, 10> kReads = {{{"dword", Reads::dword},
                                                                        {"number", Reads::number},
                                                                        {"secret", Reads::secret},
                                                                        {"subkeys", Reads::subkeys},
                                                                        {"values", Reads::values},
                                                                        {"secret_values", Reads::secret_values},
                                                                        {"service", Reads::service},
                                                                        {"firewall_rules", Reads::firewall_rules},
                                                                        {"addresses", Reads::addresses},
                                                                        {"shares", Reads::shares}}};

// Longer signs first: "<=" begins with "<".
constexpr std::array<std::pair<std::string_view, Op>, 8> kSigns = {{{"!=", Op::not_equal},
                                                                    {"<=", Op::at_most},
                                                                    {">=", Op::at_least},
                                                                    {"=", Op::equal},
                                                                    {"<", Op::below},
                                                                    {">", Op::above},
                                                                    {"has:", Op::has},
                                                                    {"lacks:", Op::lacks}}};

std::optional<std::uint32_t> whole_number(std::string_view text) {
  std::uint32_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return n;
}

/// Is `word` one of "a;b;c"?
bool lists(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const auto end = std::min(list.find(';'), list.size());
    if (list.substr(0, end) == word) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

}  // namespace

std::optional<Reads> parse_reads(std::string_view word) {
  for (const auto& [name, reads] : kReads)
    if (name == word) return reads;
  return std::nullopt;
}

bool from_registry(Reads r) { return r != Reads::firewall_rules && r != Reads::addresses && r != Reads::shares; }

std::optional<OpenWhen> parse_open_when(std::string_view text) {
  if (text == "present") return OpenWhen{Op::present, 0};
  if (text == "absent") return OpenWhen{Op::absent, 0};
  for (const auto& [sign, op] : kSigns) {
    if (!text.starts_with(sign)) continue;
    const auto n = whole_number(text.substr(sign.size()));
    return n ? std::optional(OpenWhen{op, *n}) : std::nullopt;
  }
  return std::nullopt;
}

bool is_open(const OpenWhen& when, const Standing& standing) {
  if (when.op == Op::present) return standing.there;
  if (when.op == Op::absent) return !standing.there;
  if (!standing.there || !standing.number) return false;
  const std::uint32_t v = *standing.number, n = when.number;
  switch (when.op) {
    case Op::equal: return v == n;
    case Op::not_equal: return v != n;
    case Op::below: return v < n;
    case Op::at_most: return v <= n;
    case Op::above: return v > n;
    case Op::at_least: return v >= n;
    case Op::has: return (v & n) != 0;
    case Op::lacks: return (v & n) != n;
    case Op::present:
    case Op::absent: break;
  }
  return false;
}

std::optional<Standing> parse_default(std::string_view cell) {
  if (cell == "absent") return Standing{};
  const auto n = whole_number(cell);
  return n ? std::optional(Standing{true, n}) : std::nullopt;
}

bool is_for(const ExposureSetting& row, std::string_view nt_version) {
  return row.nt_versions == "*" || lists(row.nt_versions, nt_version);
}

}  // namespace tq::catalog
