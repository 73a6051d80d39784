// The judge against the file versions another scanner's public tests use: a witness of the tests, never part of the catalog.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "catalog/compile.hpp"
#include "catalog/csv_source.hpp"
#include "core/text.hpp"
#include "feeds/gather.hpp"
#include "feeds/load.hpp"
#include "feeds/merge.hpp"
#include "feeds/tables.hpp"
#include "judge/judge.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/machine_builder.hpp"

namespace {

using tq::FileVersion;
using tq::model::Facts;
using tq::model::Tri;

struct Threshold {
  std::uint32_t kb = 0;
  std::string file;
  FileVersion version;
  bool ldr = false;
};

std::vector<std::string> words(const std::string& s) {
  std::istringstream in(s);
  std::vector<std::string> out;
  for (std::string w; in >> w;) out.push_back(w);
  return out;
}

std::string content(const std::filesystem::path& path) {
  std::ifstream f(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(f), {}};
}

/// A revision in whole thousands parts the branches from each other: it is where LDR begins to be looked at, not a fix.
bool divider(const FileVersion& v) { return v.revision % 1000 == 0; }

/// The columns of the table that are read.
enum Column : std::size_t { kTitle = 1, kBulletins = 3, kKb = 4, kFile = 6, kVersion = 7 };

/// "(2451910)" at the end of a title, where the column of numbers is empty.
std::vector<std::string> number_in_title(const std::string& title) {
  const auto open = title.rfind('('), close = title.rfind(')');
  if (open == std::string::npos || close == std::string::npos || close < open) return {};
  return {title.substr(open + 1, close - open - 1)};
}

/// Rows that cannot be used, by what they lack, and the numbers of rows that were published before the catalog begins.
struct LeftOut {
  std::size_t no_number = 0, no_file = 0, divider_only = 0;
  std::set<std::uint32_t> before_the_catalog;
};

/// The feeds of the catalog begin with the bulletins of 2008-11: MS08-068 is the first for Windows.
bool before_the_catalog(const std::string& bulletins) {
  const auto list = words(tq::lower_ascii(bulletins));
  return !list.empty() && std::all_of(list.begin(), list.end(), [](const auto& b) { return b < std::string("ms08-068"); });
}

/// Of each build the highest of each branch: a test lists the bounds of its ranges beside the thresholds.
std::vector<Threshold> thresholds(const std::string& path, LeftOut& left_out) {
  std::vector<tq::catalog::Problem> problems;
  const auto rows = tq::catalog::read_csv({path, content(path)}, problems);
  REQUIRE(problems.empty());
  std::map<std::tuple<std::uint32_t, std::string, std::uint16_t, bool>, FileVersion> best;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto& c = rows[i].cells;
    bool used = false, numbered = false;
    for (const auto& kb_word : c[kKb].empty() ? number_in_title(c[kTitle]) : words(c[kKb]))
      for (const auto& version : words(c[kVersion])) {
        const auto kb = tq::parse_kb(kb_word);
        const auto v = FileVersion::parse(version);
        numbered = numbered || kb.has_value();
        if (!kb || !v || divider(*v)) continue;
        if (before_the_catalog(c[kBulletins])) left_out.before_the_catalog.insert(*kb);
        for (const auto& file : words(c[kFile])) {
          used = true;
          auto& b = best[{*kb, tq::lower_ascii(file), v->build, v->revision >= 20480}];
          b = std::max(b, *v);
        }
      }
    if (used) continue;
    ++(!numbered ? left_out.no_number : words(c[kFile]).empty() ? left_out.no_file : left_out.divider_only);
  }
  std::vector<Threshold> out;
  for (const auto& [key, v] : best) out.push_back({std::get<0>(key), std::get<1>(key), v, std::get<3>(key)});
  return out;
}

/// The built-in catalog with these thresholds as a site's table of files, by the way that `catalog update --from` takes.
tq::catalog::Catalog with_files(const tq::catalog::Catalog& base, const std::vector<Threshold>& list) {
  const std::string path = tq::test::temporary_folder() + "/files.csv";
  std::string table = "kb,file,arch,branch,version,source\n";
  for (const auto& t : list)
    table += fmt::format("{},{},,{},{},a table of the site\n", t.kb, t.file, t.ldr ? "ldr" : "gdr", t.version.text());
  std::ofstream(path, std::ios::binary) << table;
  tq::feeds::Gather gather(base, "");
  const auto loaded = tq::feeds::load({path}, gather);
  REQUIRE(loaded);
  auto tables = tq::feeds::make_tables(base, gather);
  REQUIRE(tables);
  auto compiled = tq::catalog::compile(tq::feeds::merge(base, gather, *std::move(tables)));
  for (const auto& p : compiled.problems) MESSAGE(p.text());
  REQUIRE(compiled.problems.empty());
  return *tq::catalog::Catalog::open(std::move(compiled.bytes));
}

