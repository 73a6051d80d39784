#include "format/reporting_events/reporting_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "format/servicing_names.hpp"

namespace tq::format::reporting_events {
namespace {

constexpr std::size_t kEntryLimit = 100000, kLossLimit = 1000;
constexpr std::size_t kTextLimit = 16384;  // of one entry: a list of updates may run over several lines
constexpr std::size_t kGuidLength = 38;    // with its braces

bool is_guid(std::string_view s) {
  return s.size() == kGuidLength && s.front() == '{' && s.back() == '}' && std::count(s.begin(), s.end(), '-') == 4;
}

/// A fixed-width decimal field.
std::optional<std::int64_t> number(std::string_view s, std::size_t at, std::size_t n) {
  std::uint64_t v = 0;
  if (at + n > s.size() || !parse_u64(s.substr(at, n), v)) return std::nullopt;
  return static_cast<std::int64_t>(v);
}

/// "2008-02-14 03:16:55:971-0000": local time and its distance from UTC. Some agents write a full stop before the milliseconds.
std::optional<FileTime> parse_time(std::string_view s) {
  if (s.size() != 28 || s[10] != ' ' || (s[23] != '+' && s[23] != '-')) return std::nullopt;
  const auto day = Date::parse(s.substr(0, 10));
  const auto hour = number(s, 11, 2), minute = number(s, 14, 2), second = number(s, 17, 2), milli = number(s, 20, 3);
  const auto zone_hours = number(s, 24, 2), zone_minutes = number(s, 26, 2);
  if (!day || !hour || !minute || !second || !milli || !zone_hours || !zone_minutes) return std::nullopt;
  const std::int64_t zone = (*zone_hours * 60 + *zone_minutes) * (s[23] == '-' ? -60 : 60);
  const std::int64_t seconds = days_from_civil(*day) * 86400 + *hour * 3600 + *minute * 60 + *second - zone;
  FileTime t = FileTime::from_unix(seconds);
  if (t.ticks != 0) t.ticks += static_cast<std::uint64_t>(*milli) * 10000;
  return t;
}

std::uint32_t to_number(std::string_view s, int base) {
  std::uint32_t v = 0;
  std::from_chars(s.data(), s.data() + s.size(), v, base);  // 0 when it is none
  return v;
}

std::vector<std::string_view> columns(std::string_view line) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; out.size() < 32;) {
    const std::size_t tab = line.find('\t', at);
    out.push_back(line.substr(at, tab == std::string_view::npos ? tab : tab - at));
    if (tab == std::string_view::npos) break;
    at = tab + 1;
  }
  return out;
}

/// "183", or "183 [AGENT_INSTALLING_SUCCEEDED]" as later agents write it; some put the name into a column of its own.
void read_event(std::string_view number_column, std::string_view next_column, Entry& e) {
  const std::size_t space = number_column.find(' ');
  e.event_id = to_number(number_column.substr(0, space), 10);
  std::string_view name = space == std::string_view::npos ? std::string_view{} : number_column.substr(space + 1);
  if (name.empty() && next_column.starts_with('[')) name = next_column;
  if (name.size() > 2 && name.front() == '[' && name.back() == ']') e.event_name = std::string(name.substr(1, name.size() - 2));
}

/// The columns before the update id vary between agents, so the id itself is the anchor for those after it.
std::optional<Entry> read_entry(std::string_view line) {
  const auto c = columns(line);
  if (c.size() < 10 || !is_guid(c[0])) return std::nullopt;
  std::size_t anchor = 0;
  for (std::size_t i = 4; i < std::min<std::size_t>(c.size(), 8) && anchor == 0; ++i)
    if (is_guid(c[i])) anchor = i;
  const auto time = parse_time(c[1]);
  if (anchor == 0 || anchor + 5 >= c.size() || !time) return std::nullopt;
  Entry e;
  e.id = std::string(c[0]);
  e.time = *time;
  e.local_time = std::string(c[1]);
  read_event(c[3], c[4], e);
  e.update_id = std::string(c[anchor]);
  e.revision = to_number(c[anchor + 1], 10);
  std::string_view code = c[anchor + 2];
  if (istarts_with(code, "0x")) code.remove_prefix(2);
  e.hresult = to_number(code, 16);
  e.client = std::string(c[anchor + 3]);
  e.result = std::string(c[anchor + 4]);
  e.operation = std::string(c[anchor + 5]);
  if (anchor + 6 < c.size()) e.text = std::string(trim(c[anchor + 6]).substr(0, kTextLimit));
  return e;
}

