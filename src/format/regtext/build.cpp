#include "format/regtext/build.hpp"

#include <array>

#include "core/bytes.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace tq::format::regtext {
namespace {

struct Root {
  std::string_view brief, full;
};
constexpr std::array<Root, 6> kRoots = {{{"HKLM", "HKEY_LOCAL_MACHINE"},
                                         {"HKCU", "HKEY_CURRENT_USER"},
                                         {"HKCR", "HKEY_CLASSES_ROOT"},
                                         {"HKU", "HKEY_USERS"},
                                         {"HKCC", "HKEY_CURRENT_CONFIG"},
                                         {"HKPD", "HKEY_PERFORMANCE_DATA"}}};

bool is_string(std::uint32_t type) { return type == kSz || type == kExpandSz || type == kLink || type == kMultiSz; }

std::string hex_text(const std::vector<std::byte>& data) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(data.size() * 2);
  for (const std::byte b : data) {
    out += kDigits[std::to_integer<unsigned>(b) >> 4];
    out += kDigits[std::to_integer<unsigned>(b) & 15];
  }
  return out;
}

/// UTF-8 without the closing NULs; the NULs inside a list become line ends.
std::string string_text(const Value& v) {
  std::string s = utf16le_to_utf8(bytes_of(v.data));
  while (!s.empty() && s.back() == '\0') s.pop_back();
  if (v.type != kMultiSz) return s.substr(0, s.find('\0'));
  for (char& c : s)
    if (c == '\0') c = '\n';
  return s;
}

}  // namespace

bool root_path(std::string_view text, std::string& path) {
  const std::string_view root = text.substr(0, text.find('\\'));
  const std::string_view rest = text.substr(root.size());
  for (const auto& r : kRoots)
    if (iequals(root, r.brief) || iequals(root, r.full)) {
      path = std::string(r.full) + std::string(rest);
      while (!path.empty() && path.back() == '\\') path.pop_back();
      return true;
    }
  return false;
}

std::vector<std::byte> utf16_data(std::string_view utf8, bool close) {
  const std::u16string wide = utf8_to_utf16(utf8);
  std::vector<std::byte> out;
  out.reserve(wide.size() * 2 + 2);
  for (const char16_t c : wide) {
    out.push_back(static_cast<std::byte>(c & 0xFF));
    out.push_back(static_cast<std::byte>(c >> 8));
  }
  if (close) out.insert(out.end(), 2, std::byte{0});
  return out;
}

std::vector<std::byte> number_data(std::uint64_t n, std::size_t bytes) {
  std::vector<std::byte> out(bytes);
  for (std::size_t i = 0; i < bytes; ++i) out[i] = static_cast<std::byte>((n >> (8 * i)) & 0xFF);
  return out;
}

void describe(Value& v) {
  const std::size_t width = v.type == kQword ? 8 : v.type == kDword || v.type == kDwordBigEndian ? 4 : 0;
  if (width != 0 && v.data.size() == width) {
    std::uint64_t n = 0;
    for (std::size_t i = 0; i < width; ++i)
      n = (n << 8) | std::to_integer<std::uint64_t>(v.data[v.type == kDwordBigEndian ? i : width - 1 - i]);
    v.number = n;
    v.text = std::to_string(n);
  } else {
    v.text = is_string(v.type) ? string_text(v) : hex_text(v.data);
  }
}

bool Builder::room(std::uint32_t line) {
  if (count_ < most_) return ++count_, true;
  if (!full_)
    out_.losses.push_back(Error{ErrorCode::limit, "registry text line " + std::to_string(line),
                                std::to_string(most_) + " keys and values at most", "more", std::nullopt, "export fewer keys"});
  full_ = true;
  return false;
}

void Builder::key(std::string_view path, bool deleted, std::uint32_t line) {
  any_ = false;
  if (!room(line)) return;
  std::string id = lower_ascii(path);
  if (deleted) id += '\0';  // a key that is deleted and written again are two records
  const auto [it, fresh] = by_path_.emplace(std::move(id), out_.keys.size());
  if (fresh) out_.keys.push_back(Key{std::string(path), deleted, {}, line});
  current_ = it->second;
  any_ = true;
}

void Builder::value(Value v) {
  if (!any_) return lose(v.line, "a key before its values", v.name);
  if (room(v.line)) out_.keys[current_].values.push_back(std::move(v));
}

void Builder::lose(std::uint32_t line, const char* wanted, std::string_view found) {
  if (out_.losses.size() >= limits::kLossesListed) return;
  out_.losses.push_back(Error{ErrorCode::corrupt, "registry text line " + std::to_string(line), wanted, std::string(found.substr(0, 120))});
}

}  // namespace tq::format::regtext
