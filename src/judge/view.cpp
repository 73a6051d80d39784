// Puts the rows of the catalog that concern one Windows side by side and resolves their links.
#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <unordered_map>

#include "judge/frameworks.hpp"
#include "judge/parts.hpp"

namespace tq::judge {
namespace {

using catalog::Line;

/// A fix of the catalog with the part of the machine it is for.
struct PartFix {
  catalog::Fix fix;
  std::uint32_t part = 0;
};

class Builder {
 public:
  Builder(const catalog::Catalog& catalog, const catalog::Product& product) : catalog_(catalog) { view_.product = product; }

  View build() {
    collect_fixes();
    collect_entries();
    link_slots();
    link_updates();
    link_needs();
    collect_cves();
    for (const auto& r : catalog_.revision_ranges()) view_.ranges.push_back(r);
    return std::move(view_);
  }

 private:
  /// Windows itself first, then what Microsoft's data knows on top of it.
  void collect_fixes() {
    const auto& base = view_.product;
    add_part(base);
    for (const auto& p : catalog_.products())
      if (p.component != catalog::Component::os && p.base == base.id) add_part(p);
  }

  void add_part(const catalog::Product& p) {
    const auto part = static_cast<std::uint32_t>(view_.parts.size());
    view_.parts.push_back({p.component, p.component_name, p.component_version});
    for (const auto& f : catalog_.fixes_of_product(p.row)) fixes_.push_back({f, part});
  }

  /// Lines that carry no CVE of their own (stacks, previews, preparation) belong to every product of their Windows.
  [[nodiscard]] bool belongs(const catalog::Update& u) const {
    if (!u.is_for(view_.product.nt_version) || !made_for_arch(u)) return false;
    const Line l = u.line();
    return l != Line::single && l != Line::ie && l != Line::dotnet;
  }

  /// A mark for each row of the updates: 1 when it repairs other builds of this Windows version and not this one. NT 10.0 is many
  /// Windows, each with a line of its own.
  [[nodiscard]] std::vector<std::uint8_t> updates_of_other_builds() const {
    std::vector<std::uint8_t> foreign(catalog_.updates().size(), 0), own(foreign);
    const auto& here = view_.product;
    if (here.build == 0) return foreign;
    for (const auto& p : catalog_.products()) {
      if (p.nt_version != here.nt_version || p.build == 0) continue;
      auto& those = p.build == here.build ? own : foreign;
      for (const auto& f : catalog_.fixes_of_product(p.row)) those[f.update] = 1;
    }
    for (std::size_t row = 0; row < foreign.size(); ++row)
      if (own[row] != 0) foreign[row] = 0;
    return foreign;
  }

  [[nodiscard]] bool made_for_arch(const catalog::Update& u) const {
    if (u.arches == catalog::Arches{}) return true;  // the row does not say
    switch (view_.product.arch) {
      case catalog::ProductArch::x86: return u.arches.x86;
      case catalog::ProductArch::x64: return u.arches.x64;
      case catalog::ProductArch::ia64: return u.arches.ia64;
      case catalog::ProductArch::arm: return u.arches.arm;
      case catalog::ProductArch::arm64: return u.arches.arm64;
      case catalog::ProductArch::any: return true;
    }
    return true;
  }

  void collect_entries() {
    std::set<std::uint32_t> fixing;
    for (const auto& f : fixes_) fixing.insert(f.fix.update);
    const auto foreign = updates_of_other_builds();
    const bool client = view_.product.product_class == catalog::ProductClass::client;
    std::uint32_t row = 0;
    entry_of_row_.assign(catalog_.updates().size(), kNone);
    for (const auto& u : catalog_.updates()) {  // by release, then KB
      const bool fixes = fixing.contains(row);
      if (fixes || (belongs(u) && foreign[row] == 0)) {
        entry_of_row_[row] = static_cast<std::uint32_t>(view_.entries.size());
        Entry e;
        e.update = u;
        e.line = u.line();
        // The monthly line was made for the server only: a client's view knows it, but never asks for it.
        e.offered = fixes || !client || e.line != Line::os;
        if (u.kind == catalog::UpdateKind::monthly_rollup && !view_.line_start.known()) view_.line_start = u.released;
        view_.lines.push_back(e.line);
        view_.by_line[static_cast<std::size_t>(e.line)].push_back(entry_of_row_[row]);
        view_.kbs.push_back(u.kb);
        view_.entries.push_back(e);
      }
      ++row;
    }
    view_.by_kb.resize(view_.entries.size());
    std::iota(view_.by_kb.begin(), view_.by_kb.end(), 0U);
    std::sort(view_.by_kb.begin(), view_.by_kb.end(), [&](auto a, auto b) { return view_.kbs[a] < view_.kbs[b]; });
    view_.index.build(view_.kbs);
    while (view_.line_first < view_.entries.size() &&
           !(view_.line_start.known() && view_.entries[view_.line_first].update.released >= view_.line_start))
      ++view_.line_first;
  }

