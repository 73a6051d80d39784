// The list layout: "label: value" lines, and "[01]: entry" lines below a label.
#include <array>

#include "core/text.hpp"
#include "format/systeminfo/pieces.hpp"
#include "format/textcodec/lines.hpp"

namespace tq::format::systeminfo {

using namespace textcodec;

namespace {

struct Label {
  std::uint32_t line = 0;
  std::string_view key, value, text;
};

/// Splits at the first colon, also the wide one of Chinese texts; key is empty when there is none.
Label label_of(std::string_view line, std::uint32_t number) {
  Label l{number, {}, {}, line};
  for (std::size_t i = 0; i < line.size(); ++i) {
    const std::size_t colon = line[i] == ':' ? 1 : line.substr(i).starts_with("\xEF\xBC\x9A") ? 3 : 0;
    if (colon == 0) continue;
    l.key = trim(line.substr(0, i));
    l.value = trim(line.substr(i + colon));
    break;
  }
  return l;
}

/// A version value that repeats its build ("6.0.6002 Service Pack 2 Build 6002"): nothing but systeminfo prints that.
bool repeats_build(std::string_view value, const VersionText& v) {
  const std::string_view rest = value.substr(v.end);
  for (auto n = find_number(rest); n; n = find_number(rest, n->end))
    if (n->end - n->begin >= 4 && n->end - n->begin <= 5) return true;
  return false;
}

/// Line number of the OS version: the first that repeats its build, else the first with a bare version; 0 for none.
std::uint32_t version_line(std::string_view text) {
  LineReader lines(text);
  std::uint32_t weak = 0;
  for (std::string_view line; lines.next(line);) {
    const Label l = label_of(line.substr(0, 600), lines.number());
    if (l.key.empty()) continue;
    const auto v = version_value(l.value);
    if (!v) continue;
    if (repeats_build(l.value, *v)) return l.line;
    if (weak == 0) weak = l.line;
  }
  return weak;
}

bool can_be_host(std::string_view s) { return !s.empty() && s.size() <= 255 && s.find_first_of(" \\/>\t\"") == std::string_view::npos; }

bool can_be_product(std::string_view s) { return ifind(s, "windows") != std::string_view::npos || s.find(' ') != std::string_view::npos; }

/// Takes the two labels before the version: name, and before that the host. Either may be missing (cut texts, redaction).
void take_head(const Label& before, const Label& last, SystemInfo& out) {
  if (!can_be_product(last.value) || last.value.starts_with("\\")) {
    if (can_be_host(last.value)) out.host = std::string(last.value);
    return;
  }
  take_name(last.value, out);
  note(out, last.line, "os_name", last.text);
  if (before.line == 0 || before.line + 1 != last.line || !can_be_host(before.value)) return;
  out.host = std::string(before.value);
  note(out, before.line, "host", before.text);
}

/// Walks the lines behind the version.
class Tail {
 public:
  explicit Tail(SystemInfo& out) : out_(out), hotfixes_(out) {}

  void line(std::string_view text, std::uint32_t number) {
    if (const auto entry = bracket_entry(text)) return add_entry(*entry, number);
    const Label l = label_of(text, number);
    // Only the labels of the first level count; below an adapter everything is of the second.
    if (!l.key.empty()) label(l);
  }

  /// open: the text ends without a line end.
  void finish(bool open) {
    hotfixes_.finish(open && section_ == Section::hotfixes);
    if (out_.configuration_line.empty() && labels_[1].line != 0 && !labels_[2].value.empty()) take_configuration(labels_[1]);
    take_role(out_);
  }

 private:
  void take_configuration(const Label& l) {
    out_.configuration_line = std::string(l.value);
    note(out_, l.line, "configuration", l.text);
  }

