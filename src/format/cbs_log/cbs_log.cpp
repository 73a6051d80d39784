#include "format/cbs_log/cbs_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/ascii.hpp"
#include "core/text.hpp"

namespace tq::format::cbs_log {
namespace {

constexpr std::uint64_t kLogLimit = 256u << 20;
constexpr std::size_t kEventLimit = 20000, kStackLimit = 1000;
constexpr std::size_t kLineLimit = 8192;  // what is looked at of one line; the real ones stay below 1 KiB
constexpr std::size_t kPathLimit = 1024;
constexpr std::size_t kTimeLength = 19;  // "2016-09-28 04:30:30"

/// The time at the start of a line, in ISO form; empty when the line is not in the log's shape.
std::string time_of(std::string_view line) {
  if (line.size() <= kTimeLength || line[kTimeLength] != ',') return {};
  const std::string_view t = line.substr(0, kTimeLength);
  if (t[4] != '-' || t[7] != '-' || t[10] != ' ' || t[13] != ':' || t[16] != ':') return {};
  for (const auto& [at, n] : {std::pair{0, 4}, {5, 2}, {8, 2}, {11, 2}, {14, 2}, {17, 2}})
    if (!all_digits(t.substr(static_cast<std::size_t>(at), static_cast<std::size_t>(n)))) return {};
  std::string out(t);
  out[10] = 'T';
  return out;
}

/// The number after "HRESULT = 0x" or "hr = 0x" / "hr: 0x". Eight digits at most, so it fits.
std::optional<std::uint32_t> hresult_in(std::string_view line) {
  for (const std::string_view mark : {std::string_view("HRESULT = 0x"), std::string_view("hr = 0x"), std::string_view("hr: 0x")}) {
    const std::size_t at = line.rfind(mark);
    if (at == std::string_view::npos) continue;
    std::uint32_t v = 0;
    std::size_t i = at + mark.size(), n = 0;
    for (; i < line.size() && n < 8; ++i, ++n) {
      const int d = hex_digit(line[i]);
      if (d < 0) break;
      v = (v << 4) | static_cast<std::uint32_t>(d);
    }
    if (n > 0) return v;
  }
  return std::nullopt;
}

/// The word after "<key>: ", up to a comma, a full stop or the end.
std::string field(std::string_view line, std::string_view key) {
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = trim(line.substr(at + key.size()));
  return to_valid_utf8(rest.substr(0, std::min<std::size_t>(rest.find_first_of(",.[ "), 64)));
}

std::optional<EventKind> kind_of(std::string_view message, bool has_hresult) {
  if (message.find("Exec: Processing complete") != std::string_view::npos) return EventKind::completed;
  if (message.find("Startup: Package:") != std::string_view::npos) return EventKind::startup;
  if (message.find("Plan: Package:") != std::string_view::npos) return EventKind::planned;
  if (has_hresult) return EventKind::reported;
  return std::nullopt;
}

std::string state_of(EventKind kind, std::string_view message) {
  if (kind == EventKind::startup) return field(message, "new state: ");
  if (kind == EventKind::planned) return field(message, "targeted: ");
  return {};
}

class Reader {
 public:
  explicit Reader(Bytes text) : text_(text) {}

  Result<Log> run() {
    const std::string_view all = text_.chars();
    for (std::size_t at = 0; at < all.size();) {
      const std::size_t end = std::min(all.find('\n', at), all.size());
      line(all.substr(at, std::min(end - at, kLineLimit)), text_.base() + at);
      at = end + 1;
    }
    if (log_.lines == 0 && log_.other_lines != 0)
      return Error{ErrorCode::corrupt, "cbs_log.line", "lines that start with a date and a time", "none", text_.base()};
    return std::move(log_);
  }

