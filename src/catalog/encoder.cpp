#include "catalog/encoder.hpp"

#include "catalog/rows.hpp"
#include "core/text.hpp"
#include "core/version.hpp"

namespace tq::catalog {
namespace {

using Words = std::vector<std::uint32_t>;
using Complaint = std::optional<std::string>;

void put_word(std::string& bytes, std::uint32_t v) {
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>((v >> shift) & 0xFF);
}

std::vector<std::string_view> split(std::string_view s, char by) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at <= s.size();) {
    const std::size_t end = std::min(s.find(by, at), s.size());
    out.push_back(s.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

Complaint encode_number(std::string_view cell, Words& out) {
  std::uint64_t v = 0;
  if (!cell.empty() && (!parse_u64(cell, v) || v > 0xFFFFFFFFu)) return "a number";
  out.push_back(static_cast<std::uint32_t>(v));
  return std::nullopt;
}

Complaint encode_flag(std::string_view cell, Words& out) {
  if (cell != "y" && cell != "n" && !cell.empty()) return "y or n";
  out.push_back(cell == "y" ? 1 : 0);
  return std::nullopt;
}

Complaint encode_date(std::string_view cell, Words& out) {
  const auto d = Date::parse(cell);
  if (!d && !cell.empty()) return "a date YYYY-MM-DD";
  out.push_back(d ? static_cast<std::uint32_t>(d->year * 10000 + d->month * 100 + d->day) : 0);
  return std::nullopt;
}

Complaint encode_version(std::string_view cell, Words& out) {
  const auto v = FileVersion::parse(cell);
  // parse() passes over text behind the version; here that would hide a slip of the pen.
  if (!cell.empty() && (!v || v->text() != cell)) return "a version 6.0.6003.20489";
  const FileVersion w = v.value_or(FileVersion{});
  out.push_back((std::uint32_t{w.major} << 16) | w.minor);
  out.push_back((std::uint32_t{w.build} << 16) | w.revision);
  return std::nullopt;
}

/// A KB without its prefix; 0 when it is none.
std::uint32_t kb_of(std::string_view s) {
  std::uint64_t digits = 0;
  return parse_u64(s, digits) ? parse_kb(s).value_or(0) : 0;
}

Complaint encode_kb(std::string_view cell, Words& out) {
  const std::uint32_t kb = kb_of(cell);
  if (kb == 0 && !cell.empty()) return "a KB number without \"KB\"";
  out.push_back(kb);
  return std::nullopt;
}

Complaint append_list(std::string_view cell, char by, Pools& pools, Words& range) {
  const auto first = static_cast<std::uint32_t>(pools.words.size());
  for (std::string_view part : cell.empty() ? std::vector<std::string_view>{} : split(cell, by)) {
    const std::uint32_t kb = kb_of(part);
    if (kb == 0) return "KB numbers parted by ';' (alternatives by '|')";
    pools.words.push_back(kb);
  }
  range.push_back(first);
  range.push_back(static_cast<std::uint32_t>(pools.words.size()) - first);
  return std::nullopt;
}

Complaint append_groups(std::string_view cell, Pools& pools, Words& out) {
  const auto first = static_cast<std::uint32_t>(pools.groups.size() / 2);
  for (std::string_view part : cell.empty() ? std::vector<std::string_view>{} : split(cell, ';')) {
    if (part.empty()) return "KB numbers parted by ';' (alternatives by '|')";
    if (auto bad = append_list(part, '|', pools, pools.groups)) return bad;
  }
  out.push_back(first);
  out.push_back(static_cast<std::uint32_t>(pools.groups.size() / 2) - first);
  return std::nullopt;
}

Complaint encode_arches(std::string_view cell, Words& out) {
  std::uint32_t bits = 0;
  for (std::string_view a : cell.empty() ? std::vector<std::string_view>{} : split(cell, ';')) {
    const auto known = from_string<ProductArch>(a);
    const std::uint32_t bit = known && *known != ProductArch::any ? 1U << (static_cast<std::uint32_t>(*known) - 1) : 0;
    if (bit == 0 || (bits & bit) != 0) return "x86, x64, ia64, arm and arm64, each at most once, parted by ';'";
    bits |= bit;
  }
  out.push_back(bits);
  return std::nullopt;
}

Complaint encode_cve(std::string_view cell, Words& out) {
  const auto cve = parse_cve(cell);
  if (!cve || cve_text(*cve) != cell) return "a CVE as CVE-2019-0708, or an advisory as ADV190009";
  out.push_back(*cve);
  return std::nullopt;
}

Complaint encode_names(std::string_view cell, Pools& pools, Words& out) {
  out.push_back(static_cast<std::uint32_t>(pools.names.size()));
  for (std::string_view name : split(cell, ';')) {
    if (name.empty()) return "names parted by ';'";
    pools.names.push_back(pools.text(name));
  }
  out.push_back(static_cast<std::uint32_t>(pools.names.size()) - out.back());
  return std::nullopt;
}

Complaint encode_cves(std::string_view cell, Pools& pools, Words& out) {
  Words set;
  for (std::string_view one : cell.empty() ? std::vector<std::string_view>{} : split(cell, ';')) {
    if (auto bad = encode_cve(one, set)) return bad;
    if (set.size() > 1 && set[set.size() - 2] >= set.back()) return "CVEs in rising order, each once";
  }
  out.push_back(pools.sets.try_emplace(std::move(set), static_cast<std::uint32_t>(pools.sets.size())).first->second);
  return std::nullopt;
}

template <class E>
Complaint encode_enum(std::string_view cell, Words& out) {
  if (const auto v = from_string<E>(cell)) {
    out.push_back(static_cast<std::uint32_t>(*v));
    return std::nullopt;
  }
  std::string wanted = "one of";
  for (std::uint32_t i = 0; i < kCount<E>; ++i) wanted += std::string(i == 0 ? " " : ", ") + to_string(static_cast<E>(i));
  return wanted;
}

}  // namespace

std::uint32_t Pools::text(std::string_view s) {
  if (const auto it = known.find(s); it != known.end()) return it->second;
  const auto at = static_cast<std::uint32_t>(strings.size());
  put_word(strings, static_cast<std::uint32_t>(s.size()));
  strings += s;
  known.emplace(s, at);
  return at;
}

std::string_view Pools::view(std::uint32_t offset) const {
  std::uint32_t n = 0;
  for (std::size_t i = 0; i < 4; ++i) n |= static_cast<std::uint32_t>(static_cast<unsigned char>(strings[offset + i])) << (8 * i);
  return std::string_view(strings).substr(offset + 4, n);
}

std::optional<std::string> encode(Field field, std::string_view cell, Pools& pools, std::vector<std::uint32_t>& out) {
  switch (field) {
    case Field::text: out.push_back(pools.text(cell)); return std::nullopt;
    case Field::number: return encode_number(cell, out);
    case Field::flag: return encode_flag(cell, out);
    case Field::date: return encode_date(cell, out);
    case Field::version: return encode_version(cell, out);
    case Field::kb: return encode_kb(cell, out);
    case Field::kbs: return append_list(cell, ';', pools, out);
    case Field::kb_groups: return append_groups(cell, pools, out);
    case Field::arches: return encode_arches(cell, out);
    case Field::kind: return encode_enum<UpdateKind>(cell, out);
    case Field::basis: return encode_enum<VersionBasis>(cell, out);
    case Field::confidence: return encode_enum<Confidence>(cell, out);
    case Field::verdict: return encode_enum<BeliefVerdict>(cell, out);
    case Field::branch: return encode_enum<Branch>(cell, out);
    case Field::treatment: return encode_enum<KernelTreatment>(cell, out);
    case Field::product_class: return encode_enum<ProductClass>(cell, out);
    case Field::product_arch: return encode_enum<ProductArch>(cell, out);
    case Field::component: return encode_enum<Component>(cell, out);
    case Field::rating: return encode_enum<Rating>(cell, out);
    case Field::file_branch: return encode_enum<FileBranch>(cell, out);
    case Field::correction: return encode_enum<CorrectionKind>(cell, out);
    case Field::cve: return encode_cve(cell, out);
    case Field::names: return encode_names(cell, pools, out);
    case Field::cves: return encode_cves(cell, pools, out);
    case Field::update_row:
    case Field::product_row:
    case Field::provenance: break;
  }
  return "a known field";
}

bool is_no_source(std::string_view source) { return source.empty() || source == "memory" || source == "same"; }

bool is_vague_source(std::string_view source) {
  return ifind(source, "memory") != std::string_view::npos || ifind(source, "common knowledge") != std::string_view::npos;
}

}  // namespace tq::catalog
