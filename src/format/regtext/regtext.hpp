// Registry keys as text: .reg exports (version 5, REGEDIT4, and hivexregedit's without a header) and `reg query` output.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace tq::format::regtext {

enum class Layout { version5, regedit4, headless, query };
const char* to_string(Layout l);

// Value types that have a text form of their own; all other numbers are kept as they are.
inline constexpr std::uint32_t kNone = 0, kSz = 1, kExpandSz = 2, kBinary = 3, kDword = 4, kDwordBigEndian = 5, kLink = 6, kMultiSz = 7,
                               kQword = 11;

struct Value {
  std::string name;  ///< empty for the default value
  std::uint32_t type = kNone;
  std::vector<std::byte> data;          ///< as in a hive: strings in UTF-16LE with their NUL
  std::string text;                     ///< strings as they are, lists with a line end between, numbers in decimal, else hex
  std::optional<std::uint64_t> number;  ///< of a DWORD or QWORD of the right size
  bool deleted = false;                 ///< "name"=-
  std::uint32_t line = 0;               ///< from 1
};

struct Key {
  std::string path;      ///< "HKEY_LOCAL_MACHINE\SOFTWARE\...", as printed but with the long root name
  bool deleted = false;  ///< [-HKEY_...]
  std::vector<Value> values;
  std::uint32_t line = 0;
};

struct RegText {
  Layout layout = Layout::version5;
  std::vector<Key> keys;  ///< in order of appearance; a key that comes again continues its first appearance
  std::vector<Error> losses;
};

inline constexpr std::uint64_t kTextBytes = std::uint64_t{256} << 20;  ///< an export of a whole SYSTEM hive has about 100 MB
inline constexpr std::size_t kValueBytes = std::size_t{4} << 20;
inline constexpr std::size_t kKeysAndValues = 4'000'000;

/// True for the headers of exports, and for a key line followed by a value of the right form.
bool looks_like(std::string_view utf8);

/// Errors: not_found (no key line), limit. Lines that are no value are named in `losses`, the rest is read.
Result<RegText> parse(std::string_view utf8, std::size_t most_keys_and_values = kKeysAndValues);

/// A live value by its name, without regard to case. Null: not there, or deleted by the text.
const Value* find_value(const Key& key, std::string_view name);

}  // namespace tq::format::regtext