  void link_slots() {
    std::vector<PartFix> sorted = fixes_;
    std::sort(sorted.begin(), sorted.end(), [&](const PartFix& a, const PartFix& b) {
      const auto ea = entry_of_row_[a.fix.update], eb = entry_of_row_[b.fix.update];
      return ea != eb ? ea < eb : a.part < b.part;
    });
    fixes_ = std::move(sorted);
    for (const auto& f : fixes_) {
      const auto entry = entry_of_row_[f.fix.update];
      auto& range = view_.entries[entry].slots;
      if (range.count == 0) range.first = static_cast<std::uint32_t>(view_.slots.size());
      ++range.count;
      view_.slots.push_back({entry, f.part, children_for(entry, f.part), f.fix.fixed_build});
      const bool rollup = view_.lines[entry] == Line::os && view_.entries[entry].update.kind != catalog::UpdateKind::security_only;
      view_.slot_lines.push_back(rollup ? SlotLine::rollup : view_.lines[entry] == Line::ie ? SlotLine::explorer : SlotLine::other);
    }
  }

  /// A bundle of .NET is listed by machines under one number for each framework.
  Range children_for(std::uint32_t entry, std::uint32_t part) {
    Range r{static_cast<std::uint32_t>(view_.slot_children.size()), 0};
    if (view_.lines[entry] != Line::dotnet) return r;
    for (const auto& c : catalog_.children_of(view_.kbs[entry]))
      if (serves(c.framework, view_.parts[part].version)) view_.slot_children.push_back(c.child);
    r.count = static_cast<std::uint32_t>(view_.slot_children.size()) - r.first;
    return r;
  }

  /// Requirements as entries. A group of which this Windows has none is nobody's to meet.
  void link_needs() {
    for (std::uint32_t i = 0; i < view_.entries.size(); ++i) {
      Entry& e = view_.entries[i];
      e.needs.first = static_cast<std::uint32_t>(view_.need_groups.size());
      bool sha2 = false;
      for (const auto& group : e.update.requirements) {
        Range g{static_cast<std::uint32_t>(view_.need_entries.size()), 0};
        for (const std::uint32_t kb : group) {
          const auto need = view_.index.of(kb);
          if (need == kNone) continue;
          view_.need_entries.push_back(need);
          ++g.count;
          sha2 = sha2 || view_.entries[need].update.kind == catalog::UpdateKind::sha2;
        }
        view_.need_groups.push_back(g);
      }
      e.needs.count = static_cast<std::uint32_t>(view_.need_groups.size()) - e.needs.first;
      if (sha2) view_.sha2_needers.push_back(i);
      const auto& u = e.update;
      if (is_level(u.kind) && u.basis == catalog::VersionBasis::kernel && u.version) view_.kernel_levels.push_back(i);
    }
  }

