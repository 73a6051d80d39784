// Update files made here: cabinets of the test's own bytes, signed by a certificate authority made here. osslsigncode is the witness.
#include "format/update_media/update_media.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "format/cab/cab.hpp"
#include "tests/support/cab_builder.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/machine_builder.hpp"
#include "tests/support/pe_builder.hpp"

namespace {

using namespace tq::format;
using tq::bytes_of;
using tq::test::build_cabinet;
using tq::test::bytes_from;
using Data = std::vector<std::byte>;
using authenticode::State;

const char* const kMum = R"(<?xml version="1.0" encoding="utf-8"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0" description="Fix for KB4493730">
 <assemblyIdentity name="Package_for_KB4493730" version="6.0.1.1" processorArchitecture="amd64" language="neutral" publicKeyToken="31bf3856ad364e35"/>
 <package identifier="KB4493730" releaseType="Update" restart="possible">
  <parent buildCompare="EQ" serviceCompare="EQ"><assemblyIdentity name="Microsoft-Windows-Server-Edition" version="6.0.6002.18005" processorArchitecture="amd64" language="neutral" publicKeyToken="31bf3856ad364e35"/></parent>
 </package>
</assembly>)";
const char* const kAnswers = R"(<unattend xmlns="urn:schemas-microsoft-com:unattend"><servicing><package action="install">
 <assemblyIdentity name="Package_for_KB4493730" version="6.0.1.1" language="neutral" processorArchitecture="amd64" publicKeyToken="31bf3856ad364e35"/>
 <source location="%configsetroot%\Windows6.0-KB4493730-x64.CAB"/></package></servicing></unattend>)";

Data payload() { return build_cabinet({{"update.mum", bytes_from(kMum)}, {"update.cat", bytes_from("catalog")}}); }
Data msu() {
  return build_cabinet({{"WSUSSCAN.cab", build_cabinet({{"x", bytes_from("x")}})},
                        {"Windows6.0-KB4493730-x64.cab", payload()},
                        {"Windows6.0-KB4493730-x64.xml", bytes_from(kAnswers)},
                        {"Windows6.0-KB4493730-x64-pkgProperties.txt",
                         bytes_from("KB Article Number=\"4493730\"\r\nProcessor Architecture=\"amd64\"\r\n")}});
}

void save(const std::string& path, const Data& d) {
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(d.data()), static_cast<std::streamsize>(d.size()));
}
Data load(const std::string& path) {
  std::ifstream f(path, std::ios::binary);
  const std::string s{std::istreambuf_iterator<char>(f), {}};
  return bytes_from(s);
}
bool run(const std::string& line) { return std::system((line + " >/dev/null 2>&1").c_str()) == 0; }

/// A root, a publisher with a certificate for signing programs, and another root that signed nothing.
struct Authority {
  std::string folder = tq::test::temporary_folder();
  bool made = false;
  Authority() {
    std::ofstream(folder + "/ext") << "extendedKeyUsage=codeSigning\n";
    const std::string in = "cd " + folder + " && ";
    made = run("command -v osslsigncode") &&
           run(in + "openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 3650 -subj '/CN=Test Root'") &&
           run(in + "openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.pem -days 3650 -subj '/CN=Other Root'") &&
           run(in + "openssl req -newkey rsa:2048 -nodes -keyout s.key -out s.csr -subj '/CN=Test Publisher'") &&
           run(in + "openssl x509 -req -in s.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out s.pem -days 3650 -extfile ext");
  }
  [[nodiscard]] Data sign(const Data& file, const std::string& algorithm, const std::string& end) const {
    std::filesystem::remove(folder + "/signed" + end);
    save(folder + "/in" + end, file);
    REQUIRE(
        run(fmt::format("cd {} && osslsigncode sign -certs s.pem -key s.key -h {} -in in{} -out signed{}", folder, algorithm, end, end)));
    return load(folder + "/signed" + end);
  }
  [[nodiscard]] bool witness(const Data& file, const std::string& end) const {
    save(folder + "/check" + end, file);
    return run(fmt::format("cd {} && osslsigncode verify -in check{} -CAfile ca.pem", folder, end));
  }
  [[nodiscard]] authenticode::Roots roots(const char* name) const {
    const auto pem = load(folder + "/" + name);
    return *authenticode::Roots::from_pem(bytes_of(pem));
  }
};

State state_of(const Data& d, const authenticode::Roots* roots) { return update_media::identify(bytes_of(d), "x", roots).signature.state; }

}  // namespace

TEST_CASE("media: an .msu is told by what lies inside it, whatever its name") {
  const auto file = msu();
  const auto u = update_media::identify(bytes_of(file), "renamed.bin", nullptr);
  CHECK(u.kind == update_media::Kind::msu);
  CHECK(u.kb == 4493730);
  CHECK(u.kb_from == "manifest");
  CHECK(u.arch == "x64");
  CHECK(u.nt_version == "6.0");
  CHECK(u.identity == "Package_for_KB4493730~31bf3856ad364e35~amd64~~6.0.1.1");
  CHECK(u.parents.size() == 1);
  CHECK(u.signature.state == State::none);
  CHECK(u.conflicts.empty());
  CHECK(u.lost.empty());
  CHECK(u.sha256.size() == 64);
  CHECK(u.sha1.size() == 40);
}

