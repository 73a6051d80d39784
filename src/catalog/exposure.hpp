// The small words of `exposure_settings`: what is read, and when that means open. Shared by the checks and the judge.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "catalog/rows.hpp"

namespace tq::catalog {

/// What kind of reading a row asks for. `service` is a dword called Start; the last three are put together from other facts.
enum class Reads : std::uint8_t { dword, number, secret, subkeys, values, secret_values, service, firewall_rules, addresses, shares };
std::optional<Reads> parse_reads(std::string_view word);
/// True for those that a value or key of the registry answers.
bool from_registry(Reads r);

/// "=0", "!=0", "<3", "<=2", ">0", ">=1"; "has:4" any of these bits, "lacks:4" not all of them; "present", "absent".
struct OpenWhen {
  enum class Op : std::uint8_t { equal, not_equal, below, at_most, above, at_least, has, lacks, present, absent };
  Op op = Op::present;
  std::uint32_t number = 0;
};
std::optional<OpenWhen> parse_open_when(std::string_view text);

/// What stands there: nothing, a number, or something that is no number.
struct Standing {
  bool there = false;
  std::optional<std::uint32_t> number;
};
/// A comparison with what is not there, or is no number, is not true.
bool is_open(const OpenWhen& when, const Standing& standing);

/// The default of a row: "absent" or a number. nullopt: empty, so not known, or neither.
std::optional<Standing> parse_default(std::string_view cell);

/// Do the row's defaults hold for this Windows ("6.0")?
bool is_for(const ExposureSetting& row, std::string_view nt_version);

}  // namespace tq::catalog
