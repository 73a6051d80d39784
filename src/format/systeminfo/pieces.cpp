#include "format/systeminfo/pieces.hpp"

#include <algorithm>
#include <unordered_set>

#include "core/ascii.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "core/version.hpp"

namespace tq::format::systeminfo {

using namespace textcodec;

const char* to_string(ProductType t) {
  switch (t) {
    case ProductType::client: return "client";
    case ProductType::server: return "server";
    case ProductType::domain_controller: return "domain_controller";
  }
  return "?";
}

const char* to_string(Layout l) {
  switch (l) {
    case Layout::list: return "list";
    case Layout::csv: return "csv";
    case Layout::table: return "table";
  }
  return "?";
}

std::optional<VersionText> version_value(std::string_view value) {
  const auto v = find_version(value.substr(0, 200));
  // Bidi marks and the like may stand in front; letters, digits and signs may not.
  if (!v) return std::nullopt;
  for (std::size_t i = 0; i < v->begin; ++i)
    if (static_cast<unsigned char>(value[i]) < 0x80 && value[i] != ' ') return std::nullopt;
  return v;
}

void take_version(std::string_view value, const VersionText& v, SystemInfo& out) {
  out.os_version_line = std::string(value);
  out.major = v.major;
  out.minor = v.minor;
  out.build = v.build;
  out.revision = v.revision;
  const std::string_view rest = value.substr(v.end);
  // The last number of four or five digits is the build that is printed again; "10.0.19045 N/A Build 19045.2006" has a revision.
  std::size_t build_at = rest.size(), sp_end = 0;
  for (auto n = find_number(rest); n; n = find_number(rest, n->end)) {
    const std::size_t length = n->end - n->begin;
    if (length >= 4 && length <= 5 && (n->begin == 0 || rest[n->begin - 1] != '.')) {
      out.text_build = n->value;
      build_at = n->begin;
    } else if (length >= 1 && n->begin > build_at && rest[n->begin - 1] == '.' && !out.revision) {
      out.revision = n->value;
    }
  }
  const std::string_view middle = trim(rest.substr(0, build_at));
  out.service_pack = service_pack_of(middle);
  if (out.service_pack) {
    sp_end = middle.find_last_of("0123456789") + 1;
    out.service_pack_text = std::string(trim(middle.substr(0, sp_end)));
  } else if (out.text_build) {
    // "N/A Build 9200": the last word names the build, what is left says that there is no service pack.
    out.service_pack = 0;
    const std::size_t word = middle.find_last_of(' ');
    out.service_pack_text = word == std::string_view::npos ? std::string() : std::string(trim(middle.substr(0, word)));
  }
  out.builds_disagree = out.text_build && *out.text_build != out.build;
}

void take_name(std::string_view value, SystemInfo& out) {
  out.os_name = std::string(value);
  out.product = plain_product(value);
}

bool take_system_type(std::string_view value, SystemInfo& out) {
  // All languages keep the letters PC; those that translate the rest keep the processor word ("PC à base de x64").
  if (value.size() > 80 || ifind(value, "PC") == std::string_view::npos) return false;
  std::string_view arch;
  for (const std::string_view word : {"arm64", "ia64", "itanium", "x64", "amd64", "em64t", "x86", "i386"})
    if (ifind(value, word) != std::string_view::npos) {
      arch = arch_of(word);
      break;
    }
  if (arch.empty()) return false;
  out.system_type = std::string(value);
  out.arch = std::string(arch);
  return true;
}

std::optional<std::string_view> bracket_entry(std::string_view line) {
  std::string_view s = trim(line);
  if (s.empty() || s[0] != '[') return std::nullopt;
  std::size_t i = 1;
  while (i < s.size() && is_digit(s[i])) ++i;
  if (i == 1 || i > 8 || i >= s.size() || s[i] != ']') return std::nullopt;
  s = trim(s.substr(i + 1));
  if (s.starts_with(":")) return trim(s.substr(1));
  constexpr std::string_view kWideColon = "\xEF\xBC\x9A";
  if (s.starts_with(kWideColon)) return trim(s.substr(kWideColon.size()));
  return std::nullopt;
}

void HotfixList::announce(std::string_view header_value) {
  out_.hotfixes_seen = true;
  header_ = std::string(trim(header_value));
  if (const auto n = find_number(header_value)) out_.hotfixes_announced = n->value;
}

void HotfixList::add(std::string_view id, std::uint32_t line) {
  if (out_.hotfixes_listed >= limits::kHotfixes) {
    if (!full_)
      out_.losses.push_back(Error{ErrorCode::limit, "systeminfo.hotfixes line " + std::to_string(line),
                                  std::to_string(limits::kHotfixes) + " hotfixes at most", "more"});
    full_ = true;
    return;
  }
  ++out_.hotfixes_listed;
  last_id_ = std::string(id);
  if (const std::uint32_t kb = kb_of_id(id); kb != 0)
    found_.emplace_back(kb, line);
  else
    out_.hotfix_other_ids.emplace_back(id);
}

/// systeminfo cuts its list at a byte, also inside a number: the first five digits of a KB would be another update.
void HotfixList::drop_cut_entry() {
  if (found_.empty() || kb_of_id(last_id_) != found_.back().first || !id_may_go_on(last_id_)) return;
  out_.losses.push_back(Error{ErrorCode::truncated, "systeminfo.hotfixes line " + std::to_string(found_.back().second), "a whole KB number",
                              last_id_, std::nullopt, "run wmic qfe list on the machine"});
  out_.hotfix_other_ids.push_back(last_id_);
  found_.pop_back();
}

/// Where the text ends at once behind it: may the last entry, or the word for "none", go on?
bool HotfixList::ends_in_doubt() const {
  if (out_.hotfixes_listed == 0) return !find_number(header_);
  return id_may_go_on(last_id_);
}

void HotfixList::finish(bool open) {
  if (!out_.hotfixes_seen) return;
  const bool says_nothing = header_.empty() && out_.hotfixes_listed == 0;
  const bool in_doubt = open && ends_in_doubt();
  if (in_doubt && out_.hotfixes_listed != 0) --out_.hotfixes_listed;
  out_.hotfixes_truncated = out_.hotfixes_listed < out_.hotfixes_announced || in_doubt || says_nothing || full_;
  if (out_.hotfixes_truncated) drop_cut_entry();
  std::sort(found_.begin(), found_.end());
  for (const auto& [kb, line] : found_) {
    if (!out_.kbs.empty() && out_.kbs.back() == kb) continue;
    out_.kbs.push_back(kb);
    out_.kb_lines.push_back(line);
  }
  std::unordered_set<std::string> seen;
  std::erase_if(out_.hotfix_other_ids, [&](const std::string& id) { return !seen.insert(id).second; });
}

bool is_product_id(std::string_view value) {
  // 92573-082-2500115-76924, 00425-00000-00002-AA474, also OEM: 89572-OEM-7332157-00204.
  if (value.size() < 20 || value.size() > 26) return false;
  int dashes = 0;
  for (char c : value) {
    if (c == '-')
      ++dashes;
    else if (!is_digit(c) && !is_upper(c))
      return false;
  }
  return dashes == 3 && value[5] == '-';
}

void note(SystemInfo& out, std::uint32_t line, const char* what, std::string_view text) {
  out.evidence.push_back(EvidenceLine{line, what, std::string(text.substr(0, 400))});
}

}  // namespace tq::format::systeminfo