 private:
  void line(std::string_view raw, std::uint64_t offset) {
    std::string time = time_of(raw);
    if (time.empty()) {
      if (!trim(raw).empty()) ++log_.other_lines;
      return;
    }
    ++log_.lines;
    if (log_.first_time.empty()) log_.first_time = time;
    const std::string_view message = raw.substr(kTimeLength + 1);
    if (const std::size_t at = message.find("Loaded Servicing Stack v"); at != std::string_view::npos)
      stack(message.substr(at), time, offset);
    else if (message.find('~') != std::string_view::npos)
      package(message, time, offset);
    log_.last_time = std::move(time);
  }

  void stack(std::string_view message, const std::string& time, std::uint64_t offset) {
    constexpr std::string_view kBefore = "Loaded Servicing Stack v", kCore = "with Core: ";
    const auto version = FileVersion::parse(message.substr(kBefore.size()));
    if (!version) {
      lose({ErrorCode::corrupt, "cbs_log.stack.version", "a version of four numbers", printable(message.substr(kBefore.size(), 40)),
            offset});
      return;
    }
    if (!log_.stacks.empty() && log_.stacks.back().version == *version) {
      log_.stacks.back().last_time = time;
      ++log_.stacks.back().count;
      return;
    }
    if (log_.stacks.size() >= kStackLimit) return cap("cbs_log.stacks", kStackLimit, offset, stacks_capped_);
    const std::size_t core = message.find(kCore);
    const std::string_view path = core == std::string_view::npos ? std::string_view{} : trim(message.substr(core + kCore.size()));
    log_.stacks.push_back({*version, to_valid_utf8(path.substr(0, kPathLimit)), time, time, offset, 1});
  }

  void package(std::string_view message, const std::string& time, std::uint64_t offset) {
    const auto hresult = hresult_in(message);
    const auto kind = kind_of(message, hresult.has_value());
    if (!kind) return;
    auto name = package_in_text(message);
    if (!name) return;
    std::string state = state_of(*kind, message);
    std::string key =
        fmt::format("{}|{}|{}|{}", static_cast<int>(*kind), name->text(), state, hresult ? fmt::format("{:x}", *hresult) : "");
    if (const auto it = seen_.find(key); it != seen_.end()) {
      PackageEvent& e = log_.events[it->second];
      e.last_time = time;
      ++e.count;
      return;
    }
    if (log_.events.size() >= kEventLimit) return cap("cbs_log.events", kEventLimit, offset, events_capped_);
    seen_.emplace(std::move(key), log_.events.size());
    log_.events.push_back({*kind, *std::move(name), std::move(state), hresult, time, time, offset, 1});
  }

  void cap(const char* place, std::size_t limit, std::uint64_t offset, bool& said) {
    if (!said) lose({ErrorCode::limit, place, fmt::format("at most {}", limit), "more", offset});
    said = true;
  }
  void lose(Error e) {
    if (log_.lost.size() < 100) log_.lost.push_back(std::move(e));
  }

  Bytes text_;
  Log log_;
  std::map<std::string, std::size_t> seen_;  ///< what an event says -> its index
  bool stacks_capped_ = false, events_capped_ = false;
};

}  // namespace

const char* to_string(EventKind k) {
  switch (k) {
    case EventKind::planned: return "planned";
    case EventKind::completed: return "completed";
    case EventKind::startup: return "startup";
    case EventKind::reported: return "reported";
  }
  return "?";
}

Result<Log> parse(Bytes text) {
  if (text.size() > kLogLimit)
    return Error{ErrorCode::limit, "cbs_log", fmt::format("at most {} bytes", kLogLimit), fmt::format("{} bytes", text.size())};
  if (const auto mark = text.try_get<le16>(0); mark && (*mark == 0xFEFF || *mark == 0xFFFE))
    return Error{ErrorCode::unsupported, "cbs_log.encoding", "8-bit text, as Windows writes it", "UTF-16", text.base()};
  const bool utf8_mark = text.chars().starts_with("\xEF\xBB\xBF");
  return Reader(utf8_mark ? text.from(3) : text).run();
}

}  // namespace tq::format::cbs_log
