#include "feeds/tables.hpp"

#include <doctest/doctest.h>

#include "catalog/csv_export.hpp"
#include "feeds/cvrf.hpp"
#include "feeds/load.hpp"
#include "feeds/merge.hpp"
#include "feeds/wesng.hpp"
#include "tests/support/catalog_builder.hpp"
#include "tests/support/feed_builder.hpp"
#include "tests/support/machine_builder.hpp"

using namespace tq;
using namespace tq::feeds;
using tq::test::CvrfBuilder;

namespace {

catalog::Catalog small(const test::CatalogBuilder& b = {}) {
  auto compiled = b.compile();
  for (const auto& p : compiled.problems) MESSAGE(p.text());
  REQUIRE(compiled.problems.empty());
  return *catalog::Catalog::open(std::move(compiled.bytes));
}

void take_month(const std::string& text, Gather& g) {
  CvrfReader r("month", g);
  REQUIRE(r.put(bytes_of(text)));
  REQUIRE(r.finish());
}

void take_rows(const std::string& rows, Gather& g) {
  const std::string text = test::wesng_header() + rows;
  WesngReader r("rows", g);
  REQUIRE(r.put(bytes_of(text)));
  REQUIRE(r.finish());
}

/// The new catalog of a base and what was gathered; every check of the compiler has passed.
catalog::Catalog built(const catalog::Catalog& base, Gather& g) {
  g.sort_rows();
  auto tables = make_tables(base, g);
  REQUIRE_MESSAGE(tables, (tables ? "" : tables.error().text()));
  auto compiled = catalog::compile(merge(base, g, std::move(*tables)));
  for (const auto& p : compiled.problems) MESSAGE(p.text());
  REQUIRE(compiled.problems.empty());
  return *catalog::Catalog::open(std::move(compiled.bytes));
}

const std::string kServer = "Windows Server 2008 for 32-bit Systems Service Pack 2";
const std::string kTen = "Windows 10 Version 1809 for x64-based Systems";

}  // namespace

TEST_CASE("feeds: product names are taken apart, whatever their spelling") {
  const auto base = small();
  const ProductNamer namer(base);
  struct Case {
    const char *name, *component, *id, *even;
  };
  for (const Case& c :
       {Case{"Windows Server 2008 for x64-based Systems Service Pack 2 (Server Core installation)", "", "ws08-sp2-x64-core",
             "Windows Server 2008 for x64-based Systems Service Pack 2 (Server Core installation)"},
        Case{"Windows Server 2008 for Itanium-Based  Systems Service Pack 2", "Kernel", "ws08-sp2-ia64",
             "Windows Server 2008 for Itanium-based Systems Service Pack 2"},
        Case{"Windows Vista Service Pack 2", "", "vista-sp2-x86", "Windows Vista Service Pack 2"},
        Case{"Windows Vista x64 Edition Service Pack 2", "", "vista-sp2-x64", "Windows Vista x64 Edition Service Pack 2"},
        Case{"Windows Server 2008 for 32-bit Systems Service Pack 2", "Windows Internet Explorer 8", "ie8@ws08-sp2-x86",
             "Internet Explorer 8 on Windows Server 2008 for 32-bit Systems Service Pack 2"},
        Case{"Microsoft .NET Framework 3.5 AND 4.8 on Windows Server 2019", "", "net3.5-and-4.8@ws19-x64",
             ".NET Framework 3.5 AND 4.8 on Windows Server 2019"},
        Case{"Adobe Flash Player on Windows Server 2019", "", "adobe-flash-player@ws19-x64", "Adobe Flash Player on Windows Server 2019"},
        Case{"Windows Server 2019  (Server Core installation)", "", "ws19-x64-core", "Windows Server 2019 (Server Core installation)"}}) {
    const auto p = namer.read(c.name, c.component);
    REQUIRE_MESSAGE(p, c.name);
    CHECK(p->id == c.id);
    CHECK(p->name == c.even);
  }
  for (const char* name : {"", "Windows", "Microsoft Office 2010", "Windows Server 2008 R2 for x64-based Systems", "Azure for Windows",
                           "Windows Server 2008 for 32-bit Systems Service Pack 9", " on ", "Windows Server 2008 Service Pack "})
    CHECK_FALSE(namer.read(name, "Windows Internet Explorer 8"));
}

