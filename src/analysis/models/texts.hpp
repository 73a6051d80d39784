// Texts as models see them: NUL-terminated or counted, each lane with its own.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>

#include "analysis/models/models.hpp"

namespace tq::analysis {

inline constexpr std::uint64_t kMostText = 160;  ///< characters

/// The text of every lane; nullopt for a lane in which a character is unknown.
struct Texts {
  std::array<std::optional<std::u16string>, kMostLanes> of;
  bool known = true;  ///< in all lanes of the mask
  std::uint8_t origin = 0;
  bool copy = false;  ///< made of the version itself
};

/// Up to a NUL, `most` characters, or what `chars` says for each lane. `address` may differ between lanes.
Texts texts(Engine& e, State& s, const Value& address, bool wide, std::uint64_t most = kMostText, const Value* chars = nullptr);
/// The name that a caller asks by; empty for null and for an ordinal in place of one, nullopt when it is not known.
std::optional<std::string> name_at(Engine& e, State& s, const Value& text, bool wide);
/// Where a UNICODE_STRING or ANSI_STRING says that its characters lie.
Value buffer_of(Engine& e, State& s, const Value& string);
/// Of a UNICODE_STRING or ANSI_STRING: as long as it says.
Texts counted_texts(Engine& e, State& s, const Value& string, bool wide);
/// Writes the text of each lane with its NUL, up to `room` characters in all. Nothing when `to` is null.
void write_texts(Engine& e, State& s, const Value& to, const Texts& t, bool wide, std::uint64_t room = kMostText + 1);
/// Sets the lengths and writes the text into the buffer of a counted string.
void write_counted(Engine& e, State& s, const Value& string, const Texts& t, bool wide);
/// A number of 32 bits that `f` makes from each lane's text.
Value number_of(Engine& e, const CallSite& c, const Texts& t, bool copy, const std::function<std::uint64_t(const std::u16string&)>& f);

/// The value of a character as a digit; 99 for one that is none up to 16.
constexpr unsigned digit_of(char16_t c) {
  const unsigned lower = c | 0x20U;
  return c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
}
/// A number in digits; lower case.
std::u16string digits_of(std::uint64_t v, unsigned base);
/// In each lane the place `chars` of it behind `start`; null for npos.
Value place_in(Engine& e, const Value& start, unsigned unit, std::uint8_t origin, const std::function<std::size_t(unsigned lane)>& chars);

/// Does the text at an address, or the buffer of a counted string there, differ between lanes?
bool text_varies(Engine& e, State& s, const Value& address);
/// An unknown that may differ between lanes: showing it decides nothing, a branch on it is not worked out.
Value unclear(Engine& e, const CallSite& c, unsigned bits, std::uint64_t n);
/// Begins of a text that the version is in, but that was not worked out.
void write_unclear(Engine& e, State& s, const CallSite& c, const Value& to);

/// A function that looks behind pointers and has no model, or not for these arguments: when something of the version is handed to it, what
/// it gives is not clear. False when nothing is, and where the time is asked for.
bool text_lost(Engine& e, State& s, const CallSite& c);

}  // namespace tq::analysis
