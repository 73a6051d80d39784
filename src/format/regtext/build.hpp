// What both layouts share: collecting keys and values within limits, and data in the form of a hive.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "format/regtext/regtext.hpp"

namespace tq::format::regtext {

class Builder {
 public:
  Builder(RegText& out, std::size_t most) : out_(out), most_(most) {}
  /// Begins a key; one that was met before goes on. `deleted`: "[-key]".
  void key(std::string_view path, bool deleted, std::uint32_t line);
  /// Adds to the last key; before any key it is a loss.
  void value(Value v);
  void lose(std::uint32_t line, const char* wanted, std::string_view found);

 private:
  bool room(std::uint32_t line);
  RegText& out_;
  std::size_t most_;  ///< keys and values together
  std::unordered_map<std::string, std::size_t> by_path_;
  std::size_t current_ = 0, count_ = 0;
  bool any_ = false, full_ = false;
};

/// True when the line starts with a root key, long or short ("HKLM"). `path` then has the long name.
bool root_path(std::string_view text, std::string& path);

/// UTF-16LE, with a closing NUL unless the text brings its own.
std::vector<std::byte> utf16_data(std::string_view utf8, bool close = true);
std::vector<std::byte> number_data(std::uint64_t n, std::size_t bytes);
/// Sets text and number from type and data.
void describe(Value& v);

/// `most`: keys and values together.
void read_export(std::string_view utf8, RegText& out, std::size_t most);
void read_query(std::string_view utf8, RegText& out, std::size_t most);

}  // namespace tq::format::regtext
