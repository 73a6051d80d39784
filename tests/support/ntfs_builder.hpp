// Writes real NTFS volumes: boot sector and backup, all metadata files, B-trees, runs, compression, attribute lists.
// Valid for ntfs-3g and the sleuthkit. The same calls give the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/version.hpp"

namespace tq::test {

/// One file or folder. What is not set is what Windows would do.
struct NtfsFile {
  std::string path;  ///< '/' between components
  bool folder = false;
  std::vector<std::byte> content{};
  std::string dos_name{};                                                 ///< an 8.3 name beside the long one
  std::vector<std::string> links{};                                       ///< further paths: hard links
  std::vector<std::pair<std::string, std::vector<std::byte>>> streams{};  ///< alternate data streams
  bool compressed = false;                                                ///< LZNT1; needs clusters of at most 4 KiB
  bool sparse = false;                                                    ///< clusters of zeros become holes
  bool non_resident = false;                                              ///< even when it would fit into the record
  std::uint32_t pieces = 1;                                               ///< runs that the content is cut into, out of order on the disk
  bool attribute_list = false;                                            ///< every attribute but the first goes into further records
  bool list_non_resident = false;                                         ///< the attribute list itself has runs
  std::optional<std::uint64_t> initialized{};                             ///< bytes; what is behind is not written
  std::optional<std::uint32_t> reparse_tag{};
  std::vector<std::byte> reparse_data{};
  bool encrypted = false;  ///< marked as by EFS; the bytes are not changed
  FileTime modified{132000000000000000ULL};
};

/// Where things of a finished volume lie: for tests that damage them. Offsets in bytes.
struct NtfsLayout {
  std::uint64_t mft = 0, mirror = 0, log = 0, upcase = 0;
  std::vector<std::uint64_t> index_blocks;                               ///< of every folder, in order of record number
  std::vector<std::pair<std::string, std::uint64_t>> records;            ///< path -> record number
  std::vector<std::uint64_t> record_offsets;                             ///< by record number
  [[nodiscard]] std::uint64_t record_of(const std::string& path) const;  ///< 0 when there is no such path
  [[nodiscard]] std::uint64_t offset_of(const std::string& path) const { return record_offsets.at(record_of(path)); }
};

class NtfsBuilder {
 public:
  std::uint32_t sector_size = 512, cluster_size = 4096, record_size = 1024, index_block_size = 4096;
  std::uint64_t size = 0;  ///< bytes of the volume; 0: as small as it can be
  std::string label = "TEST";
  bool dirty = false, log_dirty = false;
  std::uint32_t mft_pieces = 1;     ///< runs of $MFT
  bool mft_attribute_list = false;  ///< the runs of $MFT behind the first lie in a further record

  /// Folders on the way are made. The reference stays good; set more of it before build().
  NtfsFile& file(const std::string& path, std::vector<std::byte> content);
  NtfsFile& folder(const std::string& path);
  /// A junction or symbolic link.
  NtfsFile& link(const std::string& path, const std::string& target, bool junction);

  /// The whole volume in memory, with the backup boot sector as its last sector.
  std::vector<std::byte> build(NtfsLayout* layout = nullptr) const;
  /// The same as a sparse file.
  void write(const std::string& path, NtfsLayout* layout = nullptr) const;

 private:
  struct Job;
  std::deque<NtfsFile> files_;
};

/// Bytes that look random and do not compress, the same for the same seed.
std::vector<std::byte> noise(std::size_t size, std::uint32_t seed);
/// Bytes that compress well, with runs of zeros in them.
std::vector<std::byte> prose(std::size_t size, std::uint32_t seed);
/// LZNT1 of one compression unit.
std::vector<std::byte> lznt1_pack(const std::vector<std::byte>& plain);

}  // namespace tq::test
