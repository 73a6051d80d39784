#include "feeds/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "catalog/csv_export.hpp"
#include "core/text.hpp"

namespace tq::feeds {
namespace {

using catalog::Catalog;
using catalog::Component;
using catalog::CorrectionKind;
using catalog::CveId;
using catalog::TableId;
using Cells = std::vector<std::string>;

/// Source, day and standing of what one or both feeds said.
struct Sourced {
  std::string source, retrieved, confidence;
};

class Sources {
 public:
  explicit Sources(const Gather& g) : g_(g) {}
  [[nodiscard]] Sourced of(std::uint32_t feeds) const {
    const bool cvrf = (feeds & kFromCvrf) != 0, wesng = (feeds & kFromWesng) != 0;
    if (cvrf && wesng) return {"MSRC CVRF; wesng", std::max(g_.cvrf_as_of, g_.wesng_as_of).text(), "high"};
    if (cvrf) return {"MSRC CVRF", g_.cvrf_as_of.text(), "high"};
    return {"wesng (MSRC bulletins)", g_.wesng_as_of.text(), "medium"};
  }
  void add(Cells& cells, std::uint32_t feeds, const std::string& note = {}) const {
    Sourced s = of(feeds);
    cells.insert(cells.end(), {std::move(s.source), std::move(s.retrieved), std::move(s.confidence), note});
  }

 private:
  const Gather& g_;
};

template <class Set>
std::string joined(const Set& parts) {
  std::string out;
  for (const auto& p : parts) {
    if (!out.empty()) out += ';';
    if constexpr (std::is_integral_v<std::decay_t<decltype(p)>>)
      out += std::to_string(p);
    else
      out += p;
  }
  return out;
}

std::string arch_text(const std::set<catalog::ProductArch>& arches) {
  std::vector<std::string> words;
  for (const catalog::ProductArch a : arches)
    if (a != catalog::ProductArch::any) words.emplace_back(to_string(a));
  return joined(words);
}

/// The version in a free text, when it can be one of this product: four parts, and for Windows itself its own NT version.
std::optional<FileVersion> build_of(std::string_view text, const NamedProduct& p) {
  const std::string_view t = trim(text);
  const auto v = FileVersion::parse(t);
  if (!v || v->text() != t) return std::nullopt;
  if (p.component == Component::dotnet) return v->major >= 1 && v->major <= 4 ? v : std::nullopt;
  if (p.component != Component::os) return v;
  return fmt::format("{}.{}", v->major, v->minor) == p.nt_version ? v : std::nullopt;
}

/// What one update does for one product.
struct FixData {
  std::set<CveId> cves;
  std::map<FileVersion, std::uint32_t> builds;
  std::uint32_t feeds = 0;
  std::vector<std::string> provenance;  ///< of the base's row, when the feeds add nothing
  [[nodiscard]] std::optional<FileVersion> build() const {
    // Of several texts the one that most CVEs carry, then the highest.
    const auto it = std::max_element(builds.begin(), builds.end(), [](const auto& a, const auto& b) { return a.second <= b.second; });
    // max_element with <= keeps the last of equals, which is the highest version.
    return it == builds.end() ? std::nullopt : std::optional(it->first);
  }
};

class TableMaker {
 public:
  TableMaker(const Catalog& base, const Gather& gather) : base_(base), g_(gather), sources_(gather) {
    for (const catalog::Correction& c : base.corrections()) corrections_.emplace(c.kb, c);
  }

  Result<Tables> run() {
    collect_fixes();
    for (const auto& [kb, data] : g_.kbs) decisions_.emplace(kb, decide(g_, base_, kb, data, cves_[kb]));
    TQ_TRY(edges_, believable_edges(g_, base_, decisions_));
    put("products", products());
    put("updates", updates());
    put("cves", cve_rows());
    put("fixes", fix_rows());
    put("children", child_rows());
    put("corrections", correction_rows());
    put("files", file_rows());
    return std::move(out_);
  }

 private:
  void put(const char* stem, const std::vector<Cells>& rows) {
    std::string text = catalog::csv_header(*catalog::find_schema(stem));
    for (const Cells& cells : rows) text += catalog::csv_line(cells);
    out_.files.push_back({std::string("feeds/") + stem + ".csv", std::move(text)});
  }

