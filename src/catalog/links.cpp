#include "catalog/links.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "catalog/rows.hpp"

namespace tq::catalog {
namespace {

using Words = std::vector<std::uint32_t>;

/// Positions of words in the rows of drafts: of a key, and of a line of `fixes` before and after it is expanded.
/// KEEP IN SYNC: schemas.cpp.
constexpr std::size_t kUpdateKb = 0, kUpdateReleased = 1;
constexpr std::size_t kFixKb = 0, kFixNames = 1, kFixVersion = 3, kFixSet = 5, kFixProvenance = 6;
constexpr std::size_t kStoredProduct = 1, kStoredSet = 4;

/// For each of `n` keys the positions of the values with that key, as ranges: counting sort.
struct Buckets {
  std::vector<Words> of;
  explicit Buckets(std::size_t n) : of(n) {}
  void add(std::uint32_t key, std::uint32_t value) { of[key].push_back(value); }
  /// Appends all values to `flat`, and first and count of key `i` through `put`.
  template <class Put>
  void flatten(Words& flat, Put put) const {
    for (std::size_t i = 0; i < of.size(); ++i) {
      put(i, static_cast<std::uint32_t>(flat.size()), static_cast<std::uint32_t>(of[i].size()));
      flat.insert(flat.end(), of[i].begin(), of[i].end());
    }
  }
};

class Linker {
 public:
  Linker(Drafts& drafts, Pools& pools, std::vector<Problem>& problems) : drafts_(drafts), pools_(pools), problems_(problems) {}

  std::vector<Derived> run() {
    sort_all();
    for (std::uint32_t i = 0; i < rows(TableId::updates).size(); ++i) update_of_.emplace(rows(TableId::updates)[i][kUpdateKb], i);
    for (std::uint32_t i = 0; i < rows(TableId::products).size(); ++i) product_of_.emplace(rows(TableId::products)[i][0], i);
    for (std::uint32_t i = 0; i < rows(TableId::cves).size(); ++i) cve_of_.emplace(rows(TableId::cves)[i][0], i);
    resolve_sets();
    expand_fixes();
    link_updates();
    link_products();
    link_sets();
    add_shared();
    return std::move(out_);
  }

 private:
  std::vector<Words>& rows(TableId id) { return drafts_[id].rows; }
  static std::uint32_t size32(const Words& w) { return static_cast<std::uint32_t>(w.size()); }
  void put(TableId id, std::uint32_t row_words, Words words) { out_.push_back({id, row_words, std::move(words)}); }

  template <class Before>
  void sort_table(TableId id, Before before) {
    Draft& d = drafts_[id];
    Words order(d.rows.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return before(d.rows[a], d.rows[b]); });
    std::vector<Words> sorted;
    std::vector<Origin> origins;
    for (const std::uint32_t i : order) {
      sorted.push_back(std::move(d.rows[i]));
      origins.push_back(std::move(d.origins[i]));
    }
    d.rows = std::move(sorted);
    d.origins = std::move(origins);
  }

  void sort_all() {
    sort_table(TableId::updates, [](const Words& a, const Words& b) {
      return std::pair(a[kUpdateReleased], a[kUpdateKb]) < std::pair(b[kUpdateReleased], b[kUpdateKb]);
    });
    sort_table(TableId::products, [&](const Words& a, const Words& b) { return pools_.view(a[0]) < pools_.view(b[0]); });
    sort_table(TableId::cves, [](const Words& a, const Words& b) { return a[0] < b[0]; });
    sort_table(TableId::children, [](const Words& a, const Words& b) { return std::pair(a[0], a[1]) < std::pair(b[0], b[1]); });
    sort_table(TableId::files,
               [&](const Words& a, const Words& b) { return std::pair(a[0], pools_.view(a[1])) < std::pair(b[0], pools_.view(b[1])); });
  }

  /// Sets hold CVEs while they are collected; stored are rows. Both orders are the same, as the table is sorted by CVE.
  void resolve_sets() {
    sets_.resize(pools_.sets.size());
    for (const auto& [cves, number] : pools_.sets)
      for (const CveId cve : cves) {
        const auto it = cve_of_.find(cve);
        if (it != cve_of_.end())
          sets_[number].push_back(it->second);
        else
          unknown_.insert(cve);
      }
    for (const CveId cve : unknown_) problems_.push_back({"fixes.csv", 0, cve_text(cve) + " has no row in cves"});
  }

