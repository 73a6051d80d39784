// .reg exports: "[key]" lines, "name"=value lines, hex values that go on behind a backslash, strings that hold line ends.
#include <charconv>

#include "core/ascii.hpp"
#include "core/bytes.hpp"
#include "core/text.hpp"
#include "format/regtext/build.hpp"
#include "format/textcodec/codepage.hpp"
#include "format/textcodec/lines.hpp"

namespace tq::format::regtext {
namespace {

using textcodec::LineReader;

class Export {
 public:
  Export(std::string_view text, RegText& out, std::size_t most) : lines_(text), out_(out), build_(out, most) {}

  void run() {
    for (std::string_view line; lines_.next(line);) {
      const std::string_view s = trim(line);
      if (s.empty() || s[0] == ';') continue;
      if (s[0] == '[')
        key_line(s);
      else if (s[0] == '"' || s[0] == '@')
        value_line(line.substr(static_cast<std::size_t>(s.data() - line.data())));
      else if (!istarts_with(s, "Windows Registry Editor") && s != "REGEDIT4" && s != "\xEF\xBB\xBFREGEDIT4")
        build_.lose(lines_.number(), "[key], \"name\"=value or a comment", s);
    }
  }

 private:
  void key_line(std::string_view s) {
    const bool deleted = s.starts_with("[-");
    const std::size_t from = deleted ? 2 : 1;
    // Names may hold brackets: the last one on the line closes.
    const std::size_t end = s.rfind(']');
    std::string path;
    if (end == std::string_view::npos || end < from || !root_path(s.substr(from, end - from), path)) {
      build_.lose(lines_.number(), "[HKEY_...\\key]", s);
      build_.key("?", true, lines_.number());  // its values must not fall to the key before
      out_.keys.back().deleted = true;
      return;
    }
    build_.key(path, deleted, lines_.number());
  }

  /// Reads a quoted string that starts behind the quote at s[at]; takes further lines while it is open. False when it never closes.
  bool quoted(std::string_view& s, std::size_t& at, std::string& out) {
    while (true) {
      for (; at < s.size(); ++at) {
        if (s[at] == '"') return ++at, true;
        if (s[at] == '\\' && at + 1 < s.size() && (s[at + 1] == '\\' || s[at + 1] == '"')) ++at;
        out += s[at];
      }
      if (out.size() > kValueBytes) return false;
      const LineReader before = lines_;
      if (!lines_.next(s)) {
        lines_ = before;
        return false;
      }
      // regedit writes the line ends of a string as they are
      out += "\r\n";
      at = 0;
    }
  }

  void value_line(std::string_view s) {
    const LineReader start = lines_;
    Value v;
    v.line = lines_.number();
    std::size_t at = 1;
    if (s[0] == '"' && !quoted(s, at, v.name)) return reject(start, s, "a closed quote");
    while (at < s.size() && (s[at] == ' ' || s[at] == '\t')) ++at;
    if (at >= s.size() || s[at] != '=') return reject(start, s, "= behind the name");
    const std::size_t text = s.find_first_not_of(" \t", at + 1);
    if (text == std::string_view::npos) return reject(start, s, "a value behind =");
    if (!data(s, text, v)) return reject(start, s, "a string, dword:, hex: or -");
    build_.value(std::move(v));
  }

  /// A line that cannot be read costs itself only: reading goes on behind the line it began on.
  void reject(const LineReader& start, std::string_view s, const char* wanted) {
    lines_ = start;
    build_.lose(start.number(), wanted, s);
  }

  bool data(std::string_view s, std::size_t at, Value& v) {
    const std::string_view rest = trim(s.substr(at));
    if (rest.empty()) return false;
    if (rest == "-") return v.deleted = true;
    if (rest[0] == '"') return string_value(s, at + 1, kSz, v);
    if (istarts_with(rest, "dword:")) return dword(trim(rest.substr(6)), v);
    if (istarts_with(rest, "hex")) return hex(rest.substr(3), v);
    if (istarts_with(rest, "str")) {  // hivexregedit: str(2):"..."
      const std::size_t colon = s.find(':', at);
      std::uint32_t type = kSz;
      if (colon == std::string_view::npos || !type_of(s.substr(at + 3, colon - at - 3), type) || colon + 1 >= s.size() ||
          s[colon + 1] != '"')
        return false;
      return string_value(s, colon + 2, type, v);
    }
    return false;
  }