  void label(const Label& l) {
    header_ = l;
    pending_.clear();
    section_ = Section::undecided;
    if (index_ < labels_.size()) labels_[index_] = l;
    ++index_;
    if (index_ == 2 && ifind(labels_[0].value, "Microsoft") != std::string_view::npos) take_configuration(l);
    if (is_product_id(l.value)) product_id_ = index_;
    if (product_id_ != 0 && index_ == product_id_ + 1) out_.install_date = std::string(l.value);
    if (product_id_ != 0 && index_ == product_id_ + 2) out_.boot_time = std::string(l.value);
    if (out_.system_type.empty() && take_system_type(l.value, out_)) note(out_, l.line, "system_type", l.text);
    if (!out_.hotfixes_seen && names_hotfixes(l.key)) {
      hotfixes_.announce(l.value);
      note(out_, l.line, "hotfixes", l.text);
      section_ = Section::hotfixes;
    }
  }

  void add_entry(std::string_view entry, std::uint32_t number) {
    if (section_ == Section::hotfixes) return hotfixes_.add(entry, number);
    if (section_ == Section::other || out_.hotfixes_seen) return;
    // A list shows itself by its ids. Entries before the first one that does are kept until then.
    pending_.emplace_back(entry, number);
    if (!is_hotfix_id(entry)) return;
    section_ = Section::hotfixes;
    hotfixes_.announce(header_.value);
    note(out_, header_.line, "hotfixes", header_.text);
    for (const auto& [id, at] : pending_) hotfixes_.add(id, at);
    pending_.clear();
  }

  enum class Section { undecided, hotfixes, other };
  SystemInfo& out_;
  HotfixList hotfixes_;
  std::array<Label, 3> labels_{};
  Label header_;
  std::vector<std::pair<std::string_view, std::uint32_t>> pending_;
  Section section_ = Section::undecided;
  std::uint32_t index_ = 0, product_id_ = 0;
};

}  // namespace

Result<SystemInfo> parse_list(std::string_view utf8) {
  const std::uint32_t at = version_line(utf8);
  if (at == 0) return Error{ErrorCode::not_found, "systeminfo.os_version", "a line with a Windows version such as 6.0.6002", "none"};
  SystemInfo out;
  LineReader lines(utf8);
  Label before, last;
  std::string_view line;
  while (lines.next(line) && lines.number() < at) {
    const Label l = label_of(line, lines.number());
    if (l.key.empty()) continue;
    before = last;
    last = l;
  }
  const Label version = label_of(line, at);
  if (last.line != 0) take_head(before, last, out);
  if (const auto v = version_value(version.value)) take_version(version.value, *v, out);
  note(out, at, "os_version", line);
  Tail tail(out);
  while (lines.next(line)) {
    const Label l = label_of(line.substr(0, 600), lines.number());
    if (const auto v = version_value(l.value); v && !l.key.empty() && repeats_build(l.value, *v)) break;  // the next machine
    tail.line(line, lines.number());
  }
  tail.finish(lines.ended_open());
  return out;
}

std::vector<std::string_view> split(std::string_view utf8) {
  std::vector<std::size_t> starts;
  std::array<std::string_view, 2> last{};  // the two label lines before
  LineReader lines(utf8);
  for (std::string_view line; lines.next(line);) {
    const Label l = label_of(line.substr(0, 600), lines.number());
    if (l.key.empty() || bracket_entry(line)) continue;
    if (const auto v = version_value(l.value); v && repeats_build(l.value, *v)) {
      const std::string_view first = !last[0].empty() && can_be_host(label_of(last[0], 0).value) ? last[0]
                                     : !last[1].empty()                                          ? last[1]
                                                                                                 : line;
      starts.push_back(static_cast<std::size_t>(first.data() - utf8.data()));
      last = {};
      continue;
    }
    last = {last[1], line};
  }
  if (starts.size() < 2) return {utf8};
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t from = i == 0 ? 0 : starts[i];
    const std::size_t to = i + 1 < starts.size() ? starts[i + 1] : utf8.size();
    out.push_back(utf8.substr(from, to - from));
  }
  return out;
}

}  // namespace tq::format::systeminfo