  void expand_fixes() {
    Draft& lines = drafts_[TableId::fixes];
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::pair<Words, Origin>> expanded;
    for (std::size_t i = 0; i < lines.rows.size(); ++i) {
      const Words& line = lines.rows[i];
      const Origin& origin = lines.origins[i];
      const auto update = update_of_.find(line[kFixKb]);
      if (update == update_of_.end()) {
        problems_.push_back({origin.file, origin.line, fmt::format("KB{} has no row in updates", line[kFixKb])});
        continue;
      }
      for (std::uint32_t n = 0; n < line[kFixNames + 1]; ++n) {
        const std::uint32_t name = pools_.names[line[kFixNames] + n];
        const auto product = product_of_.find(name);
        if (product == product_of_.end()) {
          problems_.push_back({origin.file, origin.line, fmt::format("products has no id {}", pools_.view(name))});
          continue;
        }
        Words row{update->second, product->second, line[kFixVersion], line[kFixVersion + 1], line[kFixSet], line[kFixProvenance]};
        if (!expanded.try_emplace({update->second, product->second}, std::move(row), origin).second)
          problems_.push_back({origin.file, origin.line, fmt::format("a second row of {}, {}", line[kFixKb], pools_.view(name))});
      }
    }
    lines.rows.clear();
    lines.origins.clear();
    for (auto& [key, row] : expanded) {
      lines.rows.push_back(std::move(row.first));
      lines.origins.push_back(std::move(row.second));
    }
  }

  void link_updates() {
    const auto& updates = rows(TableId::updates);
    Words links(updates.size() * 4, 0);
    const auto& fixes = rows(TableId::fixes);
    for (std::uint32_t i = 0; i < fixes.size(); ++i) {
      const std::size_t at = std::size_t{fixes[i][0]} * 4;
      if (links[at + 1]++ == 0) links[at] = i;
    }
    Buckets newer(updates.size());
    for (const Words& u : updates)
      for (const std::size_t list : {word_of(TableId::updates, "supersedes"), word_of(TableId::updates, "supersedes_inferred")})
        for (std::uint32_t n = 0; n < u[list + 1]; ++n) {
          const auto old = update_of_.find(pools_.words[u[list] + n]);
          if (old != update_of_.end()) newer.add(old->second, u[kUpdateKb]);
        }
    newer.flatten(pools_.words, [&](std::size_t i, std::uint32_t first, std::uint32_t count) {
      links[i * 4 + 2] = first;
      links[i * 4 + 3] = count;
    });
    put(TableId::update_links, 4, std::move(links));
    Words index;
    for (const auto& [kb, row] : update_of_) index.insert(index.end(), {kb, row});
    put(TableId::kb_index, 2, std::move(index));
  }

  void link_products() {
    Buckets by_product(rows(TableId::products).size());
    const auto& fixes = rows(TableId::fixes);
    for (std::uint32_t i = 0; i < fixes.size(); ++i) by_product.add(fixes[i][kStoredProduct], i);
    Words order, links;
    by_product.flatten(order, [&](std::size_t, std::uint32_t first, std::uint32_t count) { links.insert(links.end(), {first, count}); });
    put(TableId::fixes_by_product, 1, std::move(order));
    put(TableId::product_links, 2, std::move(links));
  }

  void link_sets() {
    Buckets by_set(sets_.size()), by_cve(rows(TableId::cves).size());
    const auto& fixes = rows(TableId::fixes);
    for (std::uint32_t i = 0; i < fixes.size(); ++i) by_set.add(fixes[i][kStoredSet], i);
    Words members, order, links, sets_of, cve_links;
    by_set.flatten(order, [&](std::size_t set, std::uint32_t first, std::uint32_t count) {
      links.insert(links.end(), {size32(members), size32(sets_[set]), first, count});
      members.insert(members.end(), sets_[set].begin(), sets_[set].end());
    });
    for (std::uint32_t set = 0; set < sets_.size(); ++set)
      for (const std::uint32_t cve : sets_[set]) by_cve.add(cve, set);
    by_cve.flatten(sets_of,
                   [&](std::size_t, std::uint32_t first, std::uint32_t count) { cve_links.insert(cve_links.end(), {first, count}); });
    put(TableId::set_links, 4, std::move(links));
    put(TableId::set_members, 1, std::move(members));
    put(TableId::fixes_by_set, 1, std::move(order));
    put(TableId::cve_links, 2, std::move(cve_links));
    put(TableId::sets_of_cves, 1, std::move(sets_of));
  }

  void add_shared() {
    Words shared(pools_.provenances.size() * 4);
    for (const auto& [words, row] : pools_.provenances)
      std::copy(words.begin(), words.end(), shared.begin() + static_cast<std::ptrdiff_t>(std::size_t{row} * 4));
    put(TableId::provenances, 4, std::move(shared));
    put(TableId::words, 1, pools_.words);
    put(TableId::groups, 2, pools_.groups);
  }

  Drafts& drafts_;
  Pools& pools_;
  std::vector<Problem>& problems_;
  std::map<std::uint32_t, std::uint32_t> update_of_, product_of_, cve_of_;
  std::vector<Words> sets_;
  std::set<CveId> unknown_;
  std::vector<Derived> out_;
};

}  // namespace

std::vector<Derived> link(Drafts& drafts, Pools& pools, std::vector<Problem>& problems) { return Linker(drafts, pools, problems).run(); }

}  // namespace tq::catalog
