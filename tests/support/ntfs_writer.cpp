#include "tests/support/ntfs_writer.hpp"

#include <algorithm>

namespace tq::test::ntfs {

void put(Blob& b, std::size_t at, std::uint64_t value, std::size_t size) {
  if (b.size() < at + size) b.resize(at + size);
  for (std::size_t i = 0; i < size; ++i) b[at + i] = static_cast<std::byte>(value >> (8 * i));
}

void append(Blob& b, const Blob& more) { b.insert(b.end(), more.begin(), more.end()); }

void pad_to(Blob& b, std::size_t multiple) { b.resize((b.size() + multiple - 1) / multiple * multiple); }

Blob utf16(const std::u16string& s) {
  Blob out;
  for (const char16_t c : s) put(out, out.size(), c, 2);
  return out;
}

char16_t upcase(char16_t c) {
  const auto up = [&](int by) { return static_cast<char16_t>(c - by); };
  if (c >= u'a' && c <= u'z') return up(32);
  if ((c >= 0xE0 && c <= 0xFE && c != 0xF7) || (c >= 0x3B1 && c <= 0x3C9 && c != 0x3C2) || (c >= 0x430 && c <= 0x44F)) return up(32);
  if (c == 0xFF) return 0x178;
  if (c >= 0x100 && c <= 0x137 && c != 0x130 && c != 0x131) return static_cast<char16_t>(c & ~1);
  return c >= 0x450 && c <= 0x45F ? up(80) : c;
}

bool name_less(const std::u16string& a, const std::u16string& b) {
  std::u16string x = a, y = b;
  std::transform(x.begin(), x.end(), x.begin(), upcase);
  std::transform(y.begin(), y.end(), y.begin(), upcase);
  return x != y ? x < y : a < b;
}

std::vector<Run> Clusters::take(std::uint64_t clusters, std::uint32_t pieces) {
  std::vector<Run> out;
  const std::uint64_t n = std::clamp<std::uint64_t>(pieces, 1, std::max<std::uint64_t>(clusters, 1));
  for (std::uint64_t i = 0; i < n && clusters != 0; ++i) {
    const std::uint64_t part = (clusters * (i + 1)) / n - (clusters * i) / n;
    taken_.resize(next_ + part);
    std::fill_n(taken_.begin() + static_cast<std::ptrdiff_t>(next_), part, true);
    out.push_back({next_, part});
    next_ += part + (n > 1 ? 1 : 0);
  }
  // Backwards on the disk, so that deltas are negative; the parts may differ by a cluster, which the runs say.
  std::reverse(out.begin(), out.end());
  return out;
}

void Clusters::write(const std::vector<Run>& runs, const Blob& content) {
  std::size_t done = 0;
  for (const Run& r : runs) {
    const std::size_t n = std::min<std::size_t>(content.size() - done, r.clusters * size_);
    if (r.lcn != kHole) {
      const std::size_t at = r.lcn * size_;
      if (bytes_.size() < at + r.clusters * size_) bytes_.resize(at + r.clusters * size_);
      std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(done), n, bytes_.begin() + static_cast<std::ptrdiff_t>(at));
    }
    done += n;
  }
}

AttributeBlob resident(std::uint32_t type, const std::u16string& name, const Blob& value, std::uint16_t flags, bool indexed) {
  AttributeBlob a{type, name, 0};
  Blob& b = a.bytes;
  const std::size_t value_at = (24 + name.size() * 2 + 7) / 8 * 8;
  put(b, 0, type, 4);
  put(b, 9, name.size(), 1);
  put(b, 10, 24, 2);
  put(b, 12, flags, 2);
  put(b, 16, value.size(), 4);
  put(b, 20, value_at, 2);
  put(b, 22, indexed ? 1 : 0, 2);
  append(b, utf16(name));
  b.resize(value_at);
  append(b, value);
  pad_to(b, 8);
  put(b, 4, b.size(), 4);
  return a;
}

