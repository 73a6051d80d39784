// The disk of a QCOW2 image: two levels of tables from guest clusters to clusters of the file.
#pragma once

#include <memory>

#include "image/qcow2/header.hpp"
#include "image/support/run_disk.hpp"

namespace tq::image::qcow2_format {

class Disk final : public RunDisk {
 public:
  /// `data`: where data clusters lie, the image itself unless it has an external data file. `beneath`: the backing disk, may be null.
  Disk(const Header& header, const std::shared_ptr<const io::ByteSource>& file, std::shared_ptr<const io::ByteSource> data,
       std::shared_ptr<const io::ByteSource> beneath);

 protected:
  [[nodiscard]] Result<Run> run_at(std::uint64_t offset) const override;
  [[nodiscard]] Result<std::size_t> unpack(const Run& run, std::uint64_t block_at, std::span<std::byte> out) const override;

 private:
  [[nodiscard]] Result<std::uint64_t> entry(std::uint64_t at, const char* place) const;
  [[nodiscard]] Run hole(std::uint64_t offset, std::uint64_t size) const;
  [[nodiscard]] Result<Run> cluster_run(std::uint64_t l2_entry, std::uint64_t entry_at, std::uint64_t offset) const;

  Header header_;
  std::shared_ptr<const io::ByteSource> file_, data_, beneath_;
  std::unique_ptr<const io::ByteSource> tables_;  ///< the same file behind a few pages
};

}  // namespace tq::image::qcow2_format