  /// Edges count inside one line only. Of Windows' own line those of cumulative updates count: a security-only one holds its month.
  /// In the other lines it is the reverse: what is cumulative there is ordered by its day.
  void link_updates() {
    std::vector<std::vector<std::uint32_t>> back(view_.entries.size());
    for (std::uint32_t i = 0; i < view_.entries.size(); ++i) {
      Entry& e = view_.entries[i];
      e.replaces.first = static_cast<std::uint32_t>(view_.links.size());
      for (const auto* list : {&e.update.supersedes, &e.update.supersedes_inferred})
        for (const std::uint32_t kb : *list) add_link(i, kb, back);
      e.replaces.count = static_cast<std::uint32_t>(view_.links.size()) - e.replaces.first;
      e.children.first = static_cast<std::uint32_t>(view_.children.size());
      for (const auto& c : catalog_.children_of(e.update.kb)) view_.children.push_back({c.child, c.framework});
      e.children.count = static_cast<std::uint32_t>(view_.children.size()) - e.children.first;
      e.files.first = static_cast<std::uint32_t>(view_.files.size());
      for (const auto& f : catalog_.files_of(e.update.kb)) add_file(f);
      e.files.count = static_cast<std::uint32_t>(view_.files.size()) - e.files.first;
    }
    for (std::uint32_t i = 0; i < view_.entries.size(); ++i) {
      auto& range = view_.entries[i].replaced_by;
      range = {static_cast<std::uint32_t>(view_.links.size()), static_cast<std::uint32_t>(back[i].size())};
      view_.links.insert(view_.links.end(), back[i].begin(), back[i].end());
    }
  }

  void add_link(std::uint32_t from, std::uint32_t kb, std::vector<std::vector<std::uint32_t>>& back) {
    const Entry* to = view_.find(kb);
    const Entry& e = view_.entries[from];
    if (to == nullptr || to->update.kb == e.update.kb || to->line != e.line || e.update.is_cumulative() != (e.line == Line::os)) return;
    view_.links.push_back(view_.index_of(*to));
    back[view_.index_of(*to)].push_back(from);
  }

  /// A row without a source never carries a verdict alone, and the row of a file would.
  void add_file(const catalog::UpdateFile& f) {
    if (f.confidence == catalog::Confidence::unconfirmed) return;
    const auto arch = view_.product.arch;
    if (f.arch == catalog::ProductArch::any || arch == catalog::ProductArch::any || f.arch == arch) view_.files.push_back(f);
  }

  void collect_cves() {
    struct Ref {
      std::uint32_t cve, part, slot;
    };
    std::vector<Ref> refs;
    for (std::uint32_t i = 0; i < fixes_.size(); ++i)
      for (const std::uint32_t cve : catalog_.cve_set(fixes_[i].fix.set)) refs.push_back({cve, fixes_[i].part, i});
    std::sort(refs.begin(), refs.end(), [](const Ref& a, const Ref& b) {
      return a.cve != b.cve ? a.cve < b.cve : a.part != b.part ? a.part < b.part : a.slot < b.slot;
    });
    const auto cves = catalog_.cves();
    std::unordered_map<std::string, std::uint32_t> groups;
    for (std::size_t first = 0, end = 0; first < refs.size(); first = end) {
      std::string key;  // the slots, as bytes: what two CVEs have in common when the same updates repair both
      for (; end < refs.size() && refs[end].cve == refs[first].cve; ++end)
        key.append(reinterpret_cast<const char*>(&refs[end].slot), sizeof refs[end].slot);
      const auto [it, fresh] = groups.try_emplace(std::move(key), static_cast<std::uint32_t>(view_.cve_groups.size()));
      if (fresh) {
        view_.cve_groups.push_back({static_cast<std::uint32_t>(view_.cve_refs.size()), static_cast<std::uint32_t>(end - first)});
        for (std::size_t r = first; r < end; ++r) view_.cve_refs.push_back({refs[r].slot, refs[r].part});
      }
      const auto cve = cves[refs[first].cve];
      if (cve.known_exploited()) view_.exploited.push_back(static_cast<std::uint32_t>(view_.cves.size()));
      view_.cves.push_back(cve.cve);
      view_.cve_group.push_back(it->second);
    }
  }

  const catalog::Catalog& catalog_;
  View view_;
  std::vector<PartFix> fixes_;
  std::vector<std::uint32_t> entry_of_row_;
};

}  // namespace

View make_view(const catalog::Catalog& catalog, const catalog::Product& product) { return Builder(catalog, product).build(); }

}  // namespace tq::judge
