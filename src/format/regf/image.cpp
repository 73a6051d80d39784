#include "format/regf/image.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tq::format::regf {

Image::Image(std::vector<std::byte> file) : file_(std::move(file)) {
  const Bytes all = bytes_of(file_);
  header_ = all.try_get<BaseBlock>(0).value_or(BaseBlock{});
  if (!base_block_valid(all)) losses_.add(0, "base block: signature or checksum wrong");
  const std::uint64_t there = all.from(kBaseBlockBytes).size();
  std::uint64_t bins = header_.bins_bytes;
  if (bins == 0 || bins % kBinAlign != 0) {
    losses_.add(40, fmt::format("base block: hive bins size {} is no multiple of 4096; the whole file is used", bins));
    bins = there;
  } else if (bins > there) {
    losses_.add(kBaseBlockBytes + there, fmt::format("file ends here, {} bytes of hive bins are missing", bins - there));
    bins = there;
  }
  bins_ = Bytes(all.from(kBaseBlockBytes).span().first(bins), kBaseBlockBytes);
  check_bins();
}

// Bins are not needed to reach a cell; their headers only tell what part of the file is not what it was.
void Image::check_bins() {
  bool lost = false;
  for (std::uint64_t at = 0; at < bins_.size();) {
    const Bytes head = bins_.from(at);
    const std::uint64_t size = head.try_get<std::uint32_t>(8).value_or(0);
    const bool good = head.chars().starts_with("hbin") && head.try_get<std::uint32_t>(4) == at && size != 0 && size % kBinAlign == 0 &&
                      size <= head.size();
    // One line for a run of bad pages, not one for each.
    if (!good && !lost) losses_.add(kBaseBlockBytes + at, "hive bin: header wrong");
    lost = !good;
    at += good ? size : kBinAlign;
  }
}

}  // namespace tq::format::regf
