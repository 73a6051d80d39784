#include "catalog/compile.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "catalog/catalog.hpp"
#include "catalog/format.hpp"
#include "tests/support/catalog_builder.hpp"

using namespace tq;
using namespace tq::catalog;
using tq::test::CatalogBuilder;

namespace {

std::string all(const Compiled& c) {
  std::string out;
  for (const Problem& p : c.problems) out += p.text() + "\n";
  return out;
}

/// The set is refused, and one message names `where` ("t/updates.csv:3") and says `what`.
void check_refused(const CatalogBuilder& b, std::string_view where, std::string_view what) {
  const Compiled c = b.compile();
  CAPTURE(what);
  CAPTURE(all(c));
  CHECK(c.bytes.empty());
  CHECK(std::any_of(c.problems.begin(), c.problems.end(), [&](const Problem& p) {
    return p.text().starts_with(std::string(where) + ":") && p.what.find(what) != std::string::npos;
  }));
}

}  // namespace

TEST_CASE("catalog compiler: a correct set compiles and reads back") {
  const Compiled c = CatalogBuilder().compile();
  REQUIRE_MESSAGE(c.problems.empty(), all(c));
  const auto cat = Catalog::open(c.bytes);
  REQUIRE(cat);
  CHECK(cat->updates().size() == 4);
  CHECK(cat->updates()[0].kb == 1000001);
  const auto u = cat->find_kb(1000004);
  REQUIRE(u);
  REQUIRE(u->requirements.size() == 2);
  REQUIRE(u->requirements[1].size() == 2);
  CHECK(u->requirements[1][0] == 1000003);
  CHECK(u->requirements[1][1] == 1000002);
  CHECK(cat->upgrade_hops()[0].conditions == "same language, same edition");
}

TEST_CASE("catalog compiler: the same files in any order give the same bytes") {
  auto files = CatalogBuilder().files();
  const Compiled a = compile(files);
  std::reverse(files.begin(), files.end());
  const Compiled b = compile(files);
  REQUIRE_FALSE(a.bytes.empty());
  CHECK(a.bytes == b.bytes);
}

TEST_CASE("catalog compiler: two files of one name are one table") {
  auto files = CatalogBuilder().files();
  files.push_back({"u/meta.csv", "key,value,source,retrieved,confidence,note\nmore,1,a page,2026-01-02,low,\n"});
  const Compiled c = compile(files);
  REQUIRE_MESSAGE(c.problems.empty(), all(c));
  CHECK(Catalog::open(c.bytes).value_or(*Catalog::embedded()).meta("more")->value == "1");
}

TEST_CASE("catalog compiler: every table must be there, and no other") {
  for (const Schema& s : schemas()) check_refused(CatalogBuilder().remove(std::string(s.stem)), std::string(s.stem) + ".csv", "no file");
  check_refused(CatalogBuilder().replace("surprise", "a\n1\n"), "t/surprise.csv", "no table has this name");
}

TEST_CASE("catalog compiler: the grammar of a file") {
  const std::string head = "key,value,source,retrieved,confidence,note\n";
  check_refused(CatalogBuilder().replace("meta", ""), "t/meta.csv", "no header");
  check_refused(CatalogBuilder().replace("meta", "key,value,source,confidence,retrieved,note\n"), "t/meta.csv:1", "the header must be");
  check_refused(CatalogBuilder().replace("meta", "key,value\n"), "t/meta.csv:1", "the header must be");
  check_refused(CatalogBuilder().append("meta", "a,b,c"), "t/meta.csv:5", "3 cells, the header has 6");
  check_refused(CatalogBuilder().append("meta", "a,b,c,2026-01-02,high,,"), "t/meta.csv:5", "7 cells");
  check_refused(CatalogBuilder().append("meta", "a,\"b"), "t/meta.csv:5", "line break inside a cell");
  check_refused(CatalogBuilder().replace("meta", head + "a,\"b"), "t/meta.csv:2", "never closed");
  check_refused(CatalogBuilder().append("meta", "a,\"b\"c,d"), "t/meta.csv:5", "behind its closing quote");
  check_refused(CatalogBuilder().append("meta", "a,b\"c,d"), "t/meta.csv:5", "a quote inside a cell");
  check_refused(CatalogBuilder().append("meta", "a,\xFF,c,2026-01-02,high,"), "t/meta.csv", "not UTF-8");
  check_refused(CatalogBuilder().append("meta", "a, b,c,2026-01-02,high,"), "t/meta.csv:5", "blanks around");
}

TEST_CASE("catalog compiler: quotes, carriage returns and blank lines are read as CSV says") {
  const Compiled c = CatalogBuilder().append("meta", "q,\"a \"\"b\"\", c\",s,2026-01-02,low,n\r\n").compile();
  REQUIRE_MESSAGE(c.problems.empty(), all(c));
  const auto cat = Catalog::open(c.bytes);
  REQUIRE(cat);
  CHECK(cat->meta("q")->value == "a \"b\", c");
  CHECK(cat->meta("q")->note == "n");
}

