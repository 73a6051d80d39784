#include "evidence/deep.hpp"

#include <doctest/doctest.h>

#include "evidence/support/loaded_programs.hpp"
#include "target/loader.hpp"
#include "tests/support/machine_builder.hpp"
#include "tests/support/pe_builder.hpp"

using namespace tq;
using evidence::image_candidates;
using Strings = std::vector<std::string>;

namespace {

constexpr std::uint32_t kKernelDriver = 1, kOwnProcess = 0x10;

model::Service service(std::string name, std::string image, std::uint32_t type, std::optional<std::uint32_t> start) {
  model::Service s;
  s.name = std::move(name);
  s.image = std::move(image);
  s.type = type;
  s.start = start;
  return s;
}

target::Source opened(test::MachineBuilder& m, bool with_root = true) {
  if (with_root) m.software().sz("Microsoft\\Windows NT\\CurrentVersion", "SystemRoot", "C:\\Windows");
  const std::string folder = test::temporary_folder();
  test::write_files(m.build(), folder);
  auto sources = target::open(folder, {});
  REQUIRE(sources);
  REQUIRE(sources->size() == 1);
  return std::move(sources->front());
}

Strings candidates(const target::Source& source, const std::string& image, std::uint32_t type = kOwnProcess) {
  return image_candidates(source, service("svc", image, type, 2));
}

}  // namespace

TEST_CASE("deep: image paths are read as the service manager reads them") {
  test::MachineBuilder m;
  const auto s = opened(m);
  CHECK(candidates(s, "%SystemRoot%\\system32\\svchost.exe") == Strings{"Windows/system32/svchost.exe"});
  CHECK(candidates(s, "\\SystemRoot\\system32\\drivers\\a.sys", kKernelDriver) == Strings{"Windows/system32/drivers/a.sys"});
  CHECK(candidates(s, "system32\\drivers\\a.sys", kKernelDriver) == Strings{"Windows/system32/drivers/a.sys"});
  CHECK(candidates(s, "\\??\\C:\\Windows\\a.sys", kKernelDriver) == Strings{"Windows/a.sys"});
  CHECK(candidates(s, "", kKernelDriver) == Strings{"Windows/system32/drivers/svc.sys"});
  CHECK(candidates(s, "") == Strings{});
  CHECK(candidates(s, "\"C:\\Program Files\\Maker\\a b.exe\" -run") == Strings{"Program Files/Maker/a b.exe"});
  CHECK(candidates(s, "C:\\Program Files\\m.exe -x") == Strings{"Program.exe", "Program Files/m.exe", "Program Files/m.exe -x"});
  CHECK(candidates(s, "%ProgramFiles%\\Maker\\m.exe") == Strings{"Program Files/Maker/m.exe"});
  CHECK(candidates(s, "lsass.exe") == Strings{"Windows/system32/lsass.exe"});
}

TEST_CASE("deep: a path on another volume, out of the tree or of unknown variables leads nowhere") {
  test::MachineBuilder m;
  const auto s = opened(m);
  CHECK(candidates(s, "D:\\tool.exe") == Strings{});
  CHECK(candidates(s, "C:\\..\\..\\etc\\passwd.exe") == Strings{});
  CHECK(candidates(s, "%SystemRoot%\\..\\..\\x.exe") == Strings{});
  CHECK(candidates(s, "%MYTOOL%\\x.exe") == Strings{});
  CHECK(candidates(s, "\\Device\\HarddiskVolume2\\x.sys", kKernelDriver) == Strings{});
  CHECK(candidates(s, "\"") == Strings{});
  test::MachineBuilder other;
  const auto rootless = opened(other, false);
  CHECK(candidates(rootless, "C:\\Program Files\\m.exe -x").empty());
  CHECK(candidates(rootless, "C:\\Windows\\m.exe") == Strings{"Windows/m.exe"});
}

TEST_CASE("deep: programs come in the order Windows loads them, each file once, disabled ones never") {
  test::MachineBuilder m;
  const auto pe = test::PeBuilder().build();
  for (const char* f : {"boot.sys", "system.sys", "demand.sys", "off.sys"}) m.file(std::string("Windows/System32/drivers/") + f, pe);
  m.file("Windows/System32/host.exe", pe);
  const auto s = opened(m);
  model::Configuration c;
  c.services = {service("zz", "%SystemRoot%\\System32\\host.exe", kOwnProcess, 2),
                service("aa", "%SystemRoot%\\System32\\HOST.exe -k", kOwnProcess, 2),
                service("demand", "", kKernelDriver, 3),
                service("off", "", kKernelDriver, 4),
                service("damaged", "", kKernelDriver, std::nullopt),
                service("gone", "", kKernelDriver, 1),
                service("system", "", kKernelDriver, 1),
                service("elsewhere", "D:\\x.exe", kOwnProcess, 3),
                service("boot", "System32\\drivers\\boot.sys", kKernelDriver, 0)};
  const auto p = evidence::loaded_programs(s, c);
  REQUIRE(p.found.size() == 4);
  CHECK(p.found[0].path == "Windows/System32/drivers/boot.sys");
  CHECK(p.found[0].how == "boot driver");
  CHECK(p.found[1].service == "system");
  CHECK(p.found[2].service == "aa");
  CHECK(p.found[2].path == "Windows/System32/host.exe");
  CHECK(p.found[3].how == "driver on demand");
  REQUIRE(p.unresolved.size() == 2);
  CHECK(p.unresolved[0].text == "gone: gone.sys: no such file");
  CHECK(p.unresolved[0].absent);
  CHECK_FALSE(p.unresolved[1].absent);
}

TEST_CASE("deep: answers stand in the facts; what was not read is said") {
  test::MachineBuilder m;
  m.file("Windows/System32/drivers/plain.sys", test::PeBuilder().build());
  m.file("Windows/System32/drivers/text.sys", test::bytes_from("no program at all"));
  const auto s = opened(m);
  evidence::DeepReader deep({}, 2);
  model::Facts unread;
  deep.collect(s, unread);
  CHECK(unread.deep_read == model::Tri::unknown);
  REQUIRE(unread.coverage.size() == 2);
  CHECK(unread.coverage[0].status == model::CoverageStatus::absent);

  model::Facts facts;
  facts.configuration.services_read = model::Tri::yes;
  facts.configuration.services = {service("plain", "", kKernelDriver, 0), service("text", "", kKernelDriver, 1)};
  deep.collect(s, facts);
  CHECK(facts.deep_read == model::Tri::yes);
  REQUIRE(facts.drivers.size() == 2);
  CHECK(facts.drivers[0].gate == "no_source");
  CHECK(facts.drivers[0].loaded_by == "plain, boot driver");
  CHECK(facts.drivers[0].sha256.size() == 64);
  CHECK(facts.drivers[0].builds == std::vector<std::uint32_t>{6002, 6003});
  CHECK(facts.drivers[1].gate == "unsupported");
  REQUIRE(facts.time32.size() == 2);
  CHECK(facts.time32[0].exposure == "no_evidence");
  CHECK(facts.time32[1].exposure == "not_analysed");
}
