// Whether a target counts as read before: every change of its evidence has to show.
#include "fleet/fingerprint.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/machine_builder.hpp"

namespace stdfs = std::filesystem;

namespace {

std::int64_t of(const std::string& path, const std::string& item = "a") {
  const auto n = tq::fleet::fingerprint(path, item);
  REQUIRE(n);
  return *n;
}

void write(const std::string& path, std::string_view text) { std::ofstream(path, std::ios::binary) << text; }

}  // namespace

TEST_CASE("fleet: a folder of another content, size or time of change is another folder") {
  const std::string folder = tq::test::temporary_folder(), hive = folder + "/Windows/System32/config/SOFTWARE";
  tq::test::write_files({{"Windows/System32/config/SOFTWARE", tq::test::bytes_from("12345678")}}, folder);
  const auto before = of(folder);
  CHECK(of(folder) == before);
  CHECK(of(folder, "b") != before);
  // A hive that was written again is as long as it was.
  const auto written = stdfs::last_write_time(hive);
  stdfs::last_write_time(hive, written + std::chrono::seconds(1));
  CHECK(of(folder) != before);
  stdfs::last_write_time(hive, written);
  CHECK(of(folder) == before);
  stdfs::resize_file(hive, 9);
  stdfs::last_write_time(hive, written);
  CHECK(of(folder) != before);
}

TEST_CASE("fleet: a file is known by every byte of it") {
  const std::string path = tq::test::temporary_folder() + "/systeminfo.txt";
  write(path, "OS Version: 6.0.6002");
  const auto before = of(path);
  write(path, "OS Version: 6.0.6003");
  CHECK(of(path) != before);
  write(path, "OS Version: 6.0.6002");
  CHECK(of(path) == before);
  CHECK_FALSE(tq::fleet::fingerprint(path + ".none", "a"));
}
