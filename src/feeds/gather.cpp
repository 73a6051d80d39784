#include "feeds/gather.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "core/ascii.hpp"
#include "core/text.hpp"

namespace tq::feeds {
namespace {

std::uint32_t bit_of(Feed f) { return f == Feed::cvrf ? kFromCvrf : kFromWesng; }

Error too_many(const char* what, std::uint64_t most) {
  return {ErrorCode::limit, "feeds", fmt::format("at most {} {}", most, what), "more"};
}

std::string_view digits_at(std::string_view s, std::size_t at) {
  std::size_t end = at;
  while (end < s.size() && is_digit(s[end])) ++end;
  return s.substr(std::min(at, s.size()), end - std::min(at, s.size()));
}

/// Every number of 5 to 8 digits in a free text ("1000001;1000002", "MS09-001 (100003)").
std::set<std::uint32_t> kbs_in(std::string_view s) {
  std::set<std::uint32_t> out;
  for (std::size_t at = 0; at < s.size();) {
    const std::string_view digits = digits_at(s, at);
    if (const auto kb = parse_kb(digits)) out.insert(*kb);
    at += digits.size() + 1;
  }
  return out;
}

/// The CVEs in a cell. MSRC's own writing varies: "cve-2012-0159", "CVE20163247", "CVE-2015-2442CVE-2015-2446", "CVE".
std::vector<catalog::CveId> cves_in(std::string_view s) {
  std::vector<catalog::CveId> out;
  if (const auto one = catalog::parse_cve(s)) return {*one};
  for (std::size_t at = ifind(s, "CVE"); at != std::string_view::npos; at = ifind(s, "CVE", at + 3)) {
    const std::size_t digits = at + 3 + (s.substr(at + 3).starts_with("-") ? 1 : 0);
    std::string_view year = digits_at(s, digits);
    std::string_view number = year.size() == 4 && s.substr(digits + 4).starts_with("-") ? digits_at(s, digits + 5) : std::string_view{};
    if (year.size() >= 8) {
      number = year.substr(4);
      year = year.substr(0, 4);
    }
    if (const auto cve = catalog::parse_cve(fmt::format("CVE-{}-{}", year, number))) out.push_back(*cve);
  }
  return out;
}

}  // namespace

std::uint32_t Texts::add(std::string_view s) {
  if (const auto it = known_.find(s); it != known_.end()) return it->second;
  const auto it = known_.emplace(std::string(s), static_cast<std::uint32_t>(texts_.size())).first;
  texts_.push_back(&it->first);
  return it->second;
}

catalog::Rating rating_of(std::string_view s) {
  return catalog::from_string<catalog::Rating>(lower_ascii(s)).value_or(catalog::Rating::none);
}

Gather::Gather(const catalog::Catalog& base, std::string only_nt, const MostGathered& most)
    : namer_(base), only_nt_(std::move(only_nt)), most_(most) {
  texts.add("");
  for (const catalog::Correction& c : base.corrections()) {
    if (c.kind == catalog::CorrectionKind::drop_kb) no_update_.insert(c.kb);
    if (c.kind == catalog::CorrectionKind::drop_fix) not_for_.emplace(c.kb, c.value);
  }
}

void Gather::as_of(Feed feed, const Date& day) {
  Date& newest = feed == Feed::cvrf ? cvrf_as_of : wesng_as_of;
  newest = std::max(newest, day);
}

std::uint32_t Gather::product_of(const Statement& s) {
  std::string spelling(s.product);
  spelling.append("\n").append(s.component);
  const std::uint32_t i = spellings_.add(spelling);
  if (i < read_.size()) return read_[i];
  auto p = namer_.read(s.product, s.component);
  const bool wanted = p && (only_nt_.empty() || p->nt_version == only_nt_);
  if (!wanted) return read_.emplace_back(kForeign);
  const auto it = by_id_.try_emplace(p->id, static_cast<std::uint32_t>(products.size())).first;
  if (it->second == products.size()) products.push_back(std::move(*p));
  return read_.emplace_back(it->second);
}

Status Gather::take(const Statement& s) {
  if (++statements > most_.statements) return too_many("statements", most_.statements);
  if (auto kept = keep(s); !kept) return kept;
  if (std::max({spellings_.size(), texts.size(), kbs.size(), cves.size()}) > most_.names) return too_many("names", most_.names);
  return ok();
}

Status Gather::keep(const Statement& s) {
  for (const std::string_view text : {s.product, s.component, s.title, s.impact, s.subtype, s.fixed_build})
    if (!is_utf8(text)) return Error{ErrorCode::corrupt, "feeds", "UTF-8", "other bytes in a text"};
  const std::uint32_t product = product_of(s);
  if (product == kForeign) {
    ++not_windows;
    return ok();
  }
  const std::vector<catalog::CveId> found = cves_in(s.cve);
  for (const catalog::CveId cve : found) note_cve(s, cve);
  if (s.kb == 0) {
    ++without_kb;
    return ok();
  }
  if (no_update_.contains(s.kb) || (!not_for_.empty() && not_for_.contains({s.kb, products[product].id}))) return ok();
  if (auto done = note_kb(s, product); !done) return done;
  FixRow row;
  row.kb = s.kb;
  row.product = product;
  row.build = texts.add(s.fixed_build) & 0x3FFFFFFF;
  row.feeds = bit_of(s.feed) & 3;
  if (found.empty()) rows.push_back(row);
  for (const catalog::CveId cve : found) {
    row.cve = cve;
    rows.push_back(row);
  }
  return ok();
}

void Gather::note_cve(const Statement& s, catalog::CveId cve) {
  CveData& c = cves[cve];
  const bool had_cvrf = (c.feeds & kFromCvrf) != 0;
  c.feeds |= bit_of(s.feed);
  // CVRF speaks of the CVE itself; a bulletin's title covers several. The first non-empty text of the better feed stays.
  if (!s.title.empty() && (c.title == 0 || (s.feed == Feed::cvrf && !had_cvrf))) c.title = texts.add(s.title);
  if (!s.impact.empty() && c.impact == 0) c.impact = texts.add(s.impact);
  c.severity = std::max(c.severity, rating_of(s.severity));
  if (s.first.known() && (!c.first.known() || s.first < c.first)) c.first = s.first;
}

Status Gather::note_kb(const Statement& s, std::uint32_t product) {
  const NamedProduct& p = products[product];
  KbData& k = kbs[s.kb];
  k.feeds |= bit_of(s.feed);
  ++(s.feed == Feed::cvrf ? k.documents : k.posted)[s.date];
  if (!s.subtype.empty()) ++k.subtypes[texts.add(s.subtype)];
  if (s.feed == Feed::wesng && !s.title.empty()) ++k.titles[texts.add(s.title)];
  if (!s.component.empty()) ++k.topics[texts.add(s.component)];
  if (!s.supersedes.empty()) k.supersedes.merge(kbs_in(s.supersedes));
  if (k.supersedes.size() > limits::kSupersedes) return too_many("superseded updates of one update", limits::kSupersedes);
  if (s.download != 0 && p.component == catalog::Component::dotnet) k.downloads[s.download].insert(product);
  k.nt_versions.insert(p.nt_version);
  k.arches.insert(p.arch);
  k.components.insert(p.component);
  k.service_packs.insert(p.service_pack);
  if (p.component != catalog::Component::os)
    k.parts.insert(p.component_name + (p.component_version.empty() ? "" : " " + p.component_version));
  return ok();
}

void Gather::sort_rows() {
  const auto key = [](const FixRow& r) { return std::tuple(r.kb, r.product, r.cve); };
  std::stable_sort(rows.begin(), rows.end(), [&](const FixRow& a, const FixRow& b) { return key(a) < key(b); });
  std::size_t kept = 0;
  for (const FixRow& r : rows) {
    if (kept > 0 && key(rows[kept - 1]) == key(r)) {
      rows[kept - 1].feeds = (rows[kept - 1].feeds | r.feeds) & 3;
      if (rows[kept - 1].build == 0) rows[kept - 1].build = r.build;
    } else {
      rows[kept++] = r;
    }
  }
  rows.resize(kept);
}

}  // namespace tq::feeds