/// A machine of the threshold's service pack with this one file read, and a kernel that does not speak against it.
Facts machine(const Threshold& t, FileVersion v) {
  Facts f;
  f.identity.nt_version = "6.0";
  f.identity.arch = "x64";
  f.identity.product_type = "server";
  f.update_files_read = f.internet_explorer_read = f.dotnet_read = Tri::yes;
  const std::uint16_t build = t.version.build;
  const FileVersion kernel = build == 6003 ? v
                                           : FileVersion{6, 0, build,
                                                         static_cast<std::uint16_t>(build == 6001   ? 18000
                                                                                    : build == 6000 ? 16386
                                                                                                    : 18005)};
  tq::model::BuildWitness w;
  w.source = "file.ntoskrnl.exe";
  w.group = tq::model::WitnessGroup::kernel_file;
  w.says = (t.file == "ntoskrnl.exe" ? v : kernel).text();
  w.build = build;
  f.build_witnesses.push_back(w);
  f.files.push_back({"system32/" + t.file, v, "x64", {}, true, "tree//" + t.file});
  return f;
}

bool reported(const tq::model::Verdict& v, std::uint32_t kb) {
  for (const auto& m : v.missing)
    if (m.kb == kb || std::find(m.covers.begin(), m.covers.end(), kb) != m.covers.end()) return true;
  return false;
}
bool closed(const tq::model::Verdict& v, std::uint32_t kb) {
  return std::any_of(v.installed.begin(), v.installed.end(), [&](const auto& u) { return u.kb == kb; }) ||
         std::any_of(v.covered.begin(), v.covered.end(), [&](const auto& u) { return u.kb == kb; });
}

struct Outcome {
  std::size_t tried = 0, not_in_view = 0;
  std::vector<std::string> disagree;
};

void compare(const Threshold& t, const tq::judge::Knowledge& with, const tq::judge::Knowledge& without, Outcome& o) {
  FileVersion below = t.version;
  --below.revision;
  const Facts low = machine(t, below), at = machine(t, t.version);
  const auto* view = with.view_for(low);
  if (view == nullptr || view->find(t.kb) == nullptr) {
    ++o.not_in_view;
    return;
  }
  ++o.tried;
  const auto say = [&](const char* what) {
    o.disagree.push_back(fmt::format("{} {} {}: {}", tq::kb_text(t.kb), t.file, t.version.text(), what));
  };
  if (!reported(tq::judge::judge(low, with, {}), t.kb)) say("below the threshold it is not reported");
  if (reported(tq::judge::judge(at, with, {}), t.kb)) say("at the threshold it is reported");
  if (closed(tq::judge::judge(low, without, {}), t.kb)) say("without the table, below the threshold, it is called in place");
  const auto v = tq::judge::judge(at, without, {});
  if (std::any_of(v.missing.begin(), v.missing.end(), [&](const auto& m) { return m.kb == t.kb; }))
    say("without the table it is called missing");
}

}  // namespace

/// Numbers of the table that the catalog has no update of NT 6.0 for, each looked at: docs/verdicts.md says what they are.
const std::set<std::uint32_t> kOfOtherProducts = {958469, 958470, 958471, 968389, 978695, 2419632, 2616310, 2626416, 2628642, 3036220};

/// How the numbers that the catalog does not know part: too old for it, of other products, not explained.
void explain_unknown(const std::vector<Threshold>& list, const tq::catalog::Catalog& catalog, const LeftOut& left_out) {
  std::set<std::uint32_t> old, other, bulletins;
  for (const auto& t : list) {
    if (catalog.find_kb(t.kb)) continue;
    (left_out.before_the_catalog.contains(t.kb) ? old : kOfOtherProducts.contains(t.kb) ? other : bulletins).insert(t.kb);
  }
  MESSAGE(fmt::format("numbers without an update of NT 6.0: {} before 2008-11, {} of other products, {} of bulletins as a whole",
                      old.size(), other.size(), bulletins.size()));
  MESSAGE(fmt::format("rows that cannot be used: {} without a number, {} without a file, {} with a divider only", left_out.no_number,
                      left_out.no_file, left_out.divider_only));
}

TEST_CASE("oracle: file versions of another scanner") {
  const auto path = tq::test::corpus("oracle/greenbone_nt60_file_versions.csv");
  if (!path) return;
  LeftOut left_out;
  const auto list = thresholds(*path, left_out);
  REQUIRE(list.size() > 200);
  const auto embedded = *tq::catalog::Catalog::embedded();
  // The whole table goes in: rows of updates that the catalog does not know must do no harm.
  const tq::judge::Knowledge without(embedded), with(with_files(embedded, list));
  Outcome o;
  for (const auto& t : list) compare(t, with, without, o);
  MESSAGE(fmt::format("{} thresholds, {} judged, {} of another service pack or product", list.size(), o.tried, o.not_in_view));
  explain_unknown(list, embedded, left_out);
  CHECK(o.tried > 250);
  for (const auto& d : o.disagree) FAIL_CHECK(d);
}