TEST_CASE("feeds: the second Tuesday") {
  CHECK(patch_tuesday(2019, 4) == Date{2019, 4, 9});
  CHECK(patch_tuesday(2020, 1) == Date{2020, 1, 14});
  CHECK(patch_tuesday(2026, 1) == Date{2026, 1, 13});
  CHECK(patch_tuesday(2018, 5) == Date{2018, 5, 8});
  CHECK(patch_tuesday(2017, 8) == Date{2017, 8, 8});
}

TEST_CASE("feeds: what both feeds say becomes one row, what only one says is told") {
  const auto base = small();
  Gather g(base, "");
  take_month(CvrfBuilder("2021-09-14")
                 .product("1", kServer)
                 .product("2", kTen)
                 .cve("CVE-2021-0001", "Title of CVRF", "Important")
                 .fix("2000001", {"1"}, "Monthly Rollup", "1000004", "6.0.6003.21200")
                 .fix("2000002", {"2"}, "Security Update", "", "10.0.17763.2000")
                 .text(),
             g);
  take_rows(test::wesng_row("20210914", "CVE-2021-0001", "2000001", kServer, "", "1000004") +
                test::wesng_row("20210914", "CVE-2021-0002", "2000001", kServer) +
                test::wesng_row("20100810", "CVE2010-1234", "2000003", kServer, "Windows Internet Explorer 8", "",
                                "Cumulative Security Update for Internet Explorer"),
            g);
  const auto c = built(base, g);
  const auto u = c.find_kb(2000001);
  REQUIRE(u);
  CHECK(u->kind == catalog::UpdateKind::monthly_rollup);
  CHECK(u->released == Date{2021, 9, 14});
  CHECK(u->fixed_build == FileVersion{6, 0, 6003, 21200});
  CHECK(u->is_for("6.0"));
  CHECK_FALSE(u->is_for("10.0"));
  CHECK(u->n_cves == 2);
  REQUIRE(u->supersedes.size() == 1);
  CHECK(c.superseded_by(1000004)[0] == 2000001);
  CHECK(u->source == "MSRC CVRF; wesng");
  CHECK(c.find_kb(2000002)->kind == catalog::UpdateKind::cumulative);
  CHECK(c.find_kb(2000003)->kind == catalog::UpdateKind::ie_cumulative);
  CHECK(c.find_kb(2000003)->confidence == catalog::Confidence::medium);
  CHECK(c.find_cve(*catalog::parse_cve("CVE-2010-1234")));
  CHECK(c.find_cve(*catalog::parse_cve("CVE-2021-0001"))->title == "Title of CVRF");
  CHECK(c.fixes_of_cve(c.find_cve(*catalog::parse_cve("CVE-2021-0001"))->row).size() == 2);
  CHECK(c.data_as_of() == Date{2026, 6, 28});
  // What the base knew is still there.
  CHECK(c.find_kb(1000004)->title == "August");
  CHECK(c.find_cve(*catalog::parse_cve("CVE-2021-0002"))->exploited == Date{2021, 9, 1});
  CHECK(c.fixes_of_update(*c.row_of_kb(1000004)).size() == 2);
}

TEST_CASE("feeds: a later revision of a CVE moves no release date") {
  const auto base = small();
  Gather g(base, "");
  // The update of December is also named in September, as that month's CVE was revised; wesng dates rows by revision.
  take_month(CvrfBuilder("2020-09-08").product("1", kServer).cve("CVE-2020-0001").fix("2000001", {"1"}).text(), g);
  take_month(CvrfBuilder("2020-12-08")
                 .product("1", kServer)
                 .cve("CVE-2020-0002")
                 .fix("2000001", {"1"})
                 .cve("CVE-2020-0003")
                 .fix("2000001", {"1"})
                 .fix("2000002", {"1"})
                 .text(),
             g);
  take_rows(test::wesng_row("20200908", "CVE-2020-0001", "2000001", kServer) +
                test::wesng_row("20201208", "CVE-2020-0002", "2000001", kServer) +
                test::wesng_row("20230613", "CVE-2020-0003", "2000002", kServer),
            g);
  const auto c = built(base, g);
  CHECK(c.find_kb(2000001)->released == Date{2020, 12, 8});
  CHECK(c.find_kb(2000002)->released == Date{2020, 12, 8});
  CHECK(c.find_kb(2000002)->confidence == catalog::Confidence::medium);
  CHECK_FALSE(c.find_kb(2000002)->note.empty());
}

