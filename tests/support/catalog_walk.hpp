// A catalog back from bytes to text, and the seal that a changed catalog needs before anything behind it is looked at.
// Header only: the fuzz target uses it without the rest of the test support.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "core/hash.hpp"

namespace tq::test {
namespace detail {

inline std::string line_of(const catalog::Provenance& p) {
  return " | " + std::string(p.source) + " | " + std::string(p.retrieved) + " | " + to_string(p.confidence) + " | " + std::string(p.note) +
         "\n";
}

inline std::string join(const catalog::KbList& kbs) {
  std::string out;
  for (std::uint32_t kb : kbs) out += kb_text(kb) + " ";
  return out;
}

inline std::string numbers(const catalog::CveSet& set) {
  std::string out;
  for (std::uint32_t row : set) out += std::to_string(row) + " ";
  return out;
}

inline std::string line_of(const catalog::Update& u) {
  std::string out =
      kb_text(u.kb) + " " + u.released.text() + " " + to_string(u.kind) + " " + std::string(u.title) + " " + to_string(u.basis);
  out += (u.version ? u.version->text() : "") + (u.fixed_build ? u.fixed_build->text() : "") + std::string(u.version_file);
  out += join(u.supersedes) + join(u.supersedes_inferred) + join(u.recommends);
  for (const auto& any : u.requirements) out.append("(").append(join(any)).append(")");
  return out + std::to_string(u.esu_year) + " " + std::to_string(u.n_cves) + std::string(u.order_exception) +
         line_of(static_cast<const catalog::Provenance&>(u));
}

}  // namespace detail

/// Writes true size and hash into the header, so that open() looks at what lies behind them. Short input stays as it is.
inline std::vector<std::byte> sealed(std::vector<std::byte> bytes) {
  if (bytes.size() < sizeof(catalog::FileHeader)) return bytes;
  const std::uint64_t size = bytes.size();
  for (std::size_t i = 0; i < 8; ++i) bytes[offsetof(catalog::FileHeader, file_size) + i] = static_cast<std::byte>(size >> (8 * i));
  const std::string digest = sha256_hex(bytes_of(bytes).from(sizeof(catalog::FileHeader)));
  for (std::size_t i = 0; i < 32; ++i)
    bytes[offsetof(catalog::FileHeader, sha256) + i] = static_cast<std::byte>(std::stoi(digest.substr(2 * i, 2), nullptr, 16));
  return bytes;
}

/// Every row as text, one a line.
inline std::string walk(const catalog::Catalog& c) {
  using detail::line_of;
  std::string out = c.id() + " " + c.data_as_of().text() + "\n";
  for (const auto& u : c.updates()) out += line_of(u);
  for (const auto& b : c.builds())
    out += std::string(b.nt_version) + std::to_string(b.build) + std::string(b.service_pack) + std::string(b.end_esu) + line_of(b);
  for (const auto& l : c.lifecycles())
    out += std::string(l.product) + l.extended_end.text() + l.last_patch.text() + std::string(l.patch_source) + line_of(l);
  for (const auto& f : c.features()) out += std::string(f.feature) + std::string(f.phrases) + std::to_string(f.first_build) + line_of(f);
  for (const auto& r : c.releases())
    out += std::string(r.id) + std::string(r.name) + std::to_string(r.build) + r.ends.text() + std::string(r.needs) + line_of(r);
  for (const auto& e : c.editions()) out += std::string(e.edition) + std::string(e.edition_ids) + std::string(e.phrases) + line_of(e);
  for (const auto& h : c.upgrade_hops())
    out += std::string(h.from) + std::string(h.to) + std::string(h.to_editions) + std::string(h.options) + std::string(h.conditions) +
           line_of(h);
  for (const auto& b : c.upgrade_bars()) out += std::string(b.id) + std::string(b.applies) + std::string(b.why) + line_of(b);
  for (const auto& r : c.rehosts()) out += std::string(r.to) + std::string(r.guests) + std::string(r.conditions) + line_of(r);
  for (const auto& n : c.migration_notes()) out += std::string(n.id) + std::string(n.applies) + std::string(n.what) + line_of(n);
  for (const auto& t : c.esu_terms()) out += std::string(t.who) + std::string(t.editions) + t.ends.text() + line_of(t);
  for (const auto& t : c.software_terms()) out += std::string(t.name) + t.extended_end.text() + line_of(t);
  for (const auto& b : c.beliefs())
    out += std::string(b.id) + std::string(b.claim) + to_string(b.verdict) + std::string(b.truth) + line_of(b);
  for (const auto& g : c.goals())
    out += std::string(g.id) + kb_text(g.kb) + g.version.text() + g.date.text() + std::string(g.meaning) + line_of(g);
  for (const auto& e : c.esu_ids()) out += std::string(e.activation_id) + std::string(e.scope) + std::string(e.years) + line_of(e);
  for (const auto& y : c.esu_years()) out += std::to_string(y.year) + y.first.text() + y.last.text() + kb_text(y.first_kb) + line_of(y);
  for (const auto& b : c.bypass_indicators()) out += std::string(b.id) + std::string(b.subject) + std::string(b.meaning) + line_of(b);
  for (const auto& r : c.revision_ranges()) out += std::to_string(r.build) + to_string(r.branch) + std::to_string(r.first) + line_of(r);
  for (const auto& k : c.kernel_exceptions()) out += k.version.text() + to_string(k.treatment) + std::to_string(k.kb) + line_of(k);
  for (const auto& e : c.exposure_settings())
    out += std::string(e.id) + std::string(e.key) + std::string(e.value) + std::string(e.default_server) + std::string(e.open_when) +
           line_of(e);
  for (const auto& e : c.exposure_cves()) out += std::string(e.exposure) + catalog::cve_text(e.cve) + line_of(e);
  for (const auto& p : c.products())
    out += std::string(p.id) + std::string(p.name) + to_string(p.arch) + to_string(p.component) + std::string(p.base) + line_of(p);
  for (const auto& v : c.cves())
    out += catalog::cve_text(v.cve) + std::string(v.title) + to_string(v.severity) + v.first.text() + v.exploited.text() + line_of(v);
  for (const auto& f : c.fixes())
    out += std::to_string(c.brief(f.update).kb) + std::string(c.products()[f.product].id) + detail::numbers(c.cve_set(f.set)) +
           line_of(c.provenance(f));
  for (std::uint32_t i = 0; i < c.updates().size(); ++i)
    out += std::to_string(c.fixes_of_update(i).size()) + detail::join(c.superseded_by(c.brief(i).kb)) +
           std::to_string(c.cves_of_update(i).size()) + "\n";
  for (std::uint32_t i = 0; i < c.products().size(); ++i)
    for (const auto& f : c.fixes_of_product(i)) out += std::to_string(f.update) + "\n";
  for (std::uint32_t i = 0; i < c.cves().size(); ++i)
    for (const auto& f : c.fixes_of_cve(i)) out += std::to_string(f.update) + " " + std::to_string(f.product) + "\n";
  for (const auto& k : c.children()) out += kb_text(k.parent) + kb_text(k.child) + std::string(k.framework) + line_of(k);
  for (const auto& k : c.corrections()) out += kb_text(k.kb) + to_string(k.kind) + std::string(k.why) + line_of(k);
  for (const auto& f : c.files()) out += kb_text(f.kb) + std::string(f.file) + to_string(f.branch) + f.version.text() + line_of(f);
  for (const auto& n : c.component_names()) out += std::string(n.text) + to_string(n.component) + std::string(n.id) + line_of(n);
  for (const auto& f : c.families()) out += std::string(f.name) + std::string(f.id) + to_string(f.arch) + line_of(f);
  for (const auto& m : c.metas()) out += std::string(m.key) + std::string(m.value) + line_of(m);
  return out;
}

}  // namespace tq::test
