#include "io/folder.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/support/machine_builder.hpp"

using tq::ErrorCode;
using tq::io::Folder;

TEST_CASE("folder: a folder of more entries than the limit is refused, not cut; a name in it is not called missing") {
  const std::string path = tq::test::temporary_folder();
  for (const char* name : {"A", "b", "c"}) std::ofstream(path + "/" + name) << "x";
  const auto all = Folder::open(path, 3);
  REQUIRE(all);
  const auto listed = all->list("");
  REQUIRE(listed);
  CHECK(listed->size() == 3);
  CHECK(all->open_file("a"));
  CHECK(all->open_file("none").error().code == ErrorCode::not_found);

  const auto few = Folder::open(path, 2);
  REQUIRE(few);
  CHECK(few->list("").error().code == ErrorCode::limit);
  CHECK(few->open_file("A"));  // its own spelling: no list is needed
  CHECK(few->open_file("a").error().code == ErrorCode::limit);
  CHECK(few->real_path("none").error().code == ErrorCode::limit);
}

TEST_CASE("folder: this program knows where its own file lies") {
  const std::string own = tq::io::own_program();
  CHECK(tq::io::host_kind(own) == tq::io::HostKind::file);
  CHECK(tq::io::read_file(own, std::size_t{1} << 30));
}
