#include "feeds/decide.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"

namespace tq::feeds {
namespace {

using catalog::Component;
using catalog::Confidence;
using catalog::CorrectionKind;
using catalog::UpdateKind;

/// 1970-01-01 was a Thursday; 0 = Sunday.
int weekday(const Date& d) { return static_cast<int>(((days_from_civil(d) + 4) % 7 + 7) % 7); }

template <class Key>
Key most_frequent(const std::map<Key, std::uint32_t>& counts) {
  // max_element keeps the first of equals: the earliest date, the text seen first.
  return std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; })->first;
}

bool any_text_has(const Gather& g, const std::map<std::uint32_t, std::uint32_t>& texts, std::string_view word) {
  return std::any_of(texts.begin(), texts.end(), [&](const auto& t) { return ifind(g.texts.at(t.first), word) != std::string_view::npos; });
}

bool only(const std::set<Component>& parts, Component c) { return parts.size() == 1 && parts.contains(c); }

bool is_stack_advisory(const std::set<catalog::CveId>& cves) {
  // The one advisory that lists servicing stacks; it names no vulnerability.
  static const auto kAdvisory = catalog::parse_cve("ADV990001");
  return cves.size() == 1 && *cves.begin() == *kAdvisory;
}

UpdateKind kind_of_dotnet(std::string_view subtype, const KbData& k, const Date& released) {
  if (subtype == "Monthly Rollup") return UpdateKind::dotnet_rollup;
  if (subtype == "Security Only") return UpdateKind::dotnet_security_only;
  const bool windows10 = k.nt_versions.contains("10.0");
  // Rollups of .NET Framework began in 2016-10; on Windows 10 each update of it has held the earlier ones since 2018-10.
  return windows10 && released >= Date{2018, 10, 1} ? UpdateKind::dotnet_rollup : UpdateKind::dotnet_security;
}

UpdateKind kind_of(const Gather& g, const KbData& k, const Date& released, const std::set<catalog::CveId>& cves) {
  const std::string subtype = k.subtypes.empty() ? "" : g.texts.at(most_frequent(k.subtypes));
  if (is_stack_advisory(cves)) return UpdateKind::servicing_stack;
  if (only(k.components, Component::dotnet)) return kind_of_dotnet(subtype, k, released);
  if (only(k.components, Component::ie)) {
    // Since CVRF began every update of Internet Explorer holds the earlier ones; before, its title says so.
    const bool cumulative = !k.documents.empty() || any_text_has(g, k.titles, "cumulative");
    return cumulative ? UpdateKind::ie_cumulative : UpdateKind::security_update;
  }
  if (subtype == "Monthly Rollup") return UpdateKind::monthly_rollup;
  if (subtype == "Security Only") return UpdateKind::security_only;
  if (subtype == "IE Cumulative") return UpdateKind::ie_cumulative;
  if (ifind(subtype, "hotpatch") != std::string_view::npos) return UpdateKind::hotpatch;
  const bool windows10 = k.nt_versions.size() == 1 && k.nt_versions.contains("10.0");
  if (windows10 && k.components.contains(Component::os)) return UpdateKind::cumulative;
  return UpdateKind::security_update;
}

std::string joined(const std::set<std::string>& parts) { return fmt::format("{}", fmt::join(parts, ", ")); }

std::string title_of(const Gather& g, const KbData& k, const Decision& d) {
  const std::string month = d.released.month_text();
  switch (d.kind) {
    case UpdateKind::ie_cumulative: return month + " Cumulative Security Update for Internet Explorer";
    case UpdateKind::dotnet_rollup: return month + " Security and Quality Rollup for .NET Framework";
    case UpdateKind::dotnet_security_only: return month + " Security Only Update for .NET Framework";
    case UpdateKind::dotnet_security: return month + " Security Update for " + joined(k.parts);
    case UpdateKind::monthly_rollup: return month + " Security Monthly Quality Rollup";
    case UpdateKind::security_only: return month + " Security Only Quality Update";
    case UpdateKind::cumulative: return month + " Cumulative Update";
    case UpdateKind::hotpatch: return month + " Hotpatch";
    case UpdateKind::servicing_stack: return month + " Servicing Stack Update";
    default: break;
  }
  // A bulletin has one title; rows made from CVRF carry one a CVE.
  if (k.titles.size() == 1 && k.documents.empty()) return g.texts.at(k.titles.begin()->first);
  return month + " Security Update" + (k.topics.size() == 1 ? " for " + g.texts.at(k.topics.begin()->first) : "");
}

