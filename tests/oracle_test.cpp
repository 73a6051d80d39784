// The judge against the file versions another scanner's public tests use: a witness of the tests, never part of the catalog.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "catalog/compile.hpp"
#include "catalog/csv_source.hpp"
#include "core/text.hpp"
#include "judge/judge.hpp"
#include "tests/support/corpus.hpp"

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

/// Of each build the highest of each branch: a test lists the bounds of its ranges beside the thresholds.
std::vector<Threshold> thresholds(const std::string& path, std::size_t& left_out) {
  std::vector<tq::catalog::Problem> problems;
  const auto rows = tq::catalog::read_csv({path, content(path)}, problems);
  REQUIRE(problems.empty());
  std::map<std::tuple<std::uint32_t, std::string, std::uint16_t, bool>, FileVersion> best;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto& c = rows[i].cells;
    bool used = false;
    for (const auto& kb_word : words(c[4]))
      for (const auto& file : words(c[6]))
        for (const auto& version : words(c[7])) {
          const auto kb = tq::parse_kb(kb_word);
          const auto v = FileVersion::parse(version);
          if (!kb || !v || divider(*v)) continue;
          used = true;
          auto& b = best[{*kb, tq::lower_ascii(file), v->build, v->revision >= 20480}];
          b = std::max(b, *v);
        }
    left_out += std::size_t{!used};
  }
  std::vector<Threshold> out;
  for (const auto& [key, v] : best) out.push_back({std::get<0>(key), std::get<1>(key), v, std::get<3>(key)});
  return out;
}

/// The catalog of this source tree with these thresholds as its table of files, as `catalog update` would make it.
tq::catalog::Catalog with_files(const std::vector<Threshold>& list) {
  std::vector<tq::catalog::SourceFile> files;
  for (const auto& e : std::filesystem::recursive_directory_iterator(std::string(TQ_SOURCE_DIR) + "/data/catalog"))
    if (e.path().extension() == ".csv") files.push_back({e.path().string(), content(e.path())});
  std::string table = "kb,file,arch,branch,version,source,retrieved,confidence,note\n";
  for (const auto& t : list)
    table += fmt::format("{},{},any,{},{},a table of the site,2026-11-20,high,\n", t.kb, t.file, t.ldr ? "ldr" : "gdr", t.version.text());
  files.push_back({"site/files.csv", table});
  auto compiled = tq::catalog::compile(std::move(files));
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

TEST_CASE("oracle: file versions of another scanner") {
  const auto path = tq::test::corpus("oracle/greenbone_nt60_file_versions.csv");
  if (!path) return;
  std::size_t left_out = 0;
  const auto list = thresholds(*path, left_out);
  REQUIRE(list.size() > 200);
  // Only what the catalog knows can be given a file: KB numbers of other products stand beside those of Windows.
  const auto embedded = *tq::catalog::Catalog::embedded();
  std::vector<Threshold> known;
  for (const auto& t : list)
    if (embedded.find_kb(t.kb)) known.push_back(t);
  const tq::judge::Knowledge without(embedded), with(with_files(known));
  Outcome o;
  for (const auto& t : known) compare(t, with, without, o);
  MESSAGE(fmt::format("{} thresholds, {} of KBs in the catalog, {} judged, {} of another service pack or product, {} rows unusable",
                      list.size(), known.size(), o.tried, o.not_in_view, left_out));
  CHECK(o.tried > 150);
  for (const auto& d : o.disagree) FAIL_CHECK(d);
}
