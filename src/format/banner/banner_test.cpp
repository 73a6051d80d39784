// Banners: lines as the tools print them, several machines, damage.
#include "format/banner/banner.hpp"

#include <doctest/doctest.h>

#include <random>

#include "core/text.hpp"
#include "format/systeminfo/systeminfo.hpp"

namespace {
using namespace tq;
using namespace tq::format::banner;

struct Case {
  const char* line;
  const char* product;
  const char* edition;
  int major, minor;  // -1: not printed
  int build, service_pack;
  const char* arch;
  const char* host;
};

const Case kCases[] = {
    {"Windows Server (R) 2008 Standard 6003 Service Pack 2 (Windows Server (R) 2008 Standard 6.0)", "Windows Server 2008 Standard",
     "Standard", 6, 0, 6003, 2, "", ""},
    {"|   OS: Windows Server (R) 2008 Standard 6002 Service Pack 2 (Windows Server (R) 2008 Standard 6.0)", "Windows Server 2008 Standard",
     "Standard", 6, 0, 6002, 2, "", ""},
    {"OS: Windows Server 2008 R2 Standard 7601 Service Pack 1 (Windows Server 2008 R2 Standard 6.1)", "Windows Server 2008 R2 Standard",
     "Standard", 6, 1, 7601, 1, "", ""},
    {"OS=[Windows Server (R) 2008 Enterprise without Hyper-V 6002 Service Pack 2] Server=[Windows Server (R) 2008 Enterprise without "
     "Hyper-V 6.0]",
     "Windows Server 2008 Enterprise without Hyper-V", "Enterprise without Hyper-V", 6, 0, 6002, 2, "", ""},
    {"SMB  10.0.0.5  445  BAGGAGE  [*] Windows Server 2008 Standard 6003 Service Pack 2 x64 (name:BAGGAGE) (domain:air.example) "
     "(signing:True) (SMBv1:True)",
     "Windows Server 2008 Standard", "Standard", -1, -1, 6003, 2, "x64", "BAGGAGE"},
    {"[*] Windows 6.0 Build 6003 x32 (name:H) (domain:H) (signing:False) (SMBv1:True)", "Windows", "", 6, 0, 6003, -1, "x86", "H"},
    {"Windows 6.0 Build 6002", "Windows", "", 6, 0, 6002, -1, "", ""},
    {"Windows 10.0 Build 17763 x64", "Windows", "", 10, 0, 17763, -1, "x64", ""},
    {"[*] Windows Server 2016 Standard 14393 x64 (name:DC) (domain:d)", "Windows Server 2016 Standard", "Standard", -1, -1, 14393, -1,
     "x64", "DC"},
    {"[+] 10.0.0.7:445 - Host is running Windows 2008 Standard SP2 (build:6003) (name:SRV) (domain:WORKGROUP)", "Windows 2008 Standard",
     "Standard", -1, -1, 6003, 2, "", "SRV"},
    {"Windows Vista (TM) Business 6001 Service Pack 1", "Windows Vista Business", "Business", -1, -1, 6001, 1, "", ""},
    {"Microsoft Windows [Version 6.0.6002]", "Windows", "", 6, 0, 6002, -1, "", ""},
    {"|   Product_Version: 6.0.6003", "", "", 6, 0, 6003, -1, "", ""},
    {"cpe:/o:microsoft:windows_server_2008::sp2", "Windows Server 2008", "", -1, -1, -1, 2, "", ""},
    {"cpe:/o:microsoft:windows_server_2008:r2:sp1", "Windows Server 2008 R2", "", -1, -1, -1, 1, "", ""},
    {"cpe:2.3:o:microsoft:windows_server_2008:-:sp2:*:*:*:*:x64:*", "Windows Server 2008", "", -1, -1, -1, 2, "x64", ""},
    {"cpe:2.3:o:microsoft:windows_10_1809:10.0.17763.1:*:*:*:*:*:x64:*", "Windows 10 1809", "", 10, 0, 17763, -1, "x64", ""},
};

TEST_CASE("banner: lines of the tools") {
  for (const auto& c : kCases) {
    CAPTURE(std::string(c.line));
    const auto b = parse_line(c.line);
    REQUIRE(b);
    CHECK(b->product == c.product);
    CHECK(b->edition == c.edition);
    CHECK((b->major ? static_cast<int>(*b->major) : -1) == c.major);
    CHECK((b->minor ? static_cast<int>(*b->minor) : -1) == c.minor);
    CHECK((b->build ? static_cast<int>(*b->build) : -1) == c.build);
    CHECK((b->service_pack ? *b->service_pack : -1) == c.service_pack);
    CHECK(b->arch == c.arch);
    CHECK(b->host == c.host);
    const auto all = parse(c.line);
    REQUIRE(all);
    CHECK(all->machines.size() == 1);
  }
}

TEST_CASE("banner: an nmap report of two machines") {
  const auto r = parse(
      "Starting Nmap 7.93\nNmap scan report for gate.example (10.0.0.8)\nHost is up.\n| smb-os-discovery: \n"
      "|   OS: Windows Server (R) 2008 Standard 6003 Service Pack 2 (Windows Server (R) 2008 Standard 6.0)\n|   OS CPE: "
      "cpe:/o:microsoft:windows_server_2008::sp2\n"
      "|   Computer name: GATE-01\n|   NetBIOS computer name: GATE-01\\x00\n|   Domain name: air.example\n|_  System time: "
      "2019-05-04T10:00:00+02:00\n"
      "| rdp-ntlm-info: \n|   Product_Version: 6.0.6002\n"
      "Nmap scan report for 10.0.0.9\n|   OS: Windows 7 Professional 7601 Service Pack 1 (Windows 7 Professional 6.1)\n|   NetBIOS "
      "computer name: DESK\\x00\n");
  REQUIRE(r);
  REQUIRE(r->machines.size() == 2);
  const Banner& a = r->machines[0];
  CHECK(a.host == "gate.example");
  CHECK(a.address == "10.0.0.8");
  CHECK(a.build == 6003);
  CHECK(a.builds_disagree);  // the second script says 6002
  CHECK(a.domain == "air.example");
  CHECK(a.line == 5);
  CHECK(r->machines[1].host == "DESK");
  CHECK(r->machines[1].address == "10.0.0.9");
  CHECK(r->machines[1].build == 7601);
  CHECK_FALSE(r->machines[1].builds_disagree);
}

TEST_CASE("banner: a machine a line, and scripts without the frame of a scan") {
  const auto r = parse(
      "SMB 10.0.0.5 445 A [*] Windows Server 2008 Standard 6003 Service Pack 2 (name:A) (domain:X) (signing:True) (SMBv1:True)\n"
      "SMB 10.0.0.6 445 B [*] Windows Server 2008 Standard 6002 Service Pack 2 (name:B) (domain:X) (signing:True) (SMBv1:True)\n"
      "SMB 10.0.0.6 445 B [+] X\\user\n");
  REQUIRE(r);
  REQUIRE(r->machines.size() == 2);
  CHECK(r->machines[0].build == 6003);
  CHECK(r->machines[0].address == "10.0.0.5");
  CHECK(r->machines[1].build == 6002);
  const auto scripts = parse("OS: Windows 6.0 Build 6002\nComputer name: A\nOS: Windows 6.0 Build 6003\nComputer name: B\n");
  REQUIRE(scripts);
  REQUIRE(scripts->machines.size() == 2);
  CHECK(scripts->machines[0].host == "A");
  CHECK(scripts->machines[1].host == "B");
  CHECK(scripts->machines[1].build == 6003);
}

TEST_CASE("banner: what is none") {
  for (const std::string_view text :
       {std::string_view(""), std::string_view("\x89PNG\r\n\x1a\n\0", 9), std::string_view("Windows is an operating system\n"),
        std::string_view("Windows Server 2008\n"), std::string_view("cpe:/a:microsoft:office:2007\n"),
        std::string_view(
            "Host Name:   A\nOS Name:     Microsoft Windows Server 2008 Standard\nOS Version:  6.0.6002 Service Pack 2 Build 6002\n"),
        std::string_view("Samba 4.17 Windows\n")}) {
    CAPTURE(text);
    CHECK_FALSE(looks_like(text));
  }
  for (const auto& c : kCases) {
    CAPTURE(std::string(c.line));
    CHECK_FALSE(format::systeminfo::looks_like(c.line));
  }
  CHECK(looks_like(kCases[0].line));
  CHECK(looks_like(kCases[4].line));
  CHECK(looks_like("Nmap scan report for x\n|   OS: Windows 6.0 Build 6003\n"));
}

TEST_CASE("banner: control characters stay, long lines and random damage do no harm") {
  const auto b = parse_line("[*] Windows 6.0 Build 6003 (name:A\x1b[31m) (domain:d)");
  REQUIRE(b);
  CHECK(b->host == "A\x1b[31m");
  CHECK_FALSE(parse(std::string(50'000'000, 'W')));
  CHECK(parse(std::string(50'000'000, 'x') + "\nWindows 6.0 Build 6003\n"));
  std::mt19937 random(6003);
  for (const auto& c : kCases) {
    const std::string whole = c.line;
    for (std::size_t n = 0; n < whole.size(); ++n)
      if (const auto r = parse(whole.substr(0, n))) CHECK(r->machines.size() == 1);
    for (int round = 0; round < 200; ++round) {
      std::string text = whole;
      for (int k = 0; k < 3; ++k) text[random() % text.size()] = static_cast<char>(random() % 256);
      if (const auto r = parse(text)) CHECK(r->machines.size() <= 4);
    }
  }
}

}  // namespace
