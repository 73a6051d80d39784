// Finding Windows in collections and volumes: layouts, several drives, and what only looks like a machine.
#include "target/support/find_windows.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "fs/archive.hpp"
#include "target/support/drive_names.hpp"
#include "tests/support/archive_builder.hpp"

namespace {

using namespace tq;
using target::Search;
using test::bytes_from;

std::shared_ptr<const fs::Tree> tree(const std::vector<std::string>& paths) {
  test::FileMap files;
  for (const auto& p : paths) files[p] = bytes_from(p);
  auto a = fs::open_archive(io::from_memory(test::zip_of(files)), "x.zip");
  REQUIRE(a);
  return *std::move(a);
}

std::vector<std::string> roots(const std::vector<std::string>& paths, Search search = Search::collection) {
  const auto found = target::find_windows(tree(paths), search);
  std::vector<std::string> out;
  for (const auto& r : found.roots) out.push_back(r.tree->cite(r.windows));
  return out;
}

std::string notes(const std::vector<std::string>& paths, Search search = Search::collection) {
  std::string out;
  for (const auto& n : target::find_windows(tree(paths), search).notes) out += n + "\n";
  return out;
}

const std::string kSoftware = "/System32/config/SOFTWARE";
using List = std::vector<std::string>;

}  // namespace

TEST_CASE("find_windows: layouts of triage collections") {
  CHECK(roots({"Windows" + kSoftware}) == List{"x.zip//Windows"});
  CHECK(roots({"WINNT/system32/CONFIG/software"}) == List{"x.zip//WINNT"});
  CHECK(roots({"C/Windows" + kSoftware}) == List{"x.zip//C/Windows"});
  CHECK(roots({"2026-01-01T000000_HOST/C/Windows" + kSoftware}) == List{"x.zip//2026-01-01T000000_HOST/C/Windows"});
  CHECK(roots({"uploads/auto/C%3A/Windows" + kSoftware}) == List{"x.zip//uploads/auto/C%3A/Windows"});
  CHECK(roots({"uploads/ntfs/%5C%5C.%5CC%3A/Windows" + kSoftware}) == List{"x.zip//uploads/ntfs/%5C%5C.%5CC%3A/Windows"});
  CHECK(roots({"[root]/Windows" + kSoftware, "live_response/x.txt"}) == List{"x.zip//[root]/Windows"});
  CHECK(roots({"System32/config/SOFTWARE"}) == List{"x.zip"});
  CHECK(roots({"a/b/c/d/e/f/g/h/i/j/Windows" + kSoftware}).empty());
  CHECK(roots({"readme.txt"}).empty());
}

TEST_CASE("find_windows: several machines and several places of one drive") {
  CHECK(roots({"HOST1/C/Windows" + kSoftware, "HOST2/C/Windows" + kSoftware}) == List{"x.zip//HOST1/C/Windows", "x.zip//HOST2/C/Windows"});
  CHECK(roots({"C/Windows" + kSoftware, "D/Windows" + kSoftware}).size() == 2);
  const auto found = target::find_windows(
      tree({"uploads/auto/C%3A/Windows/System32/ntoskrnl.exe", "uploads/ntfs/%5C%5C.%5CC%3A/Windows" + kSoftware}), Search::collection);
  REQUIRE(found.roots.size() == 1);
  const auto& r = found.roots.front();
  CHECK(r.windows == "Windows");
  CHECK(r.tree->open("windows/system32/NTOSKRNL.EXE"));
  CHECK(r.tree->open("Windows/System32/config/SOFTWARE"));
  CHECK(r.tree->cite("Windows/System32/ntoskrnl.exe") == "x.zip//uploads/auto/C%3A/Windows/System32/ntoskrnl.exe");
  CHECK(r.tree->cite("Windows/System32/config/SOFTWARE") == "x.zip//uploads/ntfs/%5C%5C.%5CC%3A/Windows/System32/config/SOFTWARE");
  CHECK(r.tree->real_path("WINDOWS/system32").value_or("") == "Windows/System32");
  const auto entries = r.tree->list("Windows/System32");
  REQUIRE(entries);
  CHECK(entries->size() == 2);
  CHECK(r.tree->open("Windows/none").error().code == ErrorCode::not_found);
}

TEST_CASE("find_windows: what is no machine is noted") {
  const List old = {"Windows" + kSoftware, "Windows.old/Windows" + kSoftware, "Windows.old.000/Windows" + kSoftware};
  CHECK(roots(old, Search::volume) == List{"x.zip//Windows"});
  CHECK(notes(old, Search::volume).find("Windows.old/Windows: an earlier installation") != std::string::npos);
  CHECK(notes(old, Search::volume).find("Windows.old.000/Windows: an earlier installation") != std::string::npos);
  const List pe = {"Windows" + kSoftware, "Windows/System32/wpeinit.exe"};
  CHECK(roots(pe, Search::volume).empty());
  CHECK(notes(pe, Search::volume).find("Windows PE") != std::string::npos);
  CHECK(notes({"Recovery/WindowsRE/Winre.wim"}, Search::volume).find("recovery volume") != std::string::npos);
  CHECK(notes({"bootmgr", "Boot/BCD"}, Search::volume).find("boot volume") != std::string::npos);
  const List shadow = {"uploads/ntfs/%5C%5C%3F%5CGLOBALROOT%5CDevice%5CHarddiskVolumeShadowCopy1/Windows" + kSoftware,
                       "C/VSS1/Windows" + kSoftware};
  CHECK(roots(shadow).empty());
  CHECK(notes(shadow).find("shadow copy") != std::string::npos);
  CHECK(roots({"deep/Windows" + kSoftware}, Search::volume).empty());
}

TEST_CASE("find_windows: loose hives") {
  const auto found = target::find_windows(tree({"HOST/registry/SOFTWARE", "HOST/registry/SYSTEM"}), Search::collection);
  CHECK(found.roots.empty());
  CHECK(found.hive_folders == List{"HOST/registry"});
}

TEST_CASE("find_windows: a search has an end") {
  List many;
  for (std::size_t i = 0; i < target::kSearchFolders + 10; ++i) many.push_back("d" + std::to_string(i) + "/x");
  CHECK(notes(many).find("the search for Windows stopped") != std::string::npos);
}

TEST_CASE("find_windows: names of drives") {
  for (const char* c : {"C", "c", "C:", "C%3A", "C%3a", "%5C%5C.%5CC%3A", "\\\\.\\C:", "C_"})
    CHECK_MESSAGE(target::drive_letter(c) == 'C', c);
  for (const char* c : {"", "1", "Cx", "%43%3", "auto", "C:x", "%"}) CHECK_MESSAGE(target::drive_letter(c) == 0, c);
  CHECK(target::percent_decoded("a%20b%zz%4") == "a b%zz%4");
}
