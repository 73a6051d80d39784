// `reg query`: a key on a line of its own, below it "    name    REG_SZ    data". Windows XP puts tabs between.
#include <array>
#include <charconv>

#include "core/bytes.hpp"
#include "core/text.hpp"
#include "format/regtext/build.hpp"
#include "format/textcodec/lines.hpp"
#include "format/textcodec/scan.hpp"

namespace tq::format::regtext {
namespace {

struct TypeName {
  std::string_view name;
  std::uint32_t type;
};
// Longer names before those they begin with.
constexpr std::array<TypeName, 12> kTypes = {{{"REG_SZ", kSz},
                                              {"REG_EXPAND_SZ", kExpandSz},
                                              {"REG_BINARY", kBinary},
                                              {"REG_DWORD_BIG_ENDIAN", kDwordBigEndian},
                                              {"REG_DWORD", kDword},
                                              {"REG_MULTI_SZ", kMultiSz},
                                              {"REG_QWORD", kQword},
                                              {"REG_NONE", kNone},
                                              {"REG_LINK", kLink},
                                              {"REG_RESOURCE_LIST", 8},
                                              {"REG_FULL_RESOURCE_DESCRIPTOR", 9},
                                              {"REG_RESOURCE_REQUIREMENTS_LIST", 10}}};

/// What reg.exe prints for the default value, and for its data when there is none, in the languages of the console.
constexpr std::array<std::string_view, 12> kDefaultNames = {"(Default)",        "<NO NAME>",     "(Standard)", "(par défaut)",
                                                            "(Predeterminado)", "(Predefinito)", "(padrão)",   "(по умолчанию)",
                                                            "(По умолчанию)",   "(既定)",        "(默认)",     "(기본값)"};

struct Split {
  std::string_view name, data;
  std::uint32_t type = kNone;
};

std::optional<Split> split_value(std::string_view line) {
  for (std::size_t at = line.find("REG_"); at != std::string_view::npos; at = line.find("REG_", at + 1)) {
    // Names may hold single blanks and even "REG_": the type stands between tabs or runs of blanks.
    if (at == 0 || !(line[at - 1] == '\t' || (at >= 2 && line[at - 1] == ' ' && line[at - 2] == ' '))) continue;
    for (const auto& t : kTypes) {
      if (!line.substr(at).starts_with(t.name)) continue;
      const std::size_t end = at + t.name.size();
      if (end < line.size() && line[end] != ' ' && line[end] != '\t') continue;
      std::string_view data = line.substr(end);
      // Four blanks or a tab belong to the layout; blanks behind them are data.
      if (data.starts_with("\t"))
        data.remove_prefix(1);
      else
        data.remove_prefix(
            std::min(data.find_first_not_of(' ') == std::string_view::npos ? data.size() : data.find_first_not_of(' '), std::size_t{4}));
      return Split{trim(line.substr(0, at)), data, t.type};
    }
  }
  return std::nullopt;
}

bool number(std::string_view s, std::size_t bytes, std::vector<std::byte>& out) {
  s = trim(s);
  const bool hex = istarts_with(s, "0x");
  if (hex) s.remove_prefix(2);
  std::uint64_t n = 0;
  const auto r = std::from_chars(s.data(), s.data() + s.size(), n, hex ? 16 : 10);
  if (s.empty() || r.ec != std::errc{} || r.ptr != s.data() + s.size() || (bytes == 4 && n > 0xFFFFFFFF)) return false;
  out = number_data(n, bytes);
  return true;
}

bool binary(std::string_view s, std::vector<std::byte>& out) {
  s = trim(s);
  if (s.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < s.size(); i += 2) {
    std::uint8_t b = 0;
    const auto r = std::from_chars(s.data() + i, s.data() + i + 2, b, 16);
    if (r.ec != std::errc{} || r.ptr != s.data() + i + 2) return false;
    out.push_back(static_cast<std::byte>(b));
  }
  return true;
}

/// "a\0b" of reg query: a backslash and a zero stand between the strings.
std::vector<std::byte> multi(std::string_view s) {
  std::string joined;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '\\' && i + 1 < s.size() && s[i + 1] == '0') {
      joined += '\0';
      ++i;
    } else {
      joined += s[i];
    }
  }
  while (!joined.empty() && joined.back() == '\0') joined.pop_back();
  if (!joined.empty()) joined += '\0';
  return utf16_data(joined);
}

bool take_data(const Split& s, Value& v) {
  v.type = s.type;
  switch (s.type) {
    case kSz:
    case kExpandSz:
    case kLink: v.data = utf16_data(s.data); break;
    case kMultiSz: v.data = multi(s.data); break;
    case kDword:
      if (!number(s.data, 4, v.data)) return false;
      break;
    case kQword:
      if (!number(s.data, 8, v.data)) return false;
      break;
    default:
      if (!binary(s.data, v.data)) return false;
      break;
  }
  describe(v);
  return true;
}

/// Where the text ends at once behind it: is the data whole by its form? The number of a build is.
bool surely_whole(const Split& s) {
  const std::string_view data = trim(s.data);
  return s.type == kSz && data.size() >= 4 && data.find_first_not_of("0123456789") == std::string_view::npos &&
         !textcodec::version_may_go_on(data);
}

/// open: the text ends within the line.
void value_line(std::string_view line, std::uint32_t number, bool open, Builder& build) {
  const auto s = split_value(line);
  if (!s || line.size() > kValueBytes) return build.lose(number, "name    REG_type    data", trim(line));
  if (open && !surely_whole(*s)) return build.lose(number, "a line end behind the last value", trim(line));
  Value v;
  v.line = number;
  v.name = std::string(s->name);
  for (const auto name : kDefaultNames)
    if (s->name == name) v.name.clear();
  // "(value not set)" in any language: the default value is not there.
  const bool unset = v.name.empty() && s->data.starts_with("(") && s->data.ends_with(")");
  if (unset) return;
  if (!take_data(*s, v)) return build.lose(number, "data of its type", trim(line));
  build.value(std::move(v));
}

}  // namespace

void read_query(std::string_view utf8, RegText& out, std::size_t most) {
  Builder build(out, most);
  textcodec::LineReader lines(utf8);
  bool in_key = false;
  std::string path;
  for (std::string_view line; lines.next(line);) {
    if (trim(line).empty()) continue;
    const bool indented = line[0] == ' ' || line[0] == '\t';
    if (!indented && root_path(trim(line), path)) {
      build.key(path, false, lines.number());
      in_key = true;
    } else if (indented && in_key) {
      value_line(line, lines.number(), lines.ended_open(), build);
    }
    // Other lines are prompts, "! REG.EXE VERSION 3.0" and "End of search: ...".
  }
}

}  // namespace tq::format::regtext