namespace {

std::size_t signed_size(std::int64_t v) {
  std::size_t n = 1;
  while (n < 8 && (v < -(std::int64_t{1} << (8 * n - 1)) || v >= std::int64_t{1} << (8 * n - 1))) ++n;
  return n;
}

/// Mapping pair of one run; `last` is the cluster the delta counts from.
Blob pair_of(const Run& r, std::int64_t& last) {
  Blob b;
  const auto clusters = static_cast<std::int64_t>(r.clusters);
  const std::size_t n = signed_size(clusters);
  if (r.lcn == kHole) {
    put(b, 0, n, 1);
    put(b, 1, r.clusters, n);
    return b;
  }
  const std::int64_t delta = static_cast<std::int64_t>(r.lcn) - last;
  last = static_cast<std::int64_t>(r.lcn);
  const std::size_t d = signed_size(delta);
  put(b, 0, n | (d << 4), 1);
  put(b, 1, r.clusters, n);
  put(b, 1 + n, static_cast<std::uint64_t>(delta), d);
  return b;
}

std::uint64_t clusters_in(const RunsOf& r, bool stored_only) {
  std::uint64_t n = 0;
  for (const Run& run : r.runs) n += run.lcn == kHole && stored_only ? 0 : run.clusters;
  return n;
}

AttributeBlob piece(std::uint32_t type, const std::u16string& name, const RunsOf& r, std::uint32_t cluster, std::uint64_t first,
                    std::uint64_t clusters, const Blob& pairs) {
  AttributeBlob a{type, name, first};
  Blob& b = a.bytes;
  const bool has_stored = (r.flags & 0x80FF) != 0 && first == 0;
  const std::size_t head = has_stored ? 72 : 64, pairs_at = (head + name.size() * 2 + 7) / 8 * 8;
  put(b, 0, type, 4);
  put(b, 8, 1, 1);
  put(b, 9, name.size(), 1);
  put(b, 10, head, 2);
  put(b, 12, r.flags, 2);
  put(b, 16, first, 8);
  put(b, 24, first + clusters - 1, 8);
  put(b, 32, pairs_at, 2);
  put(b, 34, r.unit_log2, 1);
  put(b, 40, first == 0 ? clusters_in(r, false) * cluster : 0, 8);
  put(b, 48, first == 0 ? r.size : 0, 8);
  put(b, 56, first == 0 ? r.initialized : 0, 8);
  if (has_stored) put(b, 64, clusters_in(r, true) * cluster, 8);
  b.resize(head);
  append(b, utf16(name));
  b.resize(pairs_at);
  append(b, pairs);
  b.push_back({});
  pad_to(b, 8);
  put(b, 4, b.size(), 4);
  return a;
}

}  // namespace

std::vector<AttributeBlob> with_runs(std::uint32_t type, const std::u16string& name, const RunsOf& r, std::uint32_t cluster,
                                     std::size_t most_pairs) {
  std::vector<AttributeBlob> out;
  Blob pairs;
  std::uint64_t first = 0, vcn = 0;
  std::int64_t last = 0;
  for (const Run& run : r.runs) {
    std::int64_t next_last = last;
    Blob pair = pair_of(run, next_last);
    if (!pairs.empty() && pairs.size() + pair.size() > most_pairs) {
      out.push_back(piece(type, name, r, cluster, first, vcn - first, pairs));
      pairs.clear();
      first = vcn;
      next_last = 0;  // deltas begin anew in every piece
      pair = pair_of(run, next_last);
    }
    append(pairs, pair);
    last = next_last;
    vcn += run.clusters;
  }
  out.push_back(piece(type, name, r, cluster, first, vcn - first, pairs));
  return out;
}

namespace {
std::size_t attributes_at(std::size_t record_size) { return (48 + 2 * (record_size / 512 + 1) + 7) / 8 * 8; }
}  // namespace

std::size_t room_in_record(std::size_t record_size) { return record_size - attributes_at(record_size) - 8; }

void apply_update_sequence(Blob& block, std::size_t table, std::uint16_t counter) {
  put(block, table, counter, 2);
  for (std::size_t i = 1; i * 512 <= block.size(); ++i) {
    std::copy_n(block.begin() + static_cast<std::ptrdiff_t>(i * 512 - 2), 2, block.begin() + static_cast<std::ptrdiff_t>(table + 2 * i));
    put(block, i * 512 - 2, counter, 2);
  }
}

Blob record(const RecordHead& head, const std::vector<AttributeBlob>& attributes, std::size_t record_size) {
  Blob b(attributes_at(record_size));
  put(b, 0, 0x454C4946, 4);
  put(b, 4, 48, 2);
  put(b, 6, record_size / 512 + 1, 2);
  put(b, 16, head.sequence, 2);
  put(b, 18, head.links, 2);
  put(b, 20, b.size(), 2);
  put(b, 22, head.flags, 2);
  put(b, 28, record_size, 4);
  put(b, 32, head.base, 8);
  put(b, 40, attributes.size(), 2);
  put(b, 44, head.number, 4);
  int id = 0;
  for (const AttributeBlob& a : attributes) {
    const std::size_t at = b.size();
    append(b, a.bytes);
    put(b, at + 14, static_cast<std::uint64_t>(a.id >= 0 ? a.id : id), 2);
    ++id;
  }
  put(b, b.size(), 0xFFFFFFFF, 8);
  put(b, 24, b.size(), 4);
  b.resize(record_size);
  apply_update_sequence(b, 48, 3);
  return b;
}

Blob standard_information(std::uint32_t flags, std::uint64_t modified) {
  Blob v(72);
  for (std::size_t i = 0; i < 4; ++i) put(v, i * 8, modified, 8);
  put(v, 32, flags, 4);
  put(v, 52, 0x100, 4);
  return v;
}

void list_entry(Blob& list, const AttributeBlob& a, std::uint64_t reference, std::size_t id) {
  const std::size_t at = list.size();
  put(list, at, a.type, 4);
  put(list, at + 6, a.name.size(), 1);
  put(list, at + 7, 26, 1);
  put(list, at + 8, a.first_vcn, 8);
  put(list, at + 16, reference, 8);
  put(list, at + 24, id, 2);
  append(list, utf16(a.name));
  list.resize(at + (26 + a.name.size() * 2 + 7) / 8 * 8);
  put(list, at + 4, list.size() - at, 2);
}

}  // namespace tq::test::ntfs
