// What the versions of files say of an update, with a small catalog: the program's own names no files yet.
#include <doctest/doctest.h>

#include <algorithm>

#include "judge/run.hpp"
#include "tests/support/catalog_builder.hpp"

namespace {

using tq::FileVersion;
using tq::judge::Knowledge;
using tq::judge::State;
using tq::model::Facts;
using tq::model::Tri;

constexpr std::uint32_t kUpdate = 1000002;
constexpr const char *kGdrRow = "1000002,win32k.sys,x86,gdr,6.0.6002.19000", *kLdrRow = "1000002,win32k.sys,x86,ldr,6.0.6002.23500",
                     *kOtherFile = "1000002,ntoskrnl.exe,x86,gdr,6.0.6002.19000";

/// A catalog whose update kUpdate brings these files. Build 6002 has a GDR branch from 16384 and an LDR branch from 20480 on.
Knowledge with_files(const std::vector<std::string>& rows) {
  constexpr const char* kProvenance = ",a page,2026-01-02,high,";
  tq::test::CatalogBuilder b;
  const std::string files = b.text("files");
  b.replace("files", files.substr(0, files.find('\n') + 1));
  for (const auto& row : rows) b.append("files", row + kProvenance);
  b.append("revision_ranges", std::string("6.0,6002,gdr,16384,20479") + kProvenance);
  b.append("revision_ranges", std::string("6.0,6002,ldr,20480,24575") + kProvenance);
  auto made = b.compile();
  for (const auto& p : made.problems) FAIL_CHECK(p.text());
  auto catalog = tq::catalog::Catalog::open(std::move(made.bytes));
  if (!catalog) FAIL(catalog.error().text());
  return Knowledge(*std::move(catalog));
}

tq::model::FileVersionFact file(const char* path, FileVersion version, const char* arch = "x86") {
  return {path, version, arch, {}, true, "file"};
}

/// A Server 2008 SP2 of 32 bits that shows these files and nothing else.
Facts server(std::vector<tq::model::FileVersionFact> files) {
  Facts f;
  f.identity.nt_version = "6.0";
  f.identity.arch = "x86";
  f.identity.product_type = "server";
  f.identity.service_pack = 2;
  f.files = std::move(files);
  return f;
}

/// Where kUpdate stands when its files are all that is known; nullopt: they say nothing at all.
std::optional<State> says(const Knowledge& knowledge, const Facts& facts) {
  const tq::judge::Options options;  // the case only refers to them
  const auto c = tq::judge::make_case(facts, knowledge, options);
  REQUIRE(c.view != nullptr);
  const auto v = tq::judge::identify(c);
  const tq::judge::Judged j(c, v);
  for (const auto& e : c.view->entries)
    if (e.update.kb == kUpdate)
      if (const auto said = tq::judge::files_say(j, e)) return said->state;
  return std::nullopt;
}

std::optional<State> says(const Knowledge& knowledge, FileVersion version) {
  return says(knowledge, server({file("system32/win32k.sys", version)}));
}

}  // namespace

TEST_CASE("judge: a file is compared within its own branch, whatever numbers the other has") {
  const auto both = with_files({kGdrRow, kLdrRow});
  CHECK(says(both, {6, 0, 6002, 18999}) == State::absent);
  CHECK(says(both, {6, 0, 6002, 19000}) == State::present);
  // An old file of LDR lies above every number of GDR.
  CHECK(says(both, {6, 0, 6002, 22000}) == State::absent);
  CHECK(says(both, {6, 0, 6002, 23499}) == State::absent);
  CHECK(says(both, {6, 0, 6002, 23500}) == State::present);
}

TEST_CASE("judge: a file whose branch the update has no row for proves nothing") {
  const auto gdr = with_files({kGdrRow});
  CHECK(says(gdr, {6, 0, 6002, 22000}) == State::unknown);
  CHECK(says(gdr, {6, 0, 6002, 18999}) == State::absent);
  const auto ldr = with_files({kLdrRow});
  CHECK(says(ldr, {6, 0, 6002, 18999}) == State::unknown);
  CHECK(says(ldr, {6, 0, 6002, 23500}) == State::present);
}

TEST_CASE("judge: a file of no known branch has to agree with every row") {
  const auto both = with_files({kGdrRow, kLdrRow});
  CHECK(says(both, {6, 0, 6002, 16383}) == State::absent);
  CHECK(says(both, {6, 0, 6002, 24576}) == State::present);
}

TEST_CASE("judge: a file of a lower build is older in either branch, of a higher build newer, of another product neither") {
  const auto both = with_files({kGdrRow, kLdrRow});
  CHECK(says(both, {6, 0, 6001, 24000}) == State::absent);
  CHECK(says(both, {6, 0, 6003, 20480}) == State::present);
  CHECK(says(both, {6, 1, 7601, 24384}) == State::unknown);
}

TEST_CASE("judge: one file that is too old decides, one that cannot be compared leaves the update open") {
  const auto knowledge = with_files({kGdrRow, kOtherFile});
  const auto good = file("system32/win32k.sys", {6, 0, 6002, 19000}), old = file("system32/ntoskrnl.exe", {6, 0, 6002, 18005}),
             foreign = file("system32/ntoskrnl.exe", {6, 0, 6002, 22000});
  CHECK(says(knowledge, server({good})) == State::present);
  CHECK(says(knowledge, server({good, old})) == State::absent);
  CHECK(says(knowledge, server({old, good})) == State::absent);
  CHECK(says(knowledge, server({good, foreign})) == State::unknown);
  CHECK(says(knowledge, server({foreign, good})) == State::unknown);
  // Of a file by another name, or of the other architecture, nothing is said.
  CHECK(says(knowledge, server({file("system32/mywin32k.sys", {6, 0, 6002, 18005})})) == std::nullopt);
  CHECK(says(knowledge, server({file("system32/win32k.sys", {6, 0, 6002, 18005}, "x64")})) == std::nullopt);
}

TEST_CASE("judge: an update that its files prove is installed, and one that they disprove is not") {
  const auto knowledge = with_files({kGdrRow, kLdrRow});
  const auto verdict = [&](std::uint16_t revision) {
    return tq::judge::judge(server({file("system32/win32k.sys", {6, 0, 6002, revision})}), knowledge, {});
  };
  const auto installed = [](const tq::model::Verdict& v) {
    return std::any_of(v.installed.begin(), v.installed.end(), [](const auto& u) { return u.kb == kUpdate && u.state == "file_versions"; });
  };
  CHECK(installed(verdict(23500)));
  CHECK_FALSE(installed(verdict(22000)));
}
