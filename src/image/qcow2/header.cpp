#include "image/qcow2/header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "core/big_endian.hpp"
#include "core/text.hpp"
#include "io/window.hpp"

namespace tq::image::qcow2_format {
namespace {

constexpr std::uint32_t kMagic = 0x514649FB;
constexpr std::uint64_t kHeader2Bytes = 72, kHeader3Bytes = 104, kPackingAt = 104;
constexpr std::uint32_t kMinClusterBits = 9, kMaxClusterBits = 21;  // qemu's own limits
constexpr std::uint64_t kMaxDiskBytes = std::uint64_t{1} << 56;     // keeps every product below 2^64
constexpr std::uint64_t kMaxL1Bytes = std::uint64_t{32} << 20;      // qemu's limit
constexpr std::uint32_t kMaxBackingName = 1023;
constexpr std::uint32_t kMaxExtensions = 64;

enum Incompatible : std::uint64_t { kDirty = 1, kCorrupt = 2, kExternalData = 4, kOtherPacking = 8, kExtendedL2 = 16 };
constexpr std::uint64_t kKnown = kDirty | kCorrupt | kExternalData | kOtherPacking | kExtendedL2;

enum Extension : std::uint32_t { kEnd = 0, kBackingFormat = 0xE2792ACA, kFeatureNames = 0x6803F857, kDataFile = 0x44415441 };

/// The header of version 2, and the first part of that of version 3.
struct Raw2 {
  be32 magic, version;
  be64 backing_at;
  be32 backing_bytes, cluster_bits;
  be64 disk_size;
  be32 crypt_method, l1_entries;
  be64 l1_at, refcounts_at;
  be32 refcount_clusters, snapshots;
  be64 snapshots_at;
};
static_assert(OnDisk<Raw2> && sizeof(Raw2) == kHeader2Bytes);

/// What version 3 adds. refcount_order is not needed to read.
struct Raw3 {
  be64 incompatible, compatible, autoclear;
  be32 refcount_order, header_bytes;
};
static_assert(OnDisk<Raw3> && sizeof(Raw3) == kHeader3Bytes - kHeader2Bytes);

/// A row of the table by which an image names its features, for programs that do not know them.
struct FeatureName {
  std::uint8_t kind, bit;
  std::array<char, 46> name;
};
static_assert(OnDisk<FeatureName> && sizeof(FeatureName) == 48);

struct Extensions {
  std::optional<std::string> backing_format;
  std::string data_name;
  std::map<unsigned, std::string> feature_names;  ///< of incompatible features, by bit
};

void note_feature_names(Bytes data, Extensions& out) {
  for (std::uint64_t at = 0; const auto f = data.try_get<FeatureName>(at); at += sizeof(FeatureName)) {
    const std::string_view name(f->name.data(), f->name.size());
    if (f->kind == 0) out.feature_names[f->bit] = printable(name.substr(0, name.find('\0')));
  }
}

/// `head`: the first cluster from the end of the fixed header on, up to the backing name when there is one.
Result<Extensions> read_extensions(Bytes head) {
  Extensions out;
  std::uint64_t at = 0;
  for (std::uint32_t n = 0;; ++n) {
    const auto type = head.try_get<be32>(at);
    const auto length = head.try_get<be32>(at + 4);
    if (!type || !length || *type == kEnd) return out;
    if (n == kMaxExtensions)
      return Error{ErrorCode::limit, "qcow2.header.extensions", fmt::format("at most {}", kMaxExtensions), "more", head.base()};
    TQ_TRY(const Bytes data, head.sub(at + 8, *length, "qcow2.header.extension"));
    const std::string text(data.chars());
    if (*type == kBackingFormat) out.backing_format = text;
    if (*type == kDataFile) out.data_name = text;
    if (*type == kFeatureNames) note_feature_names(data, out);
    at += 8 + (std::uint64_t{*length} + 7) / 8 * 8;
  }
}

std::string feature_text(std::uint64_t bits, const Extensions& extensions) {
  std::string out;
  for (unsigned bit = 0; bit < 64; ++bit) {
    if ((bits >> bit & 1) == 0) continue;
    const auto name = extensions.feature_names.find(bit);
    out += fmt::format("{}bit {}", out.empty() ? "" : ", ", bit);
    if (name != extensions.feature_names.end()) out += " (" + name->second + ")";
  }
  return out;
}

/// An incompatible feature changes what the tables mean: without knowing it, nothing may be read.
Status check_features(std::uint64_t features, std::uint8_t packing, const Extensions& extensions, Header& h) {
  if ((features & kExtendedL2) != 0)
    return Error{ErrorCode::unsupported, "qcow2.header.incompatible_features", "plain L2 entries", "extended L2 entries (subclusters)",
                 kHeader2Bytes};
  if ((features & ~kKnown) != 0)
    return Error{ErrorCode::unsupported, "qcow2.header.incompatible_features", "known features",
                 "unknown: " + feature_text(features & ~kKnown, extensions), kHeader2Bytes};
  if (packing > 1)
    return Error{ErrorCode::unsupported, "qcow2.header.compression_type", "0 (zlib) or 1 (zstd)", fmt::to_string(packing), kPackingAt};
  if ((packing == 1) != ((features & kOtherPacking) != 0))
    return Error{ErrorCode::corrupt, "qcow2.header.compression_type", "one that agrees with the incompatible features",
                 fmt::to_string(packing), kPackingAt};
  h.packing = packing == 1 ? Packing::zstd : Packing::raw_deflate;
  h.dirty = (features & kDirty) != 0;
  h.corrupt = (features & kCorrupt) != 0;
  h.external_data = (features & kExternalData) != 0;
  h.data_name = extensions.data_name;
  if (h.external_data && h.data_name.empty())
    return Error{ErrorCode::corrupt, "qcow2.header.data_file", "the name of the external data file", "none", kHeader2Bytes};
  return ok();
}

Status check_sizes(const Raw2& raw, std::uint64_t file_size, Header& h) {
  if (raw.cluster_bits < kMinClusterBits || raw.cluster_bits > kMaxClusterBits)
    return Error{ErrorCode::corrupt, "qcow2.header.cluster_bits", fmt::format("{} to {}", kMinClusterBits, kMaxClusterBits),
                 fmt::to_string(+raw.cluster_bits), 20};
  h.cluster_bits = raw.cluster_bits;
  if (raw.disk_size > kMaxDiskBytes)
    return Error{ErrorCode::limit, "qcow2.header.size", fmt::format("at most {} bytes", kMaxDiskBytes), fmt::to_string(+raw.disk_size), 24};
  h.disk_size = raw.disk_size;
  // More entries than needed are allowed: shrinking an image leaves its table as it is.
  const std::uint64_t bytes_per_l1 = h.cluster_bytes() * (h.cluster_bytes() / 8);
  const std::uint64_t needed = (h.disk_size + bytes_per_l1 - 1) / bytes_per_l1;
  if (raw.l1_entries < needed || std::uint64_t{raw.l1_entries} * 8 > kMaxL1Bytes)
    return Error{ErrorCode::corrupt, "qcow2.header.l1_size", fmt::format("{} to {} entries", needed, kMaxL1Bytes / 8),
                 fmt::to_string(+raw.l1_entries), 36};
  if (needed != 0 && raw.l1_at % h.cluster_bytes() != 0)
    return Error{ErrorCode::corrupt, "qcow2.header.l1_table_offset", "a multiple of the cluster size", fmt::format("0x{:x}", +raw.l1_at),
                 40};
  if (needed != 0 && raw.l1_at >= file_size)
    return Error{ErrorCode::truncated, "qcow2.header.l1_table_offset", fmt::format("a place inside the file of {} bytes", file_size),
                 fmt::format("0x{:x}", +raw.l1_at), 40};
  h.l1_at = raw.l1_at;
  h.l1_entries = raw.l1_entries;
  return ok();
}

Status read_backing_name(const io::ByteSource& file, const Raw2& raw, Header& h) {
  if (raw.backing_at == 0) return ok();
  if (raw.backing_bytes > kMaxBackingName || raw.backing_at > h.cluster_bytes() || raw.backing_bytes > h.cluster_bytes() - raw.backing_at)
    return Error{ErrorCode::corrupt, "qcow2.header.backing_file_size",
                 fmt::format("a name of at most {} bytes inside the first cluster", kMaxBackingName),
                 fmt::format("{} bytes at 0x{:x}", +raw.backing_bytes, +raw.backing_at), 8};
  if (raw.backing_bytes == 0) return ok();
  std::string name(raw.backing_bytes, '\0');
  TQ_TRY([[maybe_unused]] const auto fine,
         io::read_exactly(file, raw.backing_at, std::as_writable_bytes(std::span(name)), "qcow2.header.backing_file"));
  h.backing_name = std::move(name);
  return ok();
}

/// Signature, version and encryption first: what they refuse needs no further look.
Result<Raw2> read_fixed(const io::ByteSource& file) {
  std::array<std::byte, kHeader2Bytes> buffer{};
  TQ_TRY([[maybe_unused]] const auto fine, io::read_exactly(file, 0, buffer, "qcow2.header"));
  const Bytes b{std::span<const std::byte>(buffer)};
  const Raw2 raw = *b.try_get<Raw2>(0);
  if (raw.magic != kMagic) return Error{ErrorCode::corrupt, "qcow2.header.magic", "QFI\\xfb", fmt::format("0x{:08x}", +raw.magic), 0};
  if (raw.version != 2 && raw.version != 3)
    return Error{ErrorCode::unsupported, "qcow2.header.version", "QCOW version 2 or 3", fmt::to_string(+raw.version), 4};
  if (raw.crypt_method != 0) {
    const char* method = raw.crypt_method == 1 ? "AES" : raw.crypt_method == 2 ? "LUKS" : "an unknown method";
    return Error{ErrorCode::encrypted,
                 "qcow2.header.crypt_method",
                 "0 (not encrypted)",
                 fmt::format("{} ({})", +raw.crypt_method, method),
                 32,
                 "decrypt it with the tools that made it, then try again"};
  }
  return raw;
}

}  // namespace

bool has_signature(const io::ByteSource& file) {
  std::array<std::byte, 4> b{};
  return io::read_exactly(file, 0, b, "qcow2.header.magic") && *Bytes(std::span<const std::byte>(b)).try_get<be32>(0) == kMagic;
}

Result<Header> read_header(const io::ByteSource& file) {
  Header h;
  TQ_TRY(const Raw2 raw, read_fixed(file));
  h.version = raw.version;
  h.snapshots = raw.snapshots;
  TQ_TRY([[maybe_unused]] const auto sizes, check_sizes(raw, file.size(), h));
  TQ_TRY([[maybe_unused]] const auto backing, read_backing_name(file, raw, h));
  // Everything else lies before the backing name or, without one, in the first cluster.
  const std::uint64_t head_bytes =
      std::min({h.backing_name ? std::uint64_t{raw.backing_at} : h.cluster_bytes(), h.cluster_bytes(), file.size()});
  std::vector<std::byte> buffer(head_bytes);
  TQ_TRY([[maybe_unused]] const auto head_read, io::read_exactly(file, 0, buffer, "qcow2.header"));
  const Bytes head = bytes_of(buffer);
  std::uint64_t header_bytes = kHeader2Bytes, features = 0;
  std::uint8_t packing = 0;
  if (h.version == 3) {
    TQ_TRY(const Raw3 raw3, head.get<Raw3>(kHeader2Bytes, "qcow2.header"));
    header_bytes = raw3.header_bytes;
    features = raw3.incompatible;
    if (header_bytes < kHeader3Bytes || header_bytes > head.size())
      return Error{ErrorCode::corrupt, "qcow2.header.header_length", fmt::format("{} to {}", kHeader3Bytes, head.size()),
                   fmt::to_string(header_bytes), 100};
    if (header_bytes > kPackingAt) packing = head.try_get<std::uint8_t>(kPackingAt).value_or(0);
  }
  TQ_TRY(const Extensions extensions, read_extensions(head.from(header_bytes)));
  h.backing_format = extensions.backing_format;
  TQ_TRY([[maybe_unused]] const auto features_fine, check_features(features, packing, extensions, h));
  return h;
}

}  // namespace tq::image::qcow2_format