  [[nodiscard]] const catalog::Correction* correction(CorrectionKind kind, std::uint32_t kb) const {
    const auto [first, last] = corrections_.equal_range(kb);
    for (auto it = first; it != last; ++it)
      if (it->second.kind == kind) return &it->second;
    return nullptr;
  }

  void collect_fixes() {
    for (const FixRow& r : g_.rows) {
      const NamedProduct& p = g_.products[r.product];
      FixData& f = fixes_[{r.kb, p.id}];
      f.feeds |= r.feeds;
      if (r.cve != 0) {
        f.cves.insert(r.cve);
        cves_[r.kb].insert(r.cve);
      }
      add_build(r, p, f);
      used_.insert(r.product);
    }
  }

  void add_build(const FixRow& r, const NamedProduct& p, FixData& f) {
    const std::string& text = g_.texts.at(r.build);
    if (text.empty() || correction(CorrectionKind::drop_fixed_build, r.kb) != nullptr) return;
    const auto* set = correction(CorrectionKind::set_fixed_build, r.kb);
    if (const auto v = build_of(set != nullptr ? set->value : std::string_view(text), p))
      ++f.builds[*v];
    else
      ++out_.counts.odd_builds;
  }

  std::vector<Cells> products() {
    std::map<std::string, Cells> rows;
    for (const std::uint32_t i : used_) {
      const NamedProduct& p = g_.products[i];
      if (base_.find_product(p.id)) continue;
      Cells cells{p.id,
                  p.name,
                  p.nt_version,
                  p.build == 0 ? "" : std::to_string(p.build),
                  p.service_pack,
                  to_string(p.arch),
                  to_string(p.product_class),
                  p.core ? "y" : "n",
                  to_string(p.component),
                  p.component_name,
                  p.component_version,
                  p.base};
      sources_.add(cells, (g_.cvrf_as_of.known() ? kFromCvrf : 0U) | (g_.wesng_as_of.known() ? kFromWesng : 0U));
      rows.emplace(p.id, std::move(cells));
    }
    out_.counts.products = rows.size();
    std::vector<Cells> out;
    for (auto& [id, cells] : rows) out.push_back(std::move(cells));
    return out;
  }

  std::vector<Cells> updates() {
    std::vector<Cells> out;
    std::vector<std::pair<Date, std::uint32_t>> order;
    for (const auto& [kb, d] : decisions_)
      if (!base_.row_of_kb(kb)) order.emplace_back(d.released, kb);
    std::sort(order.begin(), order.end());
    for (const auto& [day, kb] : order) out.push_back(update_row(kb));
    out_.counts.updates = out.size();
    return out;
  }

  [[nodiscard]] Cells update_row(std::uint32_t kb) const {
    const KbData& k = g_.kbs.at(kb);
    const Decision& d = decisions_.at(kb);
    const auto [required, year] = esu(k, d);
    const auto cves = cves_.find(kb);
    Cells cells{std::to_string(kb),
                d.released.text(),
                to_string(d.kind),
                "n",
                d.title,
                joined(k.nt_versions),
                arch_text(k.arches),
                "",
                "none",
                "",
                common_build(kb, d.kind),
                joined(edges_.supersedes.at(kb)),
                "",
                requirement(k, d),
                "",
                required ? "y" : "n",
                year == 0 ? "" : std::to_string(year),
                cves == cves_.end() ? "" : std::to_string(cves->second.size()),
                ""};
    Sourced s = sources_.of(k.feeds);
    cells.insert(cells.end(), {s.source, s.retrieved, to_string(d.confidence), d.note});
    return cells;
  }

  /// The fixed build, when the update is of one line and all its products agree.
  [[nodiscard]] std::string common_build(std::uint32_t kb, catalog::UpdateKind kind) const {
    const catalog::Line line = catalog::line_of(kind);
    if (line != catalog::Line::os && line != catalog::Line::ie) return {};
    std::set<FileVersion> builds;
    for (auto it = fixes_.lower_bound({kb, ""}); it != fixes_.end() && it->first.first == kb; ++it)
      if (const auto b = it->second.build()) builds.insert(*b);
    return builds.size() == 1 ? builds.begin()->text() : std::string{};
  }

