#include "tests/support/catalog_builder.hpp"

#include <cstring>

#include "core/hash.hpp"

namespace tq::test {
namespace {

constexpr const char* kProvenance = ",a page,2026-01-02,high,\n";

std::string header(const catalog::Schema& s) {
  std::string out;
  for (const auto& c : s.columns) out += (out.empty() ? "" : ",") + std::string(c.name);
  return out + "\n";
}

/// The cells before the provenance, a line each.
std::string rows_of(std::string_view stem) {
  const std::string p = kProvenance;
  if (stem == "meta") return "data_as_of,2026-06-28" + p + "6.0.fixed_build_slack,5" + p + "6.0.fixed_build_min_gap,10" + p;
  if (stem == "updates")
    return "1000001,2009-05-26,service_pack,Service Pack 2,x86;x64;ia64,6.0.6002.18005,kernel,ntoskrnl.exe,,,,,,n,,," + p +
           "1000002,2019-04-09,monthly_rollup,April,x86;x64,6.0.6003.20489,kernel,ntoskrnl.exe,,,,1000001,,n,,5," + p +
           "1000003,2019-04-09,servicing_stack,Stack,x86;x64,6.0.6003.20484,stack,,,,,1000001,,n,,," + p +
           "1000004,2021-08-10,monthly_rollup,August,x86;x64,6.0.6003.21192,fixed_build,,6.0.6003.21192,1000002,,1000001;1000003|1000002,1000003,y,2,10," + p;
  if (stem == "builds") return "6.0,6003,SP2,Vista,Server,2019-03-19,2015-01-13,2020-01-14,2023-01-10" + p;
  if (stem == "lifecycle") return "6.0,6003,server,Server,2015-01-13,2020-01-14,2023-01-10,,,2026-01-13,none" + p;
  if (stem == "features") return "ReFS,refs,Windows Server 2012,9200,never" + p;
  if (stem == "upgrade_paths") return "here,there,yes,\"same language, same edition\"" + p;
  if (stem == "beliefs") return "r3,r3,it is R3,false,it is not,builds" + p;
  if (stem == "goals") return "last,6.0,1000004,6.0.6003.21192,2021-08-10,the last one" + p;
  if (stem == "esu_ids") return "none,Azure,4,no key," + p;
  if (stem == "esu_years") return "2,volume,2021-08-10,2021-08-10,1000004,1000004,10" + p;
  if (stem == "bypass_indicators") return "B01,file,x.dll,patched,all" + p;
  if (stem == "revision_ranges") return "6.0,6003,ldr,20480,24575" + p;
  if (stem == "kernel_exceptions") return "6.0.6003.20490,counts_as,1000002,another file" + p + "6.0.6002.18005,release_revision,,as released" + p;
  if (stem == "exposure_defaults") return "SMB1,enabled" + p;
  return {};
}

void put(std::vector<std::byte>& bytes, std::size_t at, const void* from, std::size_t n) { std::memcpy(bytes.data() + at, from, n); }

std::string line_of(const catalog::Provenance& p) {
  return " | " + std::string(p.source) + " | " + std::string(p.retrieved) + " | " + to_string(p.confidence) + " | " + std::string(p.note) + "\n";
}

std::string join(const catalog::KbList& kbs) {
  std::string out;
  for (std::uint32_t kb : kbs) out += kb_text(kb) + " ";
  return out;
}

std::string line_of(const catalog::Update& u) {
  std::string out = kb_text(u.kb) + " " + u.released.text() + " " + to_string(u.kind) + " " + std::string(u.title) + " " + to_string(u.basis);
  out += (u.version ? u.version->text() : "") + (u.fixed_build ? u.fixed_build->text() : "") + std::string(u.version_file);
  out += join(u.supersedes) + join(u.supersedes_inferred) + join(u.recommends);
  for (const auto& any : u.requirements) out += "(" + join(any) + ")";
  return out + std::to_string(u.esu_year) + " " + std::to_string(u.n_cves) + std::string(u.order_exception) + line_of(static_cast<const catalog::Provenance&>(u));
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

std::vector<std::byte> sealed(std::vector<std::byte> bytes) {
  if (bytes.size() < sizeof(catalog::FileHeader)) return bytes;
  const std::uint64_t size = bytes.size();
  std::array<std::uint8_t, 8> le{};
  for (std::size_t i = 0; i < 8; ++i) le[i] = static_cast<std::uint8_t>(size >> (8 * i));
  put(bytes, offsetof(catalog::FileHeader, file_size), le.data(), le.size());
  const std::string digest = sha256_hex(bytes_of(bytes).from(sizeof(catalog::FileHeader)));
  for (std::size_t i = 0; i < 32; ++i)
    bytes[offsetof(catalog::FileHeader, sha256) + i] = static_cast<std::byte>(std::stoi(digest.substr(2 * i, 2), nullptr, 16));
  return bytes;
}

std::string walk(const catalog::Catalog& c) {
  std::string out = c.id() + " " + c.data_as_of().text() + "\n";
  for (const auto& u : c.updates()) out += line_of(u);
  for (const auto& b : c.builds()) out += std::string(b.nt_version) + std::to_string(b.build) + std::string(b.service_pack) + std::string(b.end_esu) + line_of(b);
  for (const auto& l : c.lifecycles()) out += std::string(l.product) + l.extended_end.text() + l.last_patch.text() + std::string(l.patch_source) + line_of(l);
  for (const auto& f : c.features()) out += std::string(f.feature) + std::string(f.phrases) + std::to_string(f.first_build) + line_of(f);
  for (const auto& u : c.upgrade_paths()) out += std::string(u.from) + std::string(u.to) + to_string(u.supported) + std::string(u.condition) + line_of(u);
  for (const auto& b : c.beliefs()) out += std::string(b.id) + std::string(b.claim) + to_string(b.verdict) + std::string(b.truth) + line_of(b);
  for (const auto& g : c.goals()) out += std::string(g.id) + kb_text(g.kb) + g.version.text() + g.date.text() + std::string(g.meaning) + line_of(g);
  for (const auto& e : c.esu_ids()) out += std::string(e.activation_id) + std::string(e.scope) + std::string(e.years) + line_of(e);
  for (const auto& y : c.esu_years()) out += std::to_string(y.year) + y.first.text() + y.last.text() + kb_text(y.first_kb) + line_of(y);
  for (const auto& b : c.bypass_indicators()) out += std::string(b.id) + std::string(b.subject) + std::string(b.meaning) + line_of(b);
  for (const auto& r : c.revision_ranges()) out += std::to_string(r.build) + to_string(r.branch) + std::to_string(r.first) + line_of(r);
  for (const auto& k : c.kernel_exceptions()) out += k.version.text() + to_string(k.treatment) + std::to_string(k.kb) + line_of(k);
  for (const auto& e : c.exposure_defaults()) out += std::string(e.setting) + std::string(e.default_when_absent) + line_of(e);
  for (const auto& m : c.metas()) out += std::string(m.key) + std::string(m.value) + line_of(m);
  return out;
}

}  // namespace tq::test