  bool string_value(std::string_view s, std::size_t at, std::uint32_t type, Value& v) {
    std::string text;
    if (!quoted(s, at, text)) return false;
    const std::string_view behind = trim(s.substr(at));
    if (!behind.empty() && behind[0] != ';') return false;
    v.type = type;
    v.data = utf16_data(text);
    describe(v);
    return true;
  }

  bool dword(std::string_view digits, Value& v) {
    digits = trim(digits.substr(0, digits.find(';')));
    std::uint32_t n = 0;
    const auto r = std::from_chars(digits.data(), digits.data() + digits.size(), n, 16);
    if (lines_.ended_open() && digits.size() < 8) return false;  // regedit writes eight
    if (digits.empty() || r.ec != std::errc{} || r.ptr != digits.data() + digits.size()) return false;
    v.type = kDword;
    v.data = number_data(n, 4);
    describe(v);
    return true;
  }

  /// "(7)" -> 7, "" -> the given type; the number is hexadecimal.
  static bool type_of(std::string_view s, std::uint32_t& type) {
    if (s.empty()) return true;
    if (s.size() < 3 || s.front() != '(' || s.back() != ')') return false;
    const auto r = std::from_chars(s.data() + 1, s.data() + s.size() - 1, type, 16);
    return r.ec == std::errc{} && r.ptr == s.data() + s.size() - 1;
  }

  bool hex(std::string_view s, Value& v) {
    const std::size_t colon = s.find(':');
    v.type = kBinary;
    if (colon == std::string_view::npos || !type_of(s.substr(0, colon), v.type)) return false;
    s = s.substr(colon + 1);
    while (true) {
      bool goes_on = false;
      if (!hex_line(s, v.data, goes_on) || v.data.size() > kValueBytes) return false;
      if (!goes_on) break;
      if (!lines_.next(s)) return false;
    }
    if (lines_.ended_open()) return false;  // more bytes may have followed
    if (out_.layout == Layout::regedit4 && (v.type == kExpandSz || v.type == kMultiSz)) widen(v.data);
    describe(v);
    return true;
  }

  /// "00,1a,\": two digits each. A backslash at the end asks for the next line.
  static bool hex_line(std::string_view s, std::vector<std::byte>& data, bool& goes_on) {
    s = trim(s.substr(0, s.find(';')));
    if (s.ends_with("\\")) {
      goes_on = true;
      s.remove_suffix(1);
    }
    for (std::size_t i = 0; i < s.size();) {
      if (s[i] == ' ' || s[i] == '\t' || s[i] == ',') {
        ++i;
        continue;
      }
      const int high = hex_digit(s[i]);
      const int low = i + 1 < s.size() ? hex_digit(s[i + 1]) : -1;
      if (high < 0) return false;
      // Some programs write a single digit for bytes below 16.
      data.push_back(static_cast<std::byte>(low < 0 ? high : high * 16 + low));
      i += low < 0 ? 1 : 2;
    }
    return true;
  }

  /// REGEDIT4 writes the strings of hex(2) and hex(7) in the code page of the machine; a hive holds UTF-16.
  static void widen(std::vector<std::byte>& data) {
    const auto chars = bytes_of(data).chars();
    data = utf16_data(is_utf8(chars) ? std::string(chars) : textcodec::choose_code_page(chars).utf8, /*close=*/false);
  }

  LineReader lines_;
  RegText& out_;
  Builder build_;
};

}  // namespace

void read_export(std::string_view utf8, RegText& out, std::size_t most) {
  Export(utf8, out, most).run();
  // Key lines that could not be read were stand-ins for the values below them.
  std::erase_if(out.keys, [](const Key& k) { return k.path == "?"; });
}

}  // namespace tq::format::regtext