TEST_CASE("catalog compiler: each kind of cell") {
  const auto bad = [](const char* column, const char* cell, const char* what) {
    check_refused(CatalogBuilder().set("updates", 3, column, cell), "t/updates.csv:5", what);
  };
  bad("kb", "KB1000004", "a KB number");
  bad("kb", "12", "a KB number");
  bad("kb", "", "must not be empty");
  bad("release_date", "2021-02-30", "a date");
  bad("release_date", "10.08.2021", "a date");
  bad("kind", "Monthly", "one of service_pack, monthly_rollup");
  bad("arches", "x86;mips", "each at most once");
  bad("arches", "x86;x86", "at most once");
  bad("version", "6.0.6003", "a version");
  bad("version", "6.0.6003.21192 (x)", "a version");
  bad("version", "6.0.6003.70000", "a version");
  bad("version_basis", "file", "one of none, kernel");
  bad("supersedes", "1000002;", "parted by");
  bad("supersedes", "1000002,1000001", "cells");
  bad("requires", "1000001;;1000002", "parted by");
  bad("requires", "1000001|x", "parted by");
  bad("esu_required", "yes", "y or n");
  bad("n_cves", "many", "a number");
  bad("n_cves", "4294967296", "a number");
  bad("confidence", "sure", "one of high");
  bad("confidence", "", "must not be empty");
  check_refused(CatalogBuilder().set("beliefs", 0, "verdict", "maybe"), "t/beliefs.csv:2", "one of true, partly, false");
  check_refused(CatalogBuilder().set("revision_ranges", 0, "branch", "qfe"), "t/revision_ranges.csv:2", "one of gdr, ldr");
  check_refused(CatalogBuilder().set("kernel_exceptions", 0, "treatment", "is"), "t/kernel_exceptions.csv:2", "counts_as");
  check_refused(CatalogBuilder().set("lifecycle", 0, "product_class", "both"), "t/lifecycle.csv:2", "client, server");
  check_refused(CatalogBuilder().set("releases", 0, "product_class", "perhaps"), "t/releases.csv:2", "client, server");
}

TEST_CASE("catalog compiler: a source, the day it was read, and what has none") {
  for (const char* none : {"memory", "same", ""}) {
    const Compiled c = CatalogBuilder().set("features", 0, "source", none).set("features", 0, "retrieved", "").compile();
    REQUIRE_MESSAGE(c.problems.empty(), all(c));
    const auto cat = Catalog::open(c.bytes);
    REQUIRE(cat);
    CHECK(cat->features()[0].confidence == Confidence::unconfirmed);
  }
  check_refused(CatalogBuilder().set("features", 0, "source", "memory"), "t/features.csv:2", "without a source");
  check_refused(CatalogBuilder().set("features", 0, "retrieved", ""), "t/features.csv:2", "the date it was read");
  check_refused(CatalogBuilder().set("features", 0, "retrieved", "2026-13-01"), "t/features.csv:2", "the date it was read");
  check_refused(CatalogBuilder().set("features", 0, "source", "some docs (memory)"), "t/features.csv:2", "is no source");
  check_refused(CatalogBuilder().set("features", 0, "source", "common knowledge"), "t/features.csv:2", "is no source");
}

TEST_CASE("catalog compiler: nothing twice") {
  for (const Schema& s : schemas()) {
    CatalogBuilder b;
    const std::string text = b.text(std::string(s.stem));
    const std::size_t first = text.find('\n') + 1;
    b.append(std::string(s.stem), text.substr(first, text.find('\n', first) - first));
    check_refused(b, "t/" + std::string(s.stem) + ".csv", "a second row of");
  }
}

TEST_CASE("catalog compiler: every KB that is named has a row") {
  check_refused(CatalogBuilder().set("updates", 3, "supersedes", "1000009"), "t/updates.csv:5",
                "supersedes KB1000009, which no row describes");
  check_refused(CatalogBuilder().set("updates", 3, "supersedes_inferred", "1000009"), "t/updates.csv:5", "supersedes KB1000009");
  check_refused(CatalogBuilder().set("updates", 3, "requires", "1000001;1000002|1000009"), "t/updates.csv:5",
                "requires KB1000009, which no row describes");
  check_refused(CatalogBuilder().set("updates", 3, "recommends", "1000009"), "t/updates.csv:5", "recommends KB1000009");
  check_refused(CatalogBuilder().set("goals", 0, "kb", "1000009"), "t/goals.csv:2", "KB1000009 has no row");
  check_refused(CatalogBuilder().set("kernel_exceptions", 0, "kb", "1000009"), "t/kernel_exceptions.csv:2", "KB1000009 has no row");
  check_refused(CatalogBuilder().set("esu_years", 0, "last_kb", "1000009"), "t/esu_years.csv:2", "KB1000009 was not released");
}

