// What machines print about themselves, cut behind every byte: the part that is left says nothing that the whole text does not say.
#include <doctest/doctest.h>

#include <set>

#include "evidence/collector.hpp"
#include "model/facts_json.hpp"
#include "target/loader.hpp"
#include "tests/support/less_known.hpp"

namespace {

using tq::model::Facts;
using tq::model::Verdict;

const char* const kSystemInfo =
    "\r\nHost Name:                 GATE-B12\r\nOS Name:                   Microsoftr Windows Serverr 2008 Standard \r\n"
    "OS Version:                6.0.6003 Service Pack 2 Build 6003\r\nOS Manufacturer:           Microsoft Corporation\r\n"
    "OS Configuration:          Standalone Server\r\nSystem Type:               x64-based PC\r\n"
    "Hotfix(s):                 4 Hotfix(s) Installed.\r\n                           [01]: KB948465\r\n"
    "                           [02]: KB4474419\r\n                           [03]: KB4493471\r\n"
    "                           [04]: KB4493730\r\n";

const char* const kSystemInfoCsv =
    "\"GATE-B12\",\"Microsoftr Windows Serverr 2008 Standard \",\"6.0.6003 Service Pack 2 Build 6003\",\"Microsoft Corporation\","
    "\"Standalone Server\",\"Multiprocessor Free\",\"A. Person\",\"\",\"92573-082-2500115-76924\",\"10/4/2025, 3:56:42 PM\","
    "\"10/4/2025, 6:45:24 PM\",\"VMware, Inc.\",\"VMware\",\"x64-based PC\",\"1 Processor(s) Installed.,[01]: Intel64\",\"x\",\"N/A\","
    "\"3 Hotfix(s) Installed.,[01]: KB955430,[02]: KB4493730,[03]: KB4493471\",\"1 NIC(s) Installed.,[01]: x\"\r\n";

const char* const kRegQuery =
    "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\r\n    ProductName    REG_SZ    Windows Server (R) 2008 "
    "Standard\r\n    CSDVersion    REG_SZ    Service Pack 2\r\n    CurrentVersion    REG_SZ    6.0\r\n    CurrentBuildNumber    REG_SZ    "
    "6003\r\n    CurrentBuild    REG_SZ    6003\r\n    BuildLabEx    REG_SZ    6003.20489.amd64fre.vistasp2_ldr_escrow.190320-1700\r\n\r\n"
    "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based "
    "Servicing\\Packages\\Package_for_KB4493471~31bf3856ad364e35~amd64~~6.0.1.0\r\n    CurrentState    REG_DWORD    0x70\r\n\r\n";

const char* const kRegExport =
    "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion]\r\n"
    "\"ProductName\"=\"Windows Server (R) 2008 Standard\"\r\n\"CSDVersion\"=\"Service Pack 2\"\r\n\"CurrentVersion\"=\"6.0\"\r\n"
    "\"CurrentBuildNumber\"=\"6003\"\r\n\"BuildLabEx\"=\"6003.20489.amd64fre.vistasp2_ldr_escrow.190320-1700\"\r\n\r\n"
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based "
    "Servicing\\Packages\\Package_for_KB4493471~31bf3856ad364e35~amd64~~6.0.1.0]\r\n\"CurrentState\"=dword:00000070\r\n";

const char* const kCsvMiddle =
    "hostname,os,version,servicepack,arch,hotfixes,kernel,site\r\n"
    "A-1,Windows Server 2008 Standard,6.0.6003,2,x64,KB955430;KB4493730;KB4493471,6.0.6003.20489,Gate B\r\n";
const char* const kCsvKernelLast =
    "hostname,os,servicepack,arch,hotfixes,version,kernel\r\n"
    "A-1,Windows Server 2008 Standard,2,x64,\"KB955430,KB4493730\r\nKB4493471\",6.0.6003,6.0.6003.20489\r\n";
const char* const kCsvUpdatesLast =
    "hostname,os,version,servicepack,arch,hotfixes\r\nA-1,Windows Server 2008 Standard,6.0.6003,2,x64,KB4493730\r\n";
const char* const kNdjson =
    "{\"hostname\":\"A-1\",\"os\":\"Windows Server 2008 Standard\",\"version\":\"6.0.6003\",\"servicepack\":2,\"arch\":\"x64\","
    "\"hotfixes\":[\"KB955430\",\"KB4493730\"]}\n";

/// The first machine of the text; nullopt when nothing in it is one.
std::optional<Facts> facts_of(std::string_view text, const tq::model::Wanted& wanted) {
  const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  const auto machines = tq::target::load(tq::target::look_at_bytes("text", {bytes.begin(), bytes.end()}, {}), {});
  if (!machines || machines->empty()) return std::nullopt;
  return tq::evidence::collect(machines->front(), wanted);
}

std::string utf16(std::string_view ascii) {
  std::string out = "\xFF\xFE";
  for (const char c : ascii) out += c, out += '\0';
  return out;
}

}  // namespace

TEST_CASE("evidence: a text that is cut anywhere says nothing that the whole text does not say") {
  const tq::test::Judging judging;
  for (const std::string& whole :
       {std::string(kSystemInfo), utf16(kSystemInfo), std::string(kSystemInfoCsv), std::string(kRegQuery), std::string(kRegExport),
        std::string(kCsvMiddle), std::string(kCsvKernelLast), std::string(kCsvUpdatesLast), std::string(kNdjson)}) {
    const auto sound = facts_of(whole, judging.wanted());
    REQUIRE(sound);
    const Verdict verdict = judging.verdict(*sound);
    CHECK_FALSE((verdict.missing.empty() && verdict.unknown.empty()));
    std::set<std::string> seen;
    for (std::size_t size = 0; size < whole.size(); ++size) {
      auto less = facts_of(std::string_view(whole).substr(0, size), judging.wanted());
      // Most cuts change nothing.
      if (!less || !seen.insert(tq::model::facts_to_json({*less})).second) continue;
      CAPTURE(whole.substr(0, size));
      CHECK(tq::test::denied(*sound, *less) == "");
      CHECK(tq::test::invented(verdict, judging.verdict(*std::move(less))) == "");
    }
    CHECK_FALSE(seen.empty());
  }
}
