#include "format/banner/banner.hpp"

#include <algorithm>
#include <array>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "format/textcodec/lines.hpp"
#include "format/textcodec/scan.hpp"

namespace tq::format::banner {
namespace {

/// A line of an nmap report without its frame: "|_  OS: x" -> "OS: x".
std::string_view unframed(std::string_view line) {
  std::string_view s = trim(line);
  while (!s.empty() && (s[0] == '|' || s[0] == '_' || s[0] == ' ')) s.remove_prefix(1);
  return s;
}

/// Value of "key: value"; nullopt when the line is another.
std::optional<std::string_view> value_of(std::string_view s, std::string_view key) {
  if (!istarts_with(s, key)) return std::nullopt;
  s = trim(s.substr(key.size()));
  // NetBIOS names are printed with their closing NUL: "HOST\x00".
  if (s.ends_with("\\x00")) s.remove_suffix(4);
  return s.substr(0, 255);
}

/// First dotted IPv4 address of a line; empty when there is none.
std::string address_in(std::string_view s) {
  constexpr std::string_view kChars = "0123456789.";
  for (std::size_t at = s.find_first_of(kChars); at != std::string_view::npos;) {
    const std::size_t end = std::min(s.find_first_not_of(kChars, at), s.size());
    const std::string_view word = s.substr(at, end - at);
    int dots = 0;
    for (char c : word) dots += c == '.' ? 1 : 0;
    if (dots == 3 && word.size() >= 7 && word.size() <= 15 && word.front() != '.' && word.back() != '.') return std::string(word);
    at = s.find_first_of(kChars, end);
  }
  return {};
}

template <class T>
void fill(T& to, const T& from) {
  if (to == T{}) to = from;
}

/// Adds what another line says about the same machine; what is there stays.
void merge(Banner& to, const Banner& from) {
  if (to.build && from.build && *to.build != *from.build) to.builds_disagree = true;
  fill(to.product, from.product);
  fill(to.edition, from.edition);
  fill(to.major, from.major);
  fill(to.minor, from.minor);
  fill(to.build, from.build);
  fill(to.revision, from.revision);
  fill(to.service_pack, from.service_pack);
  fill(to.arch, from.arch);
  fill(to.host, from.host);
  fill(to.domain, from.domain);
}

class Scan {
 public:
  explicit Scan(Banners& out) : out_(out) {}

  void line(std::string_view text, std::uint32_t number) {
    const std::string_view s = unframed(text.substr(0, 4096));
    if (istarts_with(s, "Nmap scan report for ")) return report(s);
    if (in_report_ && detail(s)) return;
    const auto found = parse_line(s);
    if (!found) return;
    const bool os_line = istarts_with(s, "OS:");
    // A report of one script without the frame of a whole scan begins with its OS line.
    if (os_line && (!in_report_ || has_system_)) start_report();
    if (in_report_ && s.find("(name:") == std::string_view::npos) {
      has_system_ = has_system_ || os_line;
      merge(current_, *found);
      if (current_.line == 0) place(current_, text, number);
      return;
    }
    flush();
    in_report_ = false;
    Banner b = *found;
    b.address = b.host.empty() ? std::string() : address_in(s.substr(0, ifind(s, "Windows")));
    place(b, text, number);
    keep(std::move(b));
  }

  void flush() {
    if (in_report_ && current_.line != 0) keep(std::move(current_));
    current_ = {};
    has_system_ = false;
  }

 private:
  static void place(Banner& b, std::string_view text, std::uint32_t number) {
    b.line = number;
    b.text = std::string(text.substr(0, 400));
  }

  void keep(Banner b) {
    if (out_.machines.size() < kBanners) return out_.machines.push_back(std::move(b));
    if (!full_)
      out_.losses.push_back(Error{ErrorCode::limit, "banners line " + std::to_string(b.line),
                                  std::to_string(kBanners) + " machines at most", "more", std::nullopt, "split the file"});
    full_ = true;
  }

  void start_report() {
    flush();
    in_report_ = true;
  }

  void report(std::string_view s) {
    start_report();
    const std::string_view who = trim(s.substr(21));
    current_.address = address_in(who);
    const std::size_t bracket = who.find(" (");
    if (bracket != std::string_view::npos) current_.host = std::string(who.substr(0, std::min(bracket, std::size_t{255})));
  }

  /// Names of the machine inside a report. The NetBIOS name is the shortest and says least: it only fills a gap.
  bool detail(std::string_view s) {
    constexpr std::array<std::string_view, 4> kNames = {
        "Computer name:", "DNS_Computer_Name:", "NetBIOS computer name:", "NetBIOS_Computer_Name:"};
    for (const auto key : kNames)
      if (const auto v = value_of(s, key)) return fill(current_.host, std::string(*v)), true;
    if (const auto v = value_of(s, "Domain name:")) return fill(current_.domain, std::string(*v)), true;
    return false;
  }

  Banners& out_;
  Banner current_;
  bool in_report_ = false, has_system_ = false, full_ = false;
};

}  // namespace

Result<Banners> parse(std::string_view utf8) {
  if (utf8.size() > limits::kInventoryBytes)
    return Error{
        ErrorCode::limit, "banners",       "at most " + std::to_string(limits::kInventoryBytes) + " bytes", std::to_string(utf8.size()),
        std::nullopt,     "split the file"};
  Banners out;
  Scan scan(out);
  textcodec::LineReader lines(utf8);
  for (std::string_view line; lines.next(line);) scan.line(line, lines.number());
  scan.flush();
  if (out.machines.empty())
    return Error{ErrorCode::not_found, "banners", "a line such as \"Windows Server 2008 Standard 6003 Service Pack 2\" or a CPE of Windows",
                 "none"};
  return out;
}

bool looks_like(std::string_view utf8) {
  constexpr std::size_t kProbeBytes = std::size_t{64} * 1024;
  constexpr std::array<std::string_view, 3> kOwnLine = {"Windows ", "Microsoft Windows [Version", "cpe:"};
  const std::string_view head = utf8.substr(0, kProbeBytes);
  textcodec::LineReader lines(head);
  bool first = true;
  for (std::string_view line; lines.next(line);) {
    const std::string_view s = unframed(line.substr(0, 4096));
    if (s.empty()) continue;
    const bool marked = s.find("[*] Windows") != std::string_view::npos || s.find("(name:") != std::string_view::npos ||
                        istarts_with(s, "OS: Windows") || istarts_with(s, "OS CPE: cpe:") || istarts_with(s, "Product_Version:") ||
                        ifind(s, "Host is running Windows") != std::string_view::npos;
    bool own = false;
    for (const auto start : kOwnLine) own = own || (first && istarts_with(s, start));
    if ((marked || own) && parse_line(s)) return true;
    first = false;
  }
  return false;
}

}  // namespace tq::format::banner