TEST_CASE("catalog compiler: supersedence has no cycle, requirements can be met") {
  // Two updates of one day pass the test of dates, so only the test for cycles can refuse them.
  check_refused(CatalogBuilder().set("updates", 1, "supersedes", "1000003").set("updates", 2, "supersedes", "1000002"), "t/updates.csv:3",
                "cycle");
  check_refused(CatalogBuilder().set("updates", 1, "supersedes", "1000002"), "t/updates.csv:3", "supersedence: KB1000002");
  check_refused(CatalogBuilder().set("updates", 1, "requires", "1000003").set("updates", 2, "requires", "1000002"), "t/updates.csv:4",
                "can never be installed");
  check_refused(CatalogBuilder().set("updates", 1, "supersedes", "1000003").set("updates", 2, "supersedes_inferred", "1000002"),
                "t/updates.csv:4", "cycle");
}

TEST_CASE("catalog compiler: time runs forwards") {
  check_refused(CatalogBuilder().set("updates", 1, "supersedes", "1000004"), "t/updates.csv:3", "which is newer");
  check_refused(CatalogBuilder().set("updates", 1, "requires", "1000004"), "t/updates.csv:3", "came out later");
  check_refused(CatalogBuilder().set("updates", 3, "release_date", "2026-06-29"), "t/updates.csv:5", "after data_as_of");
  check_refused(CatalogBuilder().set("meta", 0, "value", "soon"), "t/meta.csv:2", "data_as_of");
  check_refused(CatalogBuilder().set("meta", 0, "key", "as_of"), "t/meta.csv:2", "data_as_of");
  check_refused(CatalogBuilder().set("lifecycle", 0, "esu_end", "2019-01-01"), "t/lifecycle.csv:2", "comes before");
  check_refused(CatalogBuilder().set("esu_years", 0, "last_date", "2020-01-01"), "t/esu_years.csv:2", "run backwards");
  check_refused(CatalogBuilder().append("esu_years", "3,x,2021-08-10,2021-08-10,1000004,1000004,1,a,2026-01-02,high,"), "t/esu_years.csv:3",
                "overlap");
}

TEST_CASE("catalog compiler: an alternative that came later is fine when another was there") {
  const Compiled c = CatalogBuilder().set("updates", 1, "requires", "1000001|1000004").compile();  // and 1000004 needs 1000002
  CHECK_MESSAGE(c.problems.empty(), all(c));
}

TEST_CASE("catalog compiler: versions rise inside a line unless the row says why") {
  auto b = CatalogBuilder()
               .set("updates", 3, "version", "6.0.6003.20489")
               .set("updates", 3, "fixed_build", "6.0.6003.20489")
               .set("goals", 0, "version", "6.0.6003.20489");
  check_refused(b, "t/updates.csv:5", "order_exception");
  b.set("updates", 3, "order_exception", "the source prints it so");
  const Compiled c = b.compile();
  CHECK_MESSAGE(c.problems.empty(), all(c));
}

TEST_CASE("catalog compiler: a version has a basis and a file, an ESU update a year") {
  check_refused(CatalogBuilder().set("updates", 1, "version", ""), "t/updates.csv:3", "given together");
  check_refused(CatalogBuilder().set("updates", 1, "version_basis", "none"), "t/updates.csv:3", "given together");
  check_refused(CatalogBuilder().set("updates", 1, "version_file", ""), "t/updates.csv:3", "which file");
  check_refused(CatalogBuilder().set("updates", 3, "fixed_build", "6.0.6003.21193"), "t/updates.csv:5", "differ");
  check_refused(CatalogBuilder().set("updates", 3, "esu_year", ""), "t/updates.csv:5", "without an esu_year");
}

TEST_CASE("catalog compiler: a security-only update supersedes no other") {
  auto b = CatalogBuilder().set("updates", 1, "kind", "security_only").set("updates", 3, "kind", "security_only");
  check_refused(b, "t/updates.csv:5", "not cumulative");
}

TEST_CASE("catalog compiler: goals agree with their updates, lifecycles with builds, exceptions with themselves") {
  check_refused(CatalogBuilder().set("goals", 0, "version", "6.0.6003.21193"), "t/goals.csv:2", "its version");
  check_refused(CatalogBuilder().set("goals", 0, "date", "2021-08-11"), "t/goals.csv:2", "its date");
  check_refused(CatalogBuilder().set("lifecycle", 0, "build", "6004"), "t/lifecycle.csv:2", "builds has no 6.0.6004");
  check_refused(CatalogBuilder().set("revision_ranges", 0, "first", "24576"), "t/revision_ranges.csv:2", "first must not be above");
  check_refused(CatalogBuilder().set("revision_ranges", 0, "last", "70000"), "t/revision_ranges.csv:2", "65535");
  check_refused(CatalogBuilder().set("kernel_exceptions", 0, "kb", ""), "t/kernel_exceptions.csv:2", "counts_as needs a KB");
  check_refused(CatalogBuilder().set("kernel_exceptions", 1, "kb", "1000002"), "t/kernel_exceptions.csv:3", "release_revision none");
}