void decide_day(const KbData& k, Decision& d) {
  if (k.documents.empty()) {
    d.released = k.posted.begin()->first;
    return;
  }
  // A revised CVE names the update in an older month too. Of months that name it equally often, the one on whose own Tuesday
  // rows are dated is the right one.
  const std::uint32_t most = k.documents.at(most_frequent(k.documents));
  const auto confirmed = std::find_if(k.documents.begin(), k.documents.end(), [&](const auto& m) {
    return m.second == most && k.posted.contains(patch_tuesday(m.first.year, m.first.month));
  });
  const Date month = confirmed != k.documents.end() ? confirmed->first : most_frequent(k.documents);
  const Date tuesday = patch_tuesday(month.year, month.month);
  d.released = tuesday;
  if (k.posted.empty() || k.posted.contains(tuesday)) return;
  const auto earlier =
      std::find_if(k.posted.begin(), k.posted.end(), [&](const auto& p) { return p.first >= Date{month.year, month.month, 1}; });
  if (earlier != k.posted.end() && earlier->first < tuesday) {
    d.released = earlier->first;
    return;
  }
  d.confidence = Confidence::medium;
  d.note = fmt::format("Patch Tuesday of the month that names it; wesng dates it {} first", k.posted.begin()->first.text());
}

std::optional<catalog::Correction> correction(const catalog::Catalog& base, CorrectionKind kind, std::uint32_t kb,
                                              std::uint32_t other = 0) {
  for (const catalog::Correction& c : base.corrections())
    if (c.kind == kind && c.kb == kb && c.other == other) return c;
  return std::nullopt;
}

/// What is known of an update on either end of an edge.
struct End {
  Date released;
  UpdateKind kind = UpdateKind::security_update;
  std::set<std::string> nt_versions;
};

class EdgeFilter {
 public:
  EdgeFilter(const Gather& gather, const catalog::Catalog& base, const std::map<std::uint32_t, Decision>& decisions)
      : gather_(gather), base_(base) {
    for (const catalog::Update& u : base.updates()) add_base(u);
    for (const auto& [kb, d] : decisions) ends_.try_emplace(kb, End{d.released, d.kind, gather.kbs.at(kb).nt_versions});
    for (const catalog::Correction& c : base.corrections())
      if (c.kind == CorrectionKind::drop_edge || c.kind == CorrectionKind::add_edge) corrected_[{c.kb, c.other}] = c;
  }

  Result<Edges> run() {
    Edges out;
    for (const auto& [kb, d] : gather_.kbs) {
      if (base_.row_of_kb(kb)) continue;  // a reviewed row says itself what it supersedes
      std::set<std::uint32_t>& kept = out.supersedes[kb];
      for (const std::uint32_t other : d.supersedes) judge(kb, other, kept, out);
    }
    for (const auto& [key, c] : corrected_)
      if (c.kind == CorrectionKind::add_edge && out.supersedes.contains(key.first) && ends_.contains(key.second))
        out.supersedes[key.first].insert(key.second);
    if (auto s = refuse_circles(out.supersedes); !s) return s.error();
    drop_newer(out);
    std::sort(out.dropped.begin(), out.dropped.end(),
              [](const DroppedEdge& a, const DroppedEdge& b) { return std::pair(a.kb, a.other) < std::pair(b.kb, b.other); });
    return out;
  }

 private:
  void add_base(const catalog::Update& u) {
    End e{u.released, u.kind, {}};
    for (std::size_t at = 0; at <= u.nt_versions.size();) {
      const std::size_t end = std::min(u.nt_versions.find(';', at), u.nt_versions.size());
      e.nt_versions.emplace(u.nt_versions.substr(at, end - at));
      at = end + 1;
    }
    ends_.emplace(u.kb, std::move(e));
  }