  /// From the table of ESU years, which is of NT 6.0: an update for another Windows too is free there or has years of its own.
  [[nodiscard]] std::pair<bool, std::uint32_t> esu(const KbData& k, const Decision& d) const {
    if (k.nt_versions != std::set<std::string>{"6.0"}) return {false, 0};
    for (const catalog::EsuYear& y : base_.esu_years())
      if (d.released >= y.first && d.released <= y.last) return {true, y.year};
    return {false, 0};
  }

  /// What the security-only update of the same time needs, the others of NT 6.0 need too: SHA-2, stack, licence preparation.
  /// Before there was such a line: the service pack, when all its products have it.
  [[nodiscard]] std::string requirement(const KbData& k, const Decision& d) const {
    if (k.nt_versions != std::set<std::string>{"6.0"}) return {};
    std::string out;
    std::optional<std::uint32_t> pack;
    for (const catalog::Update& u : base_.updates()) {
      if (!u.is_for("6.0") || u.released > d.released) continue;
      if (u.kind == catalog::UpdateKind::service_pack) pack = u.kb;
      if (u.kind != catalog::UpdateKind::security_only) continue;
      out.clear();
      for (const catalog::KbList& any : u.requirements) {
        std::string one;
        for (const std::uint32_t kb : any) one += (one.empty() ? "" : "|") + std::to_string(kb);
        out += (out.empty() ? "" : ";") + one;
      }
    }
    if (out.empty() && pack && k.service_packs == std::set<std::string>{"SP2"}) out = std::to_string(*pack);
    return out;
  }

  std::vector<Cells> cve_rows() {
    std::vector<Cells> out;
    for (const auto& [cve, data] : all_cves()) {
      const std::string name = catalog::cve_text(cve);
      const auto known = base_.find_cve(cve);
      const auto listed = g_.kev.cves.find(name);
      const Date exploited = listed != g_.kev.cves.end() ? listed->second.added : known ? known->exploited : Date{};
      const bool ransomware = listed != g_.kev.cves.end() ? listed->second.ransomware : known && known->ransomware;
      Cells cells{name,
                  g_.texts.at(data.title),
                  to_string(data.severity),
                  g_.texts.at(data.impact),
                  data.first.text(),
                  exploited.known() ? exploited.text() : "",
                  ransomware ? "y" : "n"};
      if (known && data.feeds == 0) {
        cells[1] = known->title;
        cells[2] = to_string(known->severity);
        cells[3] = known->impact;
        cells[4] = known->first.known() ? known->first.text() : "";
        cells.insert(cells.end(),
                     {std::string(known->source), std::string(known->retrieved), to_string(known->confidence), std::string(known->note)});
      } else {
        sources_.add(cells, data.feeds);
      }
      if (!data.first.known() && data.feeds != 0) cells[4].clear();
      out.push_back(std::move(cells));
    }
    out_.counts.cves = out.size();
    return out;
  }

  /// The gathered CVEs, and those of the base that are not among them.
  [[nodiscard]] std::map<CveId, CveData> all_cves() const {
    std::map<CveId, CveData> all = g_.cves;
    for (const catalog::Cve& c : base_.cves()) all.try_emplace(c.cve);
    return all;
  }

  void add_base_fixes() {
    for (const catalog::Fix& f : base_.fixes()) {
      FixData& data = fixes_[{base_.brief(f.update).kb, std::string(base_.products()[f.product].id)}];
      if (data.feeds == 0) {
        const catalog::Provenance p = base_.provenance(f);
        data.provenance = {std::string(p.source), std::string(p.retrieved), to_string(p.confidence), std::string(p.note)};
      }
      for (const std::uint32_t row : base_.cve_set(f.set)) data.cves.insert(base_.cves()[row].cve);
      if (f.fixed_build && data.builds.empty()) ++data.builds[*f.fixed_build];
    }
  }

  std::vector<Cells> fix_rows() {
    add_base_fixes();
    // One line for all products of an update with the same CVEs, build and sources.
    std::map<std::tuple<std::uint32_t, std::string, Cells, std::string>, std::string> lines;
    for (const auto& [key, f] : fixes_) {
      const auto& [kb, product] = key;
      Cells shared = f.provenance;
      if (f.feeds != 0) {
        shared.clear();
        sources_.add(shared, f.feeds);
      }
      std::string cves;
      for (const CveId c : f.cves) cves += (cves.empty() ? "" : ";") + catalog::cve_text(c);
      const auto build = f.build();
      std::string& names = lines[{kb, build ? build->text() : "", std::move(shared), std::move(cves)}];
      names += (names.empty() ? "" : ";") + product;
    }
    out_.counts.fixes = fixes_.size();
    std::vector<std::tuple<std::uint32_t, std::string, Cells>> sorted;
    for (const auto& [key, names] : lines) {
      const auto& [kb, build, shared, cves] = key;
      Cells cells{std::to_string(kb), names, build, cves};
      cells.insert(cells.end(), shared.begin(), shared.end());
      sorted.emplace_back(kb, names, std::move(cells));
    }
    std::sort(sorted.begin(), sorted.end());
    std::vector<Cells> out;
    for (auto& [kb, names, cells] : sorted) out.push_back(std::move(cells));
    return out;
  }