class Reader {
 public:
  void line(std::string_view raw, std::uint64_t offset) {
    const std::string_view text = raw.substr(0, raw.find_last_not_of('\r') + 1);
    if (trim(text).empty()) return;
    if (!text.starts_with('{')) return more(text, offset);
    auto e = read_entry(text);
    if (!e) return lose(text, offset);
    if (log_.entries.size() >= kEntryLimit) {
      if (!capped_)
        log_.lost.push_back({ErrorCode::limit, "reporting_events", fmt::format("at most {} entries", kEntryLimit), "more", offset});
      capped_ = true;
      return;
    }
    e->offset = offset;
    log_.entries.push_back(*std::move(e));
  }

  Log take() {
    for (Entry& e : log_.entries) {
      e.text = to_valid_utf8(e.text);
      e.kbs = kb_numbers(e.text);
    }
    return std::move(log_);
  }

 private:
  /// A text that lists updates goes on in the next line.
  void more(std::string_view text, std::uint64_t offset) {
    if (log_.entries.empty() || capped_) return lose(text, offset);
    std::string& t = log_.entries.back().text;
    if (t.size() < kTextLimit) t += " " + std::string(trim(text).substr(0, kTextLimit - t.size()));
  }
  void lose(std::string_view text, std::uint64_t offset) {
    if (log_.lost.size() < kLossLimit)
      log_.lost.push_back({ErrorCode::corrupt, "reporting_events.line", "tab-separated columns with an id, a time and an update id",
                           printable(text.substr(0, 60)), offset});
  }
  Log log_;
  bool capped_ = false;
};

/// UTF-16LE has a mark, or, without one, a NUL as every second byte of its first characters: "{" and the GUID are ASCII.
bool is_utf16(Bytes text) {
  const auto first = text.try_get<le16>(0);
  return first && (*first == 0xFEFF || (*first != 0 && *first < 0x80));
}

template <class F>
void each_utf16_line(Bytes text, F line) {
  const std::uint64_t units = text.size() / 2;
  std::uint64_t start = *text.try_get<le16>(0) == 0xFEFF ? 1 : 0;
  for (std::uint64_t i = start; i <= units; ++i) {
    if (i < units && *text.try_get<le16>(2 * i) != '\n') continue;
    line(utf16le_to_utf8(*text.try_sub(2 * start, 2 * (i - start))), text.base() + 2 * start);
    start = i + 1;
  }
}

template <class F>
void each_line(Bytes text, F line) {
  const std::string_view all = text.chars();
  for (std::size_t at = all.starts_with("\xEF\xBB\xBF") ? 3 : 0; at < all.size();) {
    const std::size_t end = std::min(all.find('\n', at), all.size());
    line(all.substr(at, end - at), text.base() + at);
    at = end + 1;
  }
}

}  // namespace

const char* to_string(Outcome o) {
  switch (o) {
    case Outcome::success: return "success";
    case Outcome::failure: return "failure";
    case Outcome::other: return "other";
  }
  return "?";
}

Outcome Entry::outcome() const {
  if (iequals(result, "Success")) return Outcome::success;
  if (iequals(result, "Failure")) return Outcome::failure;
  return Outcome::other;
}

Result<Log> parse(Bytes text) {
  if (text.size() > limits::kTextBytes)
    return Error{ErrorCode::limit, "reporting_events", fmt::format("at most {} bytes", limits::kTextBytes),
                 fmt::format("{} bytes", text.size())};
  Reader reader;
  const auto feed = [&](std::string_view line, std::uint64_t offset) { reader.line(line, offset); };
  if (is_utf16(text))
    each_utf16_line(text, feed);
  else
    each_line(text, feed);
  Log log = reader.take();
  if (log.entries.empty() && !log.lost.empty()) return log.lost.front();
  return log;
}

}  // namespace tq::format::reporting_events
