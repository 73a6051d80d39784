#include "fs/ntfs/stream.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fs/ntfs/bounds.hpp"

namespace tq::fs::ntfs {
namespace {

struct RunsHeader {  ///< behind the common 16 bytes of an attribute
  le64 first_vcn, last_vcn;
  le16 pairs_offset;
  std::uint8_t unit_log2;
  std::array<std::uint8_t, 5> pad;
  le64 allocated, size, initialized;
};
static_assert(OnDisk<RunsHeader> && sizeof(RunsHeader) == 48);

Result<Stream> resident_stream(const Attribute& a) {
  TQ_TRY(const Bytes value, resident_value(a));
  Stream s;
  s.resident = true;
  s.value.assign(value.span().begin(), value.span().end());
  s.size = s.initialized = value.size();
  s.encrypted = (a.flags & kEncrypted) != 0;
  s.offset = a.whole.base();
  return s;
}

/// Sizes and flags stand in the first piece only.
Result<Stream> described_by(const Medium& medium, const Attribute& a) {
  TQ_TRY(const auto h, a.whole.get<RunsHeader>(16, "ntfs.stream.runs"));
  Stream s;
  s.offset = a.whole.base();
  s.size = h.size;
  s.initialized = std::min<std::uint64_t>(h.initialized, h.size);
  s.encrypted = (a.flags & kEncrypted) != 0;
  if (s.size >> 62 != 0)
    return Error{ErrorCode::corrupt, "ntfs.stream.size", "less than 2^62 bytes", fmt::format("{}", s.size), s.offset + 48};
  const unsigned method = a.flags & kCompressed;
  if (method == 0) return s;
  if (method != 1)
    return Error{ErrorCode::unsupported, "ntfs.stream.compression", "LZNT1", fmt::format("method {}", method), s.offset + 12};
  // The flag alone means only that the file would be compressed if it were written now.
  if (h.unit_log2 == 0) return s;
  const std::uint64_t unit = h.unit_log2 < 16 ? (std::uint64_t{1} << h.unit_log2) * medium.geometry.cluster_size : kMaxCompressionUnit + 1;
  if (unit > kMaxCompressionUnit)
    return Error{ErrorCode::corrupt, "ntfs.stream.compression_unit", fmt::format("at most {} bytes", kMaxCompressionUnit),
                 fmt::format("2^{} clusters", h.unit_log2), s.offset + 34};
  s.unit = 1U << h.unit_log2;
  return s;
}

Error lost_part(const Stream& s, std::uint64_t at) {
  if (s.damage) return *s.damage;
  return Error{ErrorCode::corrupt, "ntfs.stream.runs", fmt::format("a run for byte {}", at),
               fmt::format("runs for {} clusters", s.runs.end()), s.offset};
}

/// Walks the runs of [offset, offset + out.size()): calls get(volume offset, part, bytes that follow contiguously) for
/// what lies on the disk; holes and what was never written become zeros.
template <class Get>
Status read_runs(const Geometry& g, const Stream& s, std::uint64_t offset, std::span<std::byte> out, Get get) {
  while (!out.empty()) {
    if (offset >= s.initialized) {
      std::fill(out.begin(), out.end(), std::byte{});
      return ok();
    }
    const auto e = s.runs.at(offset / g.cluster_size);
    // A gap between runs is a piece that was lost, and no hole: zeros would be an invention.
    if (!e) return lost_part(s, offset);
    const std::uint64_t within = offset % g.cluster_size;
    const std::uint64_t there =
        e->clusters > (std::uint64_t{1} << 62) / g.cluster_size ? std::uint64_t{1} << 62 : e->clusters * g.cluster_size - within;
    const std::uint64_t n = std::min({there, std::uint64_t{out.size()}, s.initialized - offset});
    if (e->lcn == kHole) {
      std::fill_n(out.begin(), n, std::byte{});
    } else {
      TQ_TRY(const auto done, get(e->lcn * g.cluster_size + within, out.first(n), std::min(there, s.initialized - offset)));
      static_cast<void>(done);
    }
    out = out.subspan(n);
    offset += n;
  }
  return ok();
}

Status copy_resident(const Stream& s, std::uint64_t offset, std::span<std::byte> out) {
  if (offset > s.value.size() || out.size() > s.value.size() - offset) return lost_part(s, offset);
  std::copy_n(s.value.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
  return ok();
}

}  // namespace

// The error is kept in the stream and returned: reading goes on up to the damage, and who needs all can tell at once.
Status append_runs(const Medium& medium, const Attribute& a, Stream& s) {
  const auto h = a.whole.get<RunsHeader>(16, "ntfs.stream.runs");
  auto done = h ? s.runs.append(a.whole.from(h->pairs_offset), h->first_vcn, medium.geometry.clusters) : Status(h.error());
  if (!done && !s.damage) s.damage = done.error();
  return done;
}

Result<Stream> assemble(const Medium& medium, std::vector<Piece> pieces) {
  std::sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) {
    return std::pair(a.attribute->first_vcn, a.attribute->whole.base()) < std::pair(b.attribute->first_vcn, b.attribute->whole.base());
  });
  if (pieces.empty()) return Error{ErrorCode::not_found, "ntfs.stream.attribute", "an attribute", "none", 0};
  const Attribute& first = *pieces.front().attribute;
  if (first.resident) return resident_stream(first);
  if (first.first_vcn != 0)
    return Error{ErrorCode::corrupt, "ntfs.stream.first_cluster", "0", fmt::format("{}", first.first_vcn), first.whole.base() + 16};
  TQ_TRY(Stream s, described_by(medium, first));
  for (const Piece& p : pieces) static_cast<void>(append_runs(medium, *p.attribute, s));
  return s;
}

Status read_plain(const Disk& disk, const Geometry& g, const Stream& s, std::uint64_t offset, std::span<std::byte> out) {
  if (s.resident) return copy_resident(s, offset, out);
  return read_runs(g, s, offset, out, [&](std::uint64_t at, std::span<std::byte> part, std::uint64_t) { return disk.read(at, part); });
}

Status read_metadata(Medium& medium, const Stream& s, std::uint64_t offset, std::span<std::byte> out) {
  if (s.resident) return copy_resident(s, offset, out);
  return read_runs(medium.geometry, s, offset, out, [&](std::uint64_t at, std::span<std::byte> part, std::uint64_t ahead) {
    return medium.disk.read_cached(at, part, ahead);
  });
}

std::uint64_t place_of(const Medium& medium, const Stream& s, std::uint64_t offset) {
  if (s.resident) return s.offset;
  const std::uint64_t cluster = medium.geometry.cluster_size;
  const auto e = s.runs.at(offset / cluster);
  return e && e->lcn != kHole ? e->lcn * cluster + offset % cluster : 0;
}

Result<std::vector<std::byte>> read_whole(Medium& medium, const Stream& s, std::uint64_t most) {
  if (s.size > most)
    return Error{ErrorCode::limit, "ntfs.stream.size", fmt::format("at most {} bytes", most), fmt::format("{}", s.size), s.offset};
  std::vector<std::byte> out(s.size);
  TQ_TRY(const auto done, read_metadata(medium, s, 0, out));
  static_cast<void>(done);
  return out;
}

}  // namespace tq::fs::ntfs