  void judge(std::uint32_t kb, std::uint32_t other, std::set<std::uint32_t>& kept, Edges& out) {
    const auto drop = [&](std::string why) { out.dropped.push_back({kb, other, std::move(why)}); };
    if (corrected_.contains({kb, other}) && corrected_.at({kb, other}).kind == CorrectionKind::drop_edge) return;
    if (kb == other) return drop("it names itself");
    const auto old = ends_.find(other);
    if (old == ends_.end()) return void(++out.unknown);
    const End& self = ends_.at(kb);
    if (!is_cumulative(self.kind) && self.kind == old->second.kind && self.kind != UpdateKind::security_update &&
        self.kind != UpdateKind::dotnet_security)
      return drop("updates of this kind hold one month and no earlier one");
    const bool shared = std::any_of(self.nt_versions.begin(), self.nt_versions.end(),
                                    [&](const std::string& nt) { return old->second.nt_versions.contains(nt); });
    if (!shared) return drop("for another Windows");
    kept.insert(other);
  }

  void drop_newer(Edges& out) {
    for (auto& [kb, olds] : out.supersedes)
      std::erase_if(olds, [&](std::uint32_t other) {
        if (ends_.at(other).released <= ends_.at(kb).released) return false;
        out.dropped.push_back({kb, other, "newer than the update that names it"});
        return true;
      });
  }

  /// Kahn's algorithm: what is left when nothing more can be taken away stands on or behind a circle.
  [[nodiscard]] Status refuse_circles(const std::map<std::uint32_t, std::set<std::uint32_t>>& supersedes) const {
    std::map<std::uint32_t, std::size_t> open;
    std::map<std::uint32_t, std::vector<std::uint32_t>> used_by;
    for (const auto& [kb, olds] : supersedes) {
      open[kb] += olds.size();
      for (const std::uint32_t other : olds) {
        open.try_emplace(other, 0);
        used_by[other].push_back(kb);
      }
    }
    std::vector<std::uint32_t> ready;
    for (const auto& [kb, n] : open)
      if (n == 0) ready.push_back(kb);
    std::size_t done = 0;
    for (; !ready.empty(); ++done) {
      const std::uint32_t kb = ready.back();
      ready.pop_back();
      for (const std::uint32_t user : used_by[kb])
        if (--open[user] == 0) ready.push_back(user);
    }
    if (done == open.size()) return ok();
    const auto stuck = std::find_if(open.begin(), open.end(), [](const auto& o) { return o.second != 0; });
    return Error{ErrorCode::corrupt,
                 "feeds.supersedence",
                 "an order of old and new",
                 fmt::format("a circle at or before KB{} ({} updates)", stuck->first, open.size() - done),
                 {},
                 "a row drop_edge in corrections.csv, saying why, takes an edge away"};
  }

  const Gather& gather_;
  const catalog::Catalog& base_;
  std::map<std::uint32_t, End> ends_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, catalog::Correction> corrected_;
};

}  // namespace

Date patch_tuesday(int year, int month) {
  const int first = weekday({year, month, 1});
  return {year, month, 1 + (2 - first + 7) % 7 + 7};
}

Decision decide(const Gather& gather, const catalog::Catalog& base, std::uint32_t kb, const KbData& data,
                const std::set<catalog::CveId>& cves) {
  Decision d;
  d.confidence = (data.feeds & kFromCvrf) != 0 ? Confidence::high : Confidence::medium;
  decide_day(data, d);
  if (const auto c = correction(base, CorrectionKind::set_date, kb))
    if (const auto day = Date::parse(c->value)) {
      d.released = *day;
      d.note = c->why;
    }
  d.kind = kind_of(gather, data, d.released, cves);
  if (const auto c = correction(base, CorrectionKind::set_kind, kb)) d.kind = catalog::from_string<UpdateKind>(c->value).value_or(d.kind);
  d.title = title_of(gather, data, d);
  return d;
}

Result<Edges> believable_edges(const Gather& gather, const catalog::Catalog& base, const std::map<std::uint32_t, Decision>& decisions) {
  return EdgeFilter(gather, base, decisions).run();
}

}  // namespace tq::feeds