TEST_CASE("feeds: edges that cannot be believed are dropped, and each is a row that says why") {
  const auto base = small();
  Gather g(base, "");
  take_month(CvrfBuilder("2019-05-14")
                 .product("1", kServer)
                 .product("2", kTen)
                 .cve("CVE-2019-1001")
                 .fix("2000001", {"1"}, "Security Only")
                 .fix("2000009", {"2"}, "Security Update")
                 .text(),
             g);
  take_month(CvrfBuilder("2019-06-11")
                 .product("1", kServer)
                 .cve("CVE-2019-1002")
                 .fix("2000002", {"1"}, "Security Only", "2000001;2000002;2000009;7777777")
                 .text(),
             g);
  const auto c = built(base, g);
  CHECK(c.find_kb(2000002)->supersedes.empty());
  std::size_t told = 0;
  for (const auto& k : c.corrections())
    if (k.kb == 2000002 && k.kind == catalog::CorrectionKind::drop_edge && !k.why.empty()) ++told;
  CHECK(told == 3);
  CHECK(c.meta("feeds.edges_unknown")->value == "1");
}

TEST_CASE("feeds: updates that supersede each other in a circle refuse the whole") {
  const auto base = small();
  Gather g(base, "");
  take_month(CvrfBuilder("2019-05-14")
                 .product("1", kServer)
                 .cve("CVE-2019-1001")
                 .fix("2000001", {"1"}, "Monthly Rollup", "2000002")
                 .fix("2000002", {"1"}, "Monthly Rollup", "2000003")
                 .fix("2000003", {"1"}, "Monthly Rollup", "2000001")
                 .text(),
             g);
  g.sort_rows();
  const auto tables = make_tables(base, g);
  REQUIRE_FALSE(tables);
  CHECK(tables.error().text().find("circle") != std::string::npos);
}

TEST_CASE("feeds: corrections are rows, not code") {
  const auto base = small(test::CatalogBuilder()
                              .append("corrections", "drop_fix,2000001,,w10-1809-x64,contaminated,a page,2026-01-02,high,")
                              .append("corrections", "set_date,2000002,,2019-05-16,out of band,a page,2026-01-02,high,")
                              .append("corrections", "set_kind,2000002,,hotpatch,so it is,a page,2026-01-02,high,")
                              .append("corrections", "drop_kb,2000003,,,never was,a page,2026-01-02,high,")
                              .append("corrections", "set_fixed_build,2000001,,6.0.6003.20500,swapped digits,a page,2026-01-02,high,")
                              .append("corrections", "add_edge,2000002,2000001,,left out,a page,2026-01-02,high,"));
  Gather g(base, "");
  take_month(CvrfBuilder("2019-05-14")
                 .product("1", kServer)
                 .product("2", kTen)
                 .cve("CVE-2019-1001")
                 .fix("2000001", {"1", "2"}, "Monthly Rollup", "", "6.0.6003.20050")
                 .fix("2000002", {"1"})
                 .fix("2000003", {"1"})
                 .text(),
             g);
  const auto c = built(base, g);
  CHECK(c.find_kb(2000001)->nt_versions == "6.0");
  CHECK(c.find_kb(2000001)->fixed_build == FileVersion{6, 0, 6003, 20500});
  CHECK(c.find_kb(2000002)->released == Date{2019, 5, 16});
  CHECK(c.find_kb(2000002)->kind == catalog::UpdateKind::hotpatch);
  CHECK(c.find_kb(2000002)->supersedes.size() == 1);
  CHECK_FALSE(c.find_kb(2000003));
}

TEST_CASE("feeds: the same feeds give the same bytes, in any order") {
  const auto base = small();
  const std::string may = CvrfBuilder("2019-05-14")
                              .product("1", kServer)
                              .cve("CVE-2019-1001")
                              .fix("2000001", {"1"}, "Monthly Rollup", "", "6.0.6003.20600")
                              .text();
  const std::string june = CvrfBuilder("2019-06-11")
                               .product("1", kServer)
                               .product("2", kTen)
                               .cve("CVE-2019-1002")
                               .fix("2000002", {"1", "2"}, "Monthly Rollup", "2000001")
                               .text();
  Gather a(base, ""), b(base, "");
  take_month(may, a);
  take_month(june, a);
  take_month(june, b);
  take_month(may, b);
  CHECK(built(base, a).sha256() == built(base, b).sha256());
}

