// Work that waits, and packages of which only a part was read: what was not read is never denied.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "evidence/collector.hpp"
#include "target/loader.hpp"
#include "tests/support/machine_builder.hpp"

namespace {

using tq::model::Tri;
using tq::test::MachineBuilder;

constexpr const char* kCbs = "Microsoft\\Windows\\CurrentVersion\\Component Based Servicing";
constexpr std::uint32_t kInstalled = 0x70;

tq::model::Facts collect(const tq::test::FileMap& files) {
  const std::string folder = tq::test::temporary_folder();
  tq::test::write_files(files, folder);
  auto sources = tq::target::open(folder, {});
  REQUIRE(sources);
  return tq::evidence::collect(sources->front(), {});
}

Tri pending(MachineBuilder& m) { return collect(m.build()).servicing.pending_operations; }

MachineBuilder serviced() {
  MachineBuilder m;
  m.package(4493471, kInstalled);
  return m;
}

}  // namespace

TEST_CASE("evidence: that nothing waits is said only when every place of waiting work was read") {
  auto quiet = serviced();
  CHECK(pending(quiet) == Tri::no);
  const auto whole = quiet.build();
  for (const char* hive : {"SOFTWARE", "COMPONENTS"}) {
    auto files = whole;
    files.erase(std::string("Windows/System32/config/") + hive);
    CHECK_MESSAGE(collect(files).servicing.pending_operations == Tri::unknown, hive);
  }
  auto no_store = whole;
  no_store.erase("Windows/WinSxS/.keep");
  CHECK(collect(no_store).servicing.pending_operations == Tri::unknown);
}

TEST_CASE("evidence: each place of waiting work tells it, a finished session does not") {
  auto session = serviced(), finished = serviced(), package = serviced(), identifier = serviced(), dirty = serviced(), file = serviced();
  session.software().dword(std::string(kCbs) + "\\SessionsPending", "Exclusive", 1);
  CHECK(pending(session) == Tri::yes);
  finished.software().dword(std::string(kCbs) + "\\SessionsPending", "Exclusive", 0);
  CHECK(pending(finished) == Tri::no);
  package.software().key(std::string(kCbs) + "\\PackagesPending\\x");
  CHECK(pending(package) == Tri::yes);
  identifier.components().binary("", "PendingXmlIdentifier", tq::test::bytes_from("1"));
  CHECK(pending(identifier) == Tri::yes);
  dirty.components().dword("", "StoreDirty", 1);
  CHECK(pending(dirty) == Tri::yes);
  CHECK(pending(file.pending_xml()) == Tri::yes);
}

TEST_CASE("evidence: a package that damage took out of the hive is not missing") {
  const std::string name = "Package_for_KB4493471~31bf3856ad364e35~amd64~~6.0.1.0";
  auto m = serviced();
  m.software().dword(std::string(kCbs) + "\\Packages\\" + name, "CurrentState", 0x70);
  auto files = m.build();
  auto& hive = files.at("Windows/System32/config/SOFTWARE");
  CHECK(collect(files).packages_read == Tri::yes);
  const auto wanted = tq::test::bytes_from(name);
  const auto at = std::search(hive.begin(), hive.end(), wanted.begin(), wanted.end());
  REQUIRE(at - hive.begin() > 76);
  *(at - 76) = std::byte{'x'};  // the signature of its key
  const auto facts = collect(files);
  CHECK(std::none_of(facts.packages.begin(), facts.packages.end(), [](const auto& p) { return p.kb == 4493471; }));
  CHECK(facts.packages_read == Tri::unknown);
}

TEST_CASE("evidence: packages of a registry export are not taken for all that there are") {
  auto m = serviced();
  CHECK(collect(m.build()).packages_read == Tri::yes);
  const std::string path = tq::test::temporary_folder() + "/packages.reg";
  std::ofstream(path, std::ios::binary) << "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\" << kCbs
                                        << "\\Packages\\Package_for_KB4493471~31bf3856ad364e35~amd64~~6.0.1.0]\r\n"
                                        << "\"CurrentState\"=dword:00000070\r\n";
  auto sources = tq::target::open(path, {});
  REQUIRE(sources);
  const auto facts = tq::evidence::collect(sources->front(), {});
  REQUIRE(facts.packages.size() == 1);
  CHECK(facts.packages[0].state == tq::model::PackageState::installed);
  CHECK(facts.packages_read == Tri::unknown);
}
