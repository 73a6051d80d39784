#include "tests/support/catalog_builder.hpp"

#include "catalog/format.hpp"

namespace tq::test {
namespace {

constexpr const char* kProvenance = ",a page,2026-01-02,high,\n";

std::string header(const catalog::Schema& s) {
  std::string out;
  for (const auto& c : s.columns) {
    if (!out.empty()) out += ",";
    out += c.name;
  }
  return out + "\n";
}

/// The cells before the provenance, a line each.
std::string rows_of(std::string_view stem) {
  const std::string p = kProvenance;
  if (stem == "meta") return "data_as_of,2026-06-28" + p + "6.0.fixed_build_slack,5" + p + "6.0.fixed_build_min_gap,10" + p;
  if (stem == "updates")
    return "1000001,2009-05-26,service_pack,n,Service Pack 2,6.0,x86;x64;ia64,6.0.6002.18005,kernel,ntoskrnl.exe,,,,,,n,,," + p +
           "1000002,2019-04-09,monthly_rollup,n,April,6.0,x86;x64,6.0.6003.20489,kernel,ntoskrnl.exe,,,,1000001,,n,,5," + p +
           "1000003,2019-04-09,servicing_stack,n,Stack,6.0,x86;x64,6.0.6003.20484,stack,,,,,1000001,,n,,," + p +
           "1000004,2021-08-10,monthly_rollup,n,August,6.0,x86;x64,6.0.6003.21192,fixed_build,,6.0.6003.21192,1000002,,1000001;1000003|"
           "1000002,"
           "1000003,y,2,10," +
           p;
  if (stem == "builds") return "6.0,6003,SP2,Vista,Server,2019-03-19,2015-01-13,2020-01-14,2023-01-10" + p;
  if (stem == "lifecycle") return "6.0,6003,server,Server,2015-01-13,2020-01-14,2023-01-10,,,2026-01-13,none" + p;
  if (stem == "features") return "ReFS,refs,Windows Server 2012,9200,never" + p;
  if (stem == "releases")
    return "a,Windows A,6.0,6002,server,x86;x64,n,2020-01-14," + p + "b,Windows B,6.2,9200,server,x64,y,2026-10-13,firmware" + p;
  if (stem == "editions") return "server,Standard,ServerStandard,standard" + p;
  if (stem == "upgrade_hops") return "a,b,Standard,Standard,x64,same,\"same language, same edition\"" + p;
  if (stem == "upgrade_bars") return "x86,a,any,arch:x86,no 32-bit release" + p;
  if (stem == "rehosts") return "host,a host,a,x64,," + p;
  if (stem == "migration_notes") return "dns,role,role:dns,any,,in_place,DNS moves along" + p;
  if (stem == "esu_terms") return "6.0,server,2,volume,Standard,x86;x64,2021-01-13,2021-08-10" + p;
  if (stem == "software_lifecycle") return "internet_explorer,9,6.0,Internet Explorer 9,,2020-01-14,,n" + p;
  if (stem == "beliefs") return "r3,r3,it is R3,false,it is not,builds" + p;
  if (stem == "goals") return "last,6.0,1000004,6.0.6003.21192,2021-08-10,the last one" + p;
  if (stem == "esu_ids") return "none,Azure,4,no key," + p;
  if (stem == "esu_years") return "2,volume,2021-08-10,2021-08-10,1000004,1000004,10" + p;
  if (stem == "bypass_indicators") return "B01,file,x.dll,patched,all" + p;
  if (stem == "revision_ranges") return "6.0,6003,ldr,20480,24575" + p;
  if (stem == "kernel_exceptions")
    return "6.0.6003.20490,counts_as,1000002,another file" + p + "6.0.6002.18005,release_revision,,as released" + p;
  if (stem == "exposure_settings")
    return "smb1,6.0,dword,SYSTEM,CurrentControlSet\\Services\\LanmanServer\\Parameters,SMB1,,,1,1,1,!=0,LanmanServer,,on,off" + p;
  if (stem == "exposure_cves") return "smb1,CVE-2021-0002,reachable" + p;
  if (stem == "products")
    return "ws08-sp2-x86,Windows Server 2008 for 32-bit Systems Service Pack 2,6.0,6002,SP2,x86,server,n,os,,,ws08-sp2-x86" + p +
           "ie9@ws08-sp2-x86,Internet Explorer 9 on Windows Server 2008 for 32-bit Systems Service Pack "
           "2,6.0,6002,SP2,x86,server,n,ie,Internet Explorer,9,ws08-sp2-x86" +
           p;
  if (stem == "cves")
    return "CVE-2021-0002,Second,critical,Remote Code Execution,2021-08-10,2021-09-01,y" + p +
           "CVE-2019-0001,First,important,Spoofing,2019-04-09,,n" + p + "ADV190001,Advice,none,,2019-04-09,,n" + p;
  if (stem == "fixes")
    return "1000004,ws08-sp2-x86;ie9@ws08-sp2-x86,6.0.6003.21192,CVE-2019-0001;CVE-2021-0002" + p +
           "1000002,ws08-sp2-x86,,CVE-2019-0001;ADV190001" + p;
  if (stem == "children") return "1000004,1000005,4.6,x86" + p;
  if (stem == "corrections") return "drop_edge,1000004,1000003,,not one line" + p;
  if (stem == "files") return "1000004,win32k.sys,x86,ldr,6.0.6003.21190" + p + "1000002,win32k.sys,x86,ldr,6.0.6003.20488" + p;
  if (stem == "components") return "Windows Internet Explorer 8,ie,Internet Explorer,8,ie8" + p;
  if (stem == "families")
    return "Windows Server 2008,SP2,ws08-sp2,6.0,6002,server,any" + p + "Windows Vista,SP2,vista-sp2,6.0,6002,client,x86" + p +
           "Windows 10 Version 1809,,w10-1809,10.0,17763,client,any" + p + "Windows Server 2019,,ws19,10.0,17763,server,x64" + p;
  return {};
}

}  // namespace

CatalogBuilder::CatalogBuilder() {
  for (const auto& s : catalog::schemas()) files_.push_back({"t/" + std::string(s.stem) + ".csv", header(s) + rows_of(s.stem)});
}

catalog::SourceFile& CatalogBuilder::file(const std::string& table) {
  for (auto& f : files_)
    if (f.path == "t/" + table + ".csv") return f;
  return files_.emplace_back(catalog::SourceFile{"t/" + table + ".csv", {}});
}

CatalogBuilder& CatalogBuilder::set(const std::string& table, std::size_t row, const std::string& column, const std::string& cell) {
  std::string& text = file(table).text;
  const auto* schema = catalog::find_schema(table);
  std::size_t at = 0;
  for (std::size_t i = 0; i <= row; ++i) at = text.find('\n', at) + 1;
  for (const auto& c : schema->columns) {
    bool quoted = text[at] == '"';
    std::size_t end = at + (quoted ? 1 : 0);
    while (quoted ? text[end] != '"' : text[end] != ',' && text[end] != '\n') ++end;
    if (quoted) ++end;
    if (c.name == column) {
      text.replace(at, end - at, cell);
      return *this;
    }
    at = end + 1;
  }
  return *this;
}

CatalogBuilder& CatalogBuilder::append(const std::string& table, const std::string& line) {
  file(table).text += line + "\n";
  return *this;
}

CatalogBuilder& CatalogBuilder::replace(const std::string& table, const std::string& text) {
  file(table).text = text;
  return *this;
}

CatalogBuilder& CatalogBuilder::remove(const std::string& table) {
  std::erase_if(files_, [&](const auto& f) { return f.path == "t/" + table + ".csv"; });
  return *this;
}

std::string CatalogBuilder::text(const std::string& table) const {
  for (const auto& f : files_)
    if (f.path == "t/" + table + ".csv") return f.text;
  return {};
}

}  // namespace tq::test
