// Everything the feeds say about Windows, put together: each fact once, with the feeds that said it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "catalog/catalog.hpp"
#include "feeds/file_table.hpp"
#include "feeds/kev.hpp"
#include "feeds/limits.hpp"
#include "feeds/names.hpp"
#include "feeds/statement.hpp"

namespace tq::feeds {

/// Texts, each once; numbers rise in the order of first sight.
class Texts {
 public:
  std::uint32_t add(std::string_view s);
  [[nodiscard]] const std::string& at(std::uint32_t i) const { return *texts_[i]; }
  [[nodiscard]] std::size_t size() const { return texts_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> known_;
  std::vector<const std::string*> texts_;  ///< keys of known_: a node never moves
};

/// Bits of FixRow::feeds.
inline constexpr std::uint32_t kFromCvrf = 1, kFromWesng = 2;

struct FixRow {
  std::uint32_t kb = 0, product = 0;
  catalog::CveId cve = 0;        ///< 0: the update is for the product, and no CVE is named
  std::uint32_t build : 30 = 0;  ///< text
  std::uint32_t feeds : 2 = 0;
};

struct KbData {
  std::map<Date, std::uint32_t> posted;                             ///< dates of rows (wesng): how often
  std::map<Date, std::uint32_t> documents;                          ///< release dates of the months (CVRF) that name it: how often
  std::map<std::uint32_t, std::uint32_t> subtypes, titles, topics;  ///< texts: how often
  std::set<std::uint32_t> supersedes;
  std::set<std::string> nt_versions;
  std::set<catalog::ProductArch> arches;
  std::set<catalog::Component> components;
  std::map<std::uint32_t, std::set<std::uint32_t>> downloads;  ///< KB of a download link -> products it is for
  std::set<std::string> parts, service_packs;                  ///< "Internet Explorer 9"; "SP2"
  std::uint32_t feeds = 0;
};

struct CveData {
  std::uint32_t title = 0, impact = 0;
  catalog::Rating severity = catalog::Rating::none;
  Date first;
  std::uint32_t feeds = 0;
};

/// What all feeds may come to together.
struct MostGathered {
  std::uint64_t statements = limits::kStatements;
  std::uint32_t names = limits::kNames;
  std::size_t months = limits::kMonths;           ///< of one folder
  std::uint64_t list_bytes = limits::kListBytes;  ///< of a KEV list or a table of files
};

class Gather : public Sink {
 public:
  /// `only_nt`: "6.0" keeps products of that release alone; empty keeps every Windows. The corrections of
  /// `base` that take an update or one of its products away are applied to each statement. `base` must outlive it.
  Gather(const catalog::Catalog& base, std::string only_nt, const MostGathered& most = {});

  /// A cell without a readable CVE still ties the update to its product. Errors: corrupt (text that is not UTF-8), limit.
  Status take(const Statement& s) override;
  void as_of(Feed feed, const Date& day) override;
  [[nodiscard]] const MostGathered& most() const { return most_; }

  Texts texts;
  std::vector<NamedProduct> products;
  std::vector<FixRow> rows;  ///< as they came; sort_rows() makes each once
  std::map<std::uint32_t, KbData> kbs;
  std::map<catalog::CveId, CveData> cves;
  KevList kev;
  std::vector<FileRow> files;
  Date cvrf_as_of, wesng_as_of;
  std::uint64_t statements = 0, not_windows = 0, without_kb = 0;

  /// By KB, product, CVE; equal rows become one with the bits of all, keeping the build text that is not empty.
  void sort_rows();

 private:
  static constexpr std::uint32_t kForeign = 0xFFFFFFFF;
  Status keep(const Statement& s);
  std::uint32_t product_of(const Statement& s);
  void note_cve(const Statement& s, catalog::CveId cve);
  Status note_kb(const Statement& s, std::uint32_t product);

  ProductNamer namer_;
  std::string only_nt_;
  MostGathered most_;
  Texts spellings_;                  ///< product + component as written
  std::vector<std::uint32_t> read_;  ///< spelling -> product, or kForeign
  std::map<std::string, std::uint32_t> by_id_;
  std::set<std::uint32_t> no_update_;                        ///< drop_kb
  std::set<std::pair<std::uint32_t, std::string>> not_for_;  ///< drop_fix: KB, product id
};

/// "Critical", in any case; anything else is `none`.
catalog::Rating rating_of(std::string_view s);

}  // namespace tq::feeds
