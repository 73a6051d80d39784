// The pieces of an NTFS volume as bytes: attributes, records, index nodes, clusters. Used by NtfsBuilder only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tq::test::ntfs {

using Blob = std::vector<std::byte>;

/// Writes `size` little-endian bytes of `value`, growing the blob when needed.
void put(Blob& b, std::size_t at, std::uint64_t value, std::size_t size);
void append(Blob& b, const Blob& more);
void pad_to(Blob& b, std::size_t multiple);
Blob utf16(const std::u16string& s);
char16_t upcase(char16_t c);
/// As names are sorted in a folder.
bool name_less(const std::u16string& a, const std::u16string& b);

inline constexpr std::uint64_t kHole = ~std::uint64_t{0};
struct Run {
  std::uint64_t lcn = kHole;
  std::uint64_t clusters = 0;
};

/// The clusters of the volume, handed out from the front.
class Clusters {
 public:
  explicit Clusters(std::uint32_t size) : size_(size) {}
  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] std::uint64_t used() const { return next_; }
  [[nodiscard]] std::uint64_t for_bytes(std::uint64_t n) const { return (n + size_ - 1) / size_; }
  /// `pieces` runs with a free cluster between them, the last part first on the disk.
  std::vector<Run> take(std::uint64_t clusters, std::uint32_t pieces = 1);
  void write(const std::vector<Run>& runs, const Blob& content);
  Blob& bytes() { return bytes_; }
  [[nodiscard]] bool taken(std::uint64_t cluster) const { return cluster < taken_.size() && taken_[cluster]; }

 private:
  std::uint32_t size_;
  std::uint64_t next_ = 0;
  std::vector<bool> taken_;
  Blob bytes_;
};

struct AttributeBlob {
  std::uint32_t type = 0;
  std::u16string name;
  std::uint64_t first_vcn = 0;
  Blob bytes{};
  int id = -1;  ///< in its record; -1: its position
};
AttributeBlob resident(std::uint32_t type, const std::u16string& name, const Blob& value, std::uint16_t flags = 0, bool indexed = false);
struct RunsOf {
  std::vector<Run> runs;
  std::uint64_t size = 0, initialized = 0;
  std::uint16_t flags = 0;
  std::uint8_t unit_log2 = 0;
};
/// One attribute, or several pieces when the mapping pairs do not fit into `most_pairs` bytes.
std::vector<AttributeBlob> with_runs(std::uint32_t type, const std::u16string& name, const RunsOf& r, std::uint32_t cluster,
                                     std::size_t most_pairs);

/// Writes units of 16 clusters, each packed, plain or a hole, whatever takes the least room.
RunsOf packed_runs(Clusters& clusters, const Blob& content, std::uint32_t pieces);
/// Writes all but the clusters of zeros.
RunsOf sparse_runs(Clusters& clusters, const Blob& content);

struct RecordHead {
  std::uint64_t number = 0;
  std::uint16_t sequence = 1, links = 0, flags = 1;
  std::uint64_t base = 0;
};
/// Bytes that attributes can have in one record.
std::size_t room_in_record(std::size_t record_size);
/// A record with its update sequence applied.
Blob record(const RecordHead& head, const std::vector<AttributeBlob>& attributes, std::size_t record_size);
void apply_update_sequence(Blob& block, std::size_t table, std::uint16_t counter);

Blob standard_information(std::uint32_t flags, std::uint64_t modified);
/// One entry of an attribute list.
void list_entry(Blob& list, const AttributeBlob& a, std::uint64_t reference, std::size_t id);

struct IndexKey {
  std::uint64_t reference = 0;
  std::u16string name;
  Blob key;
};
struct IndexTree {
  Blob root;                 ///< value of $INDEX_ROOT
  std::vector<Blob> blocks;  ///< of $INDEX_ALLOCATION, in order
};
/// A B-tree over keys that are sorted. `most_root`: bytes the root may take.
IndexTree index_tree(const std::vector<IndexKey>& keys, std::uint32_t block_size, std::uint32_t cluster, std::size_t most_root);

Blob boot_sector(std::uint32_t sector, std::uint32_t cluster, std::uint32_t record, std::uint32_t index_block, std::uint64_t sectors,
                 std::uint64_t mft, std::uint64_t mirror);
Blob attribute_definitions();
Blob upcase_table();
Blob log_file(bool dirty);
/// $SDS: one descriptor (owner SYSTEM), and its copy 256 KiB behind it.
Blob security_stream();

}  // namespace tq::test::ntfs