  /// Since 2019-01 CVRF names the bundle and links to its part for the product: the number that a machine lists. Before, and on
  /// Windows 10, the number it names is the one that is listed.
  [[nodiscard]] std::vector<Cells> child_rows() const {
    constexpr Date kBundlesNamed{2019, 1, 1};
    std::vector<Cells> out;
    for (const auto& [kb, d] : decisions_) {
      const KbData& k = g_.kbs.at(kb);
      const bool bundle = d.kind == catalog::UpdateKind::dotnet_rollup || d.kind == catalog::UpdateKind::dotnet_security_only;
      if (!bundle || d.released < kBundlesNamed || k.nt_versions.contains("10.0") || !base_.children_of(kb).empty()) continue;
      for (const auto& [child, products] : k.downloads) out.push_back(child_row(kb, child, products));
    }
    return out;
  }
  [[nodiscard]] Cells child_row(std::uint32_t kb, std::uint32_t child, const std::set<std::uint32_t>& products) const {
    std::set<std::string> frameworks;
    std::set<catalog::ProductArch> arches;
    for (const std::uint32_t p : products) {
      frameworks.insert(g_.products[p].component_version);
      arches.insert(g_.products[p].arch);
    }
    Cells cells{std::to_string(kb), std::to_string(child), joined(frameworks), arch_text(arches)};
    sources_.add(cells, kFromCvrf);
    return cells;
  }

  std::vector<Cells> correction_rows() {
    std::vector<Cells> out;
    for (const DroppedEdge& e : edges_.dropped) {
      if (correction_of_edge(e)) continue;
      Cells cells{"drop_edge", std::to_string(e.kb), std::to_string(e.other), "", e.why};
      sources_.add(cells, g_.kbs.at(e.kb).feeds, "found while the feeds were read");
      out.push_back(std::move(cells));
    }
    out_.counts.dropped_edges = edges_.dropped.size();
    out_.counts.unknown_edges = edges_.unknown;
    return out;
  }
  [[nodiscard]] bool correction_of_edge(const DroppedEdge& e) const {
    const auto [first, last] = corrections_.equal_range(e.kb);
    return std::any_of(first, last, [&](const auto& c) { return c.second.kind == CorrectionKind::drop_edge && c.second.other == e.other; });
  }

  [[nodiscard]] std::vector<Cells> file_rows() const {
    std::vector<Cells> out;
    for (const FileRow& f : g_.files) {
      const std::string day = newest_day();
      const bool sourced = !f.source.empty() && !day.empty();
      out.push_back({std::to_string(f.kb), f.file, to_string(f.arch), to_string(f.branch), f.version.text(), sourced ? f.source : "",
                     sourced ? day : "", sourced ? "medium" : "unconfirmed", ""});
    }
    return out;
  }
  /// A table of files carries no day; it was read no earlier than the newest that is known.
  [[nodiscard]] std::string newest_day() const {
    const Date day = std::max({g_.cvrf_as_of, g_.wesng_as_of, base_.data_as_of()});
    return day.known() ? day.text() : "";
  }

  const Catalog& base_;
  const Gather& g_;
  Sources sources_;
  std::multimap<std::uint32_t, catalog::Correction> corrections_;  ///< by KB
  std::map<std::pair<std::uint32_t, std::string>, FixData> fixes_;
  std::map<std::uint32_t, std::set<CveId>> cves_;
  std::set<std::uint32_t> used_;
  std::map<std::uint32_t, Decision> decisions_;
  Edges edges_;
  Tables out_;
};

}  // namespace

Result<Tables> make_tables(const Catalog& base, const Gather& gather) { return TableMaker(base, gather).run(); }

}  // namespace tq::feeds
