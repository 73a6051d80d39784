// systeminfo against real texts: other languages, cut lists, and 180 clean installs with known builds.
#include "tests/support/corpus.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/text.hpp"
#include "core/version.hpp"
#include "format/systeminfo/systeminfo.hpp"
#include "format/textcodec/csv.hpp"
#include "format/textcodec/textcodec.hpp"
#include "tests/support/unzip.hpp"

namespace {
using namespace tq;
namespace si = format::systeminfo;

struct Want {
  const char* file;
  const char* encoding;
  const char* host;
  const char* product;
  std::uint32_t build;
  int service_pack;
  const char* arch;
  si::ProductType type;
  std::uint32_t announced, listed;
  std::size_t kbs;
};

format::textcodec::Decoded text_of(const std::string& path) {
  const auto bytes = test::slurp(path);
  return format::textcodec::decode(bytes_of(bytes));
}

TEST_CASE("systeminfo: real texts of six languages and ages") {
  using enum si::ProductType;
  // Counts of the lists are those of `grep -c`; 943729 and 940157 of Vista stand there without KB.
  const Want wants[] = {
      {"vista_x64_sp1_systeminfo.txt", "ascii", "WINVISTASP0X64", "Windows Vista Enterprise", 6001, 1, "x64", client, 174, 174, 173},
      {"srv_2008_rtm_x64_standard_en-us_systeminfo.txt", "ascii", "SRV2K8SP0X64", "Windows Server 2008 Standard", 6001, 1, "x64", server, 1,
       1, 1},
      {"7_sp1_x64_enterprise_fr_systeminfo_cmd.txt", "cp850", "WIN-IDKKFN87EL8", "Windows 7 Entreprise N", 7601, 1, "x64", client, 73, 73,
       73},
      {"srv_2012r2_x64_standard_ru_systeminfo.txt", "utf-8", "DC", "Windows Server 2012 R2 Standard", 9600, 0, "x64", domain_controller, 7,
       7, 7},
      {"xp_sp2_x64_systeminfo.txt", "ascii", "USER-8CEF73C787", "Windows XP Professional x64 Edition", 3790, 2, "x64", client, 300, 228,
       82},
      {"10_1809_x64_enterprise_zh-cn_systeminfo.txt", "cp936", "DESKTOP-0CQH3P2", "Windows 10 企业版 LTSC", 17763, 0, "x64", client, 1, 1,
       1},
      {"srv_2003r2_sp2_x86_standard_en-us_systeminfo.txt", "ascii", "SRV2K3R2SP2X86", "Windows Server 2003, Standard Edition", 3790, 2,
       "x86", server, 352, 240, 67},
      {"vanilla_srv2008_sp2_std_x64_systeminfo.txt", "utf-16le", "WIN-1EYJ4CMP38T", "Windows Server 2008 Standard", 6002, 2, "x64", server,
       5, 5, 5},
  };
  for (const auto& w : wants) {
    const auto path = test::corpus(std::string("inventory/") + w.file);
    if (!path) return;
    CAPTURE(w.file);
    const auto text = text_of(*path);
    CHECK(text.encoding == w.encoding);
    CHECK_FALSE(text.lossy);
    CHECK(si::looks_like(text.utf8));
    const auto r = si::parse(text.utf8);
    REQUIRE(r);
    CHECK(r->layout == si::Layout::list);
    CHECK(r->host == w.host);
    CHECK(r->product == w.product);
    CHECK(r->build == w.build);
    CHECK(r->text_build == w.build);
    CHECK_FALSE(r->builds_disagree);
    CHECK(r->service_pack == w.service_pack);
    CHECK(r->arch == w.arch);
    CHECK(r->product_type == w.type);
    CHECK(r->hotfixes_announced == w.announced);
    CHECK(r->hotfixes_listed == w.listed);
    CHECK(r->hotfixes_truncated == (w.listed < w.announced));
    CHECK(r->kbs.size() == w.kbs);
    CHECK(r->install_date.find("20") != std::string::npos);
    CHECK_FALSE(r->boot_time.empty());
  }
}

TEST_CASE("systeminfo: an updated Windows Server 2008 SP2 lists exactly its five updates") {
  const auto path = test::corpus("inventory/vanilla_srv2008_sp2_std_x64_systeminfo.txt");
  if (!path) return;
  const auto r = si::parse(text_of(*path).utf8);
  REQUIRE(r);
  CHECK(r->kbs == std::vector<std::uint32_t>{955430, 956250, 968930, 2506146, 2999226});
  CHECK(r->kb_lines.size() == 5);
  CHECK(r->os_name == "Microsoftr Windows Serverr 2008 Standard");
}

TEST_CASE("systeminfo: a list that systeminfo cut inside a KB number") {
  const auto path = test::corpus("inventory/srv_2003r2_sp2_x86_standard_en-us_systeminfo.txt");
  if (!path) return;
  const auto r = si::parse(text_of(*path).utf8);
  REQUIRE(r);
  CHECK(r->hotfixes_truncated);
  REQUIRE_FALSE(r->hotfix_other_ids.empty());
  CHECK(r->hotfix_other_ids == std::vector<std::string>{"File 1", "Q147222", "KB2862"});
}

/// Reads a machine of the fleet and compares it with its row and with the lines of the text.
void check_machine(const std::string& root, const std::vector<std::string>& row) {
  CAPTURE(row[0]);
  const auto text = text_of(root + "/" + row[0]);
  const auto r = si::parse(text.utf8);
  REQUIRE(si::looks_like(text.utf8));
  REQUIRE(r);
  CHECK(std::to_string(r->major) + "." + std::to_string(r->minor) + "." + std::to_string(r->build) == row[1]);
  const std::size_t name_line = text.utf8.find("OS Name:"), version_line = text.utf8.find("OS Version:");
  CHECK(trim(std::string_view(text.utf8).substr(name_line + 8, version_line - name_line - 8)) == r->os_name);
  CHECK(r->arch == "x64");
  CHECK(r->product_type == (r->os_name.find("Server") == std::string::npos ? si::ProductType::client : si::ProductType::server));
  CHECK(r->product.starts_with("Windows "));
  CHECK_FALSE(r->hotfixes_truncated);
  std::string kbs;
  std::vector<std::string> names;
  for (const auto kb : r->kbs) names.push_back(kb_text(kb));
  std::sort(names.begin(), names.end());
  for (const auto& n : names) kbs += (kbs.empty() ? "" : " ") + n;
  CHECK(kbs == row[4]);
}

TEST_CASE("systeminfo: 180 clean installs with known builds and updates") {
  const auto zip = test::corpus("inventory/vanilla_fleet_systeminfo.zip");
  if (!zip) return;
  const test::UnpackedZip files(*zip);
  const auto truth = test::slurp(files.path() + "/GROUND_TRUTH.csv");
  format::textcodec::CsvReader reader(bytes_of(truth).chars(), ',');
  format::textcodec::CsvRecord row;
  int machines = 0;
  while (reader.next(row) == format::textcodec::CsvReader::Got::record) {
    if (row.line == 1) continue;
    REQUIRE(row.fields.size() == 5);
    check_machine(files.path(), row.fields);
    ++machines;
  }
  CHECK(machines == 180);
}

}  // namespace