TEST_CASE("feeds: a catalog written out as CSV compiles to the same rows again") {
  const auto base = small();
  std::vector<catalog::SourceFile> files;
  for (const auto& s : catalog::schemas()) files.push_back({"again/" + std::string(s.stem) + ".csv", catalog::table_csv(base, s)});
  const auto again = catalog::compile(files);
  REQUIRE(again.problems.empty());
  const auto c = catalog::Catalog::open(again.bytes);
  REQUIRE(c);
  for (const auto& s : catalog::schemas()) {
    CHECK(catalog::table_csv(*c, s) == catalog::table_csv(base, s));
    CHECK(catalog::table_ndjson(*c, s) == catalog::table_ndjson(base, s));
  }
}

TEST_CASE("feeds: a bundle of .NET Framework and the parts that machines list") {
  const auto base = small();
  Gather g(base, "");
  const std::string link = "https://catalog.example/Search.aspx?q=KB";
  take_month(CvrfBuilder("2019-02-12")
                 .product("2", "Microsoft .NET Framework 2.0 Service Pack 2 on " + kServer)
                 .product("4", "Microsoft .NET Framework 4.5.2 on " + kServer)
                 .cve("CVE-2019-0613")
                 .fix("2487081", {"2"}, "Monthly Rollup", "", "", link + "2483457")
                 .fix("2487081", {"4"}, "Monthly Rollup", "", "", link + "2483455")
                 .fix("2487082", {"4"}, "Security Only", "", "", link + "2487082")
                 .text(),
             g);
  const auto c = built(base, g);
  CHECK(c.find_kb(2487081)->kind == catalog::UpdateKind::dotnet_rollup);
  const auto children = c.children_of(2487081);
  REQUIRE(children.size() == 2);
  CHECK(children[0].child == 2483455);
  CHECK(children[0].framework == "4.5.2");
  CHECK(children[1].framework == "2.0 Service Pack 2");
  CHECK(c.parents_of(2483457)[0].parent == 2487081);
  CHECK(c.children_of(2487082).empty());
}

TEST_CASE("feeds: as many statements and names as are allowed, and one more") {
  const auto base = small();
  const auto refused = [&](const MostGathered& most, int n) {
    Gather g(base, "", most);
    Status taken = ok();
    for (int i = 0; taken && i < n; ++i) {
      const std::string product = "Product " + std::to_string(i);
      Statement s;
      s.product = product;
      taken = g.take(s);
    }
    return !taken && taken.error().code == ErrorCode::limit;
  };
  CHECK_FALSE(refused({.statements = 3}, 3));
  CHECK(refused({.statements = 3}, 4));
  CHECK_FALSE(refused({.names = 3}, 3));
  CHECK(refused({.names = 3}, 4));
}

TEST_CASE("feeds: as many months, bytes of a list and superseded updates as are allowed, and one more") {
  const auto base = small();
  const auto refused = [&](const test::FileMap& files, const std::string& path, const MostGathered& most) {
    const std::string folder = test::temporary_folder();
    test::write_files(files, folder);
    Gather g(base, "", most);
    const auto loaded = load({folder + path}, g);
    return !loaded && loaded.error().code == ErrorCode::limit;
  };
  const auto month = test::bytes_from(CvrfBuilder().product("1", kServer).text());
  const test::FileMap months = {{"2020-01.xml", month}, {"2020-02.xml", month}};
  CHECK_FALSE(refused(months, "", {.months = 2}));
  CHECK(refused(months, "", {.months = 1}));
  const auto kev = test::bytes_from("cveID,dateAdded,knownRansomwareCampaignUse\nCVE-2019-0001,2021-11-03,Known\n");
  CHECK_FALSE(refused({{"kev.csv", kev}}, "/kev.csv", {.list_bytes = kev.size()}));
  CHECK(refused({{"kev.csv", kev}}, "/kev.csv", {.list_bytes = kev.size() - 1}));
  const auto superseding = [&](std::uint32_t n) {
    std::string kbs;
    for (std::uint32_t i = 0; i < n; ++i) kbs += std::to_string(1000000 + i) + ";";
    Gather g(base, "");
    Statement s;
    s.kb = 2000001;
    s.product = kServer;
    s.supersedes = kbs;
    const auto taken = g.take(s);
    return !taken && taken.error().code == ErrorCode::limit;
  };
  CHECK_FALSE(superseding(limits::kSupersedes));
  CHECK(superseding(limits::kSupersedes + 1));
}
