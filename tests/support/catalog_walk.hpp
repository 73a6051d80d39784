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
  for (const auto& u : c.upgrade_paths())
    out += std::string(u.from) + std::string(u.to) + to_string(u.supported) + std::string(u.condition) + line_of(u);
  for (const auto& b : c.beliefs())
    out += std::string(b.id) + std::string(b.claim) + to_string(b.verdict) + std::string(b.truth) + line_of(b);
  for (const auto& g : c.goals())
    out += std::string(g.id) + kb_text(g.kb) + g.version.text() + g.date.text() + std::string(g.meaning) + line_of(g);
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