TEST_CASE("media: a name that contradicts the content is a conflict, and the content stands") {
  const auto file = payload();
  const auto u = update_media::identify(bytes_of(file), "windows6.0-kb4474419-x86.cab", nullptr);
  CHECK(u.kind == update_media::Kind::cab);
  CHECK(u.kb == 4493730);
  CHECK(u.arch == "x64");
  CHECK(u.conflicts.size() == 2);
}

TEST_CASE("media: a program is told by its version resource, else by its name") {
  const auto exe = tq::test::PeBuilder().exe().version({6, 0, 6002, 18005}).string("FileDescription", "Update KB948465").build();
  const auto u = update_media::identify(bytes_of(exe), "setup.exe", nullptr);
  CHECK(u.kind == update_media::Kind::exe);
  CHECK(u.kb == 948465);
  CHECK(u.kb_from == "version_resource");
  const auto plain = tq::test::PeBuilder().exe().build();
  CHECK(update_media::identify(bytes_of(plain), "Windows6.0-KB948465-X64.exe", nullptr).kb_from == "file_name");
  CHECK(update_media::identify(bytes_of(bytes_from("text")), "kb948465.msu", nullptr).kind == update_media::Kind::other);
}

TEST_CASE("media: signatures of a test authority, with osslsigncode as the witness") {
  const Authority a;
  if (!a.made) {
    MESSAGE("SKIPPED: openssl or osslsigncode is not installed");
    return;
  }
  const auto mine = a.roots("ca.pem"), other = a.roots("other.pem");
  for (const std::string end : {".cab", ".exe"}) {
    const Data plain = end == ".cab" ? payload() : tq::test::PeBuilder().exe().version({6, 0, 6002, 1}).build();
    CHECK(state_of(plain, &mine) == State::none);
    for (const std::string algorithm : {"sha1", "sha256"}) {
      INFO(end << " " << algorithm);
      Data file = a.sign(plain, algorithm, end);
      const auto u = update_media::identify(bytes_of(file), "x", nullptr);
      CHECK(u.signature.state == State::chain_not_checked);
      CHECK(u.signature.signer == "Test Publisher");
      CHECK(u.signature.issuer == "Test Root");
      CHECK(u.signature.digest_algorithm == (algorithm == "sha1" ? "SHA1" : "SHA256"));
      CHECK(state_of(file, &mine) == State::valid);
      CHECK(state_of(file, &other) == State::mismatch);
      CHECK(a.witness(file, end));
      // One changed byte in what is covered: both must see it.
      file[end == ".cab" ? 100 : 600] ^= std::byte{1};
      CHECK(state_of(file, &mine) == State::mismatch);
      CHECK_FALSE(a.witness(file, end));
    }
  }
}

TEST_CASE("media: cut and spoiled files lose parts and are read to the end") {
  const auto whole = msu();
  for (std::size_t n = 0; n < whole.size(); n += 13) {
    const Data cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));
    const auto u = update_media::identify(bytes_of(cut), "x.msu", nullptr);
    CHECK((u.kind == update_media::Kind::other || !u.lost.empty()));
  }
  std::mt19937 dice(7);
  for (int i = 0; i < 500; ++i) {
    Data d = whole;
    for (int k = 0; k < 4; ++k) d[dice() % d.size()] = static_cast<std::byte>(dice() & 0xFF);
    CHECK(update_media::identify(bytes_of(d), "x.msu", nullptr).size == d.size());
  }
}

TEST_CASE("media: a member larger than allowed is refused, not unpacked") {
  const auto file = build_cabinet({{"big", Data(100000)}});
  const auto c = cab::Cabinet::open(bytes_of(file));
  REQUIRE(c.has_value());
  CHECK(c->extract(0, 1000).error().code == tq::ErrorCode::limit);
  CHECK(c->extract(0, 100000)->size() == 100000);
}

TEST_CASE("media: the real cabinet of cabinets among the samples") {
  const auto path = tq::test::corpus("servicing/mini_wsusscn2.cab");
  if (!path) return;
  const auto file = load(*path);
  const auto c = cab::Cabinet::open(bytes_of(file));
  REQUIRE(c.has_value());
  CHECK(update_media::identify(bytes_of(file), "wsusscn2.cab", nullptr).kind == update_media::Kind::cab);
  CHECK(c->files().size() >= 4);
  CHECK(c->lost().empty());
  for (std::size_t i = 0; i < c->files().size(); ++i) {
    const auto content = c->extract(i, 1 << 20);
    REQUIRE(content.has_value());
    CHECK(content->size() == c->files()[i].size);
    if (cab::is_cabinet(bytes_of(*content))) CHECK(cab::Cabinet::open(bytes_of(*content)).has_value());
  }
}
