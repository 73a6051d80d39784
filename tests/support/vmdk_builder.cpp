#include "tests/support/vmdk_builder.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string_view>

namespace tq::test {
namespace {

using Buffer = std::vector<std::byte>;
constexpr std::size_t kSector = 512, kDescriptorSectors = 20;
constexpr std::uint32_t kNoParent = 0xFFFFFFFF;

void put_le(Buffer& b, std::size_t at, std::uint64_t v, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) b.at(at + i) = static_cast<std::byte>(v >> (8 * i));
}
void put_text(Buffer& b, std::size_t at, std::string_view s) {
  for (std::size_t i = 0; i < s.size(); ++i) b.at(at + i) = static_cast<std::byte>(s[i]);
}
void pad(Buffer& b, std::size_t to) { b.resize((b.size() + to - 1) / to * to); }
std::size_t sectors_of(std::size_t bytes) { return (bytes + kSector - 1) / kSector; }

std::string stem_of(const std::string& name) { return name.substr(0, name.rfind('.')); }
Buffer bytes_of_text(std::string_view s) {
  Buffer b(s.size());
  put_text(b, 0, s);
  return b;
}

std::string descriptor(const VmdkOptions& o, const std::string& create_type, const std::string& extents,
                       std::uint32_t parent_cid = kNoParent, const std::string& parent = {}) {
  std::string hint = parent.empty() ? "" : fmt::format("parentFileNameHint=\"{}\"\n", parent);
  return fmt::format(
      "# Disk DescriptorFile\nversion=1\nCID={:08x}\nparentCID={:08x}\n{}createType=\"{}\"\n\n# Extent description\n{}\n"
      "# The Disk Data Base\n#DDB\n\nddb.virtualHWVersion = \"4\"\nddb.geometry.cylinders = \"1\"\nddb.geometry.heads = \"16\"\n"
      "ddb.geometry.sectors = \"63\"\nddb.adapterType = \"lsilogic\"\n",
      o.cid, parent_cid, hint, create_type, extents);
}

enum class Grain { leave_out, zeroed, store };
/// What to do with the grain at a byte of the extent, given its bytes.
using Choose = std::function<Grain(std::size_t at, const Buffer& content)>;

Grain leave_zeros_out(const Buffer& content, bool zeroed) {
  const bool zeros = std::ranges::all_of(content, [](std::byte b) { return b == std::byte{0}; });
  return !zeros ? Grain::store : zeroed ? Grain::zeroed : Grain::leave_out;
}

Buffer slice(const Buffer& disk, std::size_t at, std::size_t size) {
  Buffer out(size);
  if (at < disk.size()) std::copy_n(disk.begin() + static_cast<std::ptrdiff_t>(at), std::min(size, disk.size() - at), out.begin());
  return out;
}

void put_header(Buffer& f, std::size_t at, std::uint32_t version, std::uint32_t flags, std::size_t capacity, const VmdkOptions& o,
                bool has_descriptor, std::uint64_t spare, std::uint64_t directory, std::uint64_t overhead, bool packed) {
  put_text(f, at, "KDMV");
  put_le(f, at + 4, version, 4);
  put_le(f, at + 8, flags, 4);
  put_le(f, at + 12, capacity, 8);
  put_le(f, at + 20, o.grain_sectors, 8);
  put_le(f, at + 28, has_descriptor ? 1 : 0, 8);
  put_le(f, at + 36, has_descriptor ? kDescriptorSectors : 0, 8);
  put_le(f, at + 44, o.entries_per_table, 4);
  put_le(f, at + 48, spare, 8);
  put_le(f, at + 56, directory, 8);
  put_le(f, at + 64, overhead, 8);
  put_text(f, at + 73, "\n \r\n");
  put_le(f, at + 77, packed ? 1 : 0, 2);
}

/// A sparse extent that stores grains as they are. `text` empty: without an embedded descriptor.
Buffer sparse_extent(const Buffer& disk, const std::string& text, const VmdkOptions& o, const Choose& choose) {
  const std::size_t grain = o.grain_sectors * kSector;
  const std::size_t grains = (disk.size() + grain - 1) / grain;
  const std::size_t tables = (grains + o.entries_per_table - 1) / o.entries_per_table;
  const std::size_t directory_sectors = sectors_of(tables * 4), table_sectors = sectors_of(o.entries_per_table * 4);
  const std::size_t spare = 1 + kDescriptorSectors, spare_tables = spare + directory_sectors;
  const std::size_t first = spare_tables + tables * table_sectors, first_tables = first + directory_sectors;
  const std::size_t overhead = (first_tables + tables * table_sectors + o.grain_sectors - 1) / o.grain_sectors * o.grain_sectors;
  Buffer f(overhead * kSector);
  put_header(f, 0, o.zeroed_grains ? 2 : 1, o.zeroed_grains ? 7 : 3, sectors_of(disk.size()), o, !text.empty(), spare, first, overhead,
             false);
  put_text(f, kSector, text);
  for (std::size_t t = 0; t < tables; ++t) {
    put_le(f, spare * kSector + t * 4, spare_tables + t * table_sectors, 4);
    put_le(f, first * kSector + t * 4, first_tables + t * table_sectors, 4);
  }
  for (std::size_t g = 0; g < grains; ++g) {
    const Buffer content = slice(disk, g * grain, grain);
    const Grain what = choose(g * grain, content);
    if (what == Grain::leave_out) continue;
    const std::size_t entry = g / o.entries_per_table * table_sectors * kSector + g % o.entries_per_table * 4;
    const std::size_t value = what == Grain::zeroed ? 1 : f.size() / kSector;
    put_le(f, spare_tables * kSector + entry, value, 4);
    put_le(f, first_tables * kSector + entry, value, 4);
    if (what == Grain::store) f.insert(f.end(), content.begin(), content.end());
  }
  return f;
}

Buffer deflated(const Buffer& in) {
  uLongf size = compressBound(static_cast<uLong>(in.size()));
  Buffer out(size);
  if (compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(in.data()), static_cast<uLong>(in.size())) !=
      Z_OK)
    throw std::runtime_error("deflate");
  out.resize(size);
  return out;
}

/// The stream-optimised layout, written front to back.
class StreamWriter {
 public:
  explicit StreamWriter(const VmdkOptions& o)
      : o_(o), grain_(o.grain_sectors * kSector), overhead_((kDescriptorSectors + o.grain_sectors) / o.grain_sectors * o.grain_sectors) {}

  Buffer write(const Buffer& disk, const std::string& text) {
    f_.resize(overhead_ * kSector);
    put_text(f_, kSector, text);
    const std::size_t grains = (disk.size() + grain_ - 1) / grain_;
    for (std::size_t g = 0; g < grains; ++g) {
      const Buffer content = slice(disk, g * grain_, grain_);
      if (g % o_.entries_per_table == 0) table_.assign(o_.entries_per_table, 0);
      if (leave_zeros_out(content, false) == Grain::store) add_grain(g, content);
      if (g % o_.entries_per_table == o_.entries_per_table - 1U || g + 1 == grains) add_table();
    }
    const std::size_t directory_at = add_numbers(2, directory_);
    marker(1, 0, 3);
    const std::size_t footer = f_.size();
    f_.resize(footer + kSector);
    const std::size_t capacity = sectors_of(disk.size());
    put_header(f_, 0, 3, 0x30001, capacity, o_, true, 0, UINT64_MAX, overhead_, true);
    put_header(f_, footer, 3, 0x30001, capacity, o_, true, 0, directory_at, overhead_, true);
    marker(0, 0, 0);
    return f_;
  }

 private:
  void marker(std::uint64_t value, std::uint32_t size, std::uint32_t type) {
    const std::size_t at = f_.size();
    f_.resize(at + kSector);
    put_le(f_, at, value, 8);
    put_le(f_, at + 8, size, 4);
    put_le(f_, at + 12, type, 4);
  }
  void add_grain(std::size_t g, const Buffer& content) {
    table_[g % o_.entries_per_table] = static_cast<std::uint32_t>(f_.size() / kSector);
    const Buffer packed = deflated(content);
    const std::size_t at = f_.size();
    f_.resize(at + 12);
    put_le(f_, at, g * o_.grain_sectors, 8);
    put_le(f_, at + 8, packed.size(), 4);
    f_.insert(f_.end(), packed.begin(), packed.end());
    pad(f_, kSector);
  }
  /// A table without grains is left out.
  void add_table() {
    const bool empty = std::ranges::all_of(table_, [](std::uint32_t v) { return v == 0; });
    directory_.push_back(empty ? 0 : static_cast<std::uint32_t>(add_numbers(1, table_)));
  }
  /// A marker and numbers; returns the sector of the numbers.
  std::size_t add_numbers(std::uint32_t type, const std::vector<std::uint32_t>& numbers) {
    marker(sectors_of(numbers.size() * 4), 0, type);
    const std::size_t at = f_.size();
    f_.resize(at + numbers.size() * 4);
    for (std::size_t i = 0; i < numbers.size(); ++i) put_le(f_, at + i * 4, numbers[i], 4);
    pad(f_, kSector);
    return at / kSector;
  }

  const VmdkOptions& o_;
  std::size_t grain_, overhead_;
  Buffer f_;
  std::vector<std::uint32_t> table_, directory_;
};

using MakeExtent = std::function<Buffer(const Buffer&)>;
ImageFiles split(const Buffer& disk, const VmdkOptions& o, const char* create_type, const char* line_type, char letter,
                 const MakeExtent& make) {
  ImageFiles out;
  out.main = o.name;
  std::string lines;
  std::size_t at = 0;
  for (int n = 1; at < disk.size(); ++n) {
    const std::size_t size = std::min<std::size_t>(o.extent_bytes, disk.size() - at);
    const std::string name = fmt::format("{}-{}{:03d}.vmdk", stem_of(o.name), letter, n);
    lines += fmt::format("RW {} {} \"{}\"{}\n", sectors_of(size), line_type, name, letter == 'f' ? " 0" : "");
    out.files[name] = make(slice(disk, at, size));
    at += size;
  }
  out.files[o.name] = bytes_of_text(descriptor(o, create_type, lines));
  return out;
}

std::string own_line(const Buffer& disk, const VmdkOptions& o) {
  return fmt::format("RW {} SPARSE \"{}\"\n", sectors_of(disk.size()), o.name);
}

Choose leave_out(const VmdkOptions& o) {
  return [zeroed = o.zeroed_grains](std::size_t, const Buffer& content) { return leave_zeros_out(content, zeroed); };
}

}  // namespace

ImageFiles write_vmdk_sparse(const std::vector<std::byte>& disk, const VmdkOptions& o) {
  return {o.name, {{o.name, sparse_extent(disk, descriptor(o, "monolithicSparse", own_line(disk, o)), o, leave_out(o))}}};
}

ImageFiles write_vmdk_stream(const std::vector<std::byte>& disk, const VmdkOptions& o) {
  return {o.name, {{o.name, StreamWriter(o).write(disk, descriptor(o, "streamOptimized", own_line(disk, o)))}}};
}

ImageFiles write_vmdk_flat(const std::vector<std::byte>& disk, const VmdkOptions& o) {
  const std::string flat = stem_of(o.name) + "-flat.vmdk";
  const std::string line = fmt::format("RW {} FLAT \"{}\" 0\n", sectors_of(disk.size()), flat);
  return {o.name, {{o.name, bytes_of_text(descriptor(o, "monolithicFlat", line))}, {flat, disk}}};
}

ImageFiles write_vmdk_split_flat(const std::vector<std::byte>& disk, const VmdkOptions& o) {
  return split(disk, o, "twoGbMaxExtentFlat", "FLAT", 'f', [](const Buffer& part) { return part; });
}

ImageFiles write_vmdk_split_sparse(const std::vector<std::byte>& disk, const VmdkOptions& o) {
  return split(disk, o, "twoGbMaxExtentSparse", "SPARSE", 's',
               [&](const Buffer& part) { return sparse_extent(part, {}, o, leave_out(o)); });
}

ImageFiles write_vmdk_cowd(const std::vector<std::byte>& disk, const VmdkOptions& o) {
  constexpr std::size_t kEntries = 4096, kDirectoryAt = 4;
  const std::size_t grain = o.grain_sectors * kSector, grains = (disk.size() + grain - 1) / grain;
  const std::size_t tables = (grains + kEntries - 1) / kEntries;
  Buffer f(kDirectoryAt * kSector + sectors_of(tables * 4) * kSector);
  put_text(f, 0, "COWD");
  const std::uint64_t fields[] = {1, 3, sectors_of(disk.size()), o.grain_sectors, kDirectoryAt, tables};
  for (std::size_t i = 0; i < std::size(fields); ++i) put_le(f, 4 + 4 * i, fields[i], 4);
  std::size_t table = 0;
  for (std::size_t g = 0; g < grains; ++g) {
    const Buffer content = slice(disk, g * grain, grain);
    if (g % kEntries == 0) table = 0;
    if (leave_zeros_out(content, false) != Grain::store) continue;
    if (table == 0) {
      table = f.size();
      f.resize(table + kEntries * 4);
      put_le(f, kDirectoryAt * kSector + g / kEntries * 4, table / kSector, 4);
    }
    put_le(f, table + g % kEntries * 4, f.size() / kSector, 4);
    f.insert(f.end(), content.begin(), content.end());
  }
  put_le(f, 28, f.size() / kSector, 4);
  const std::string delta = stem_of(o.name) + "-delta.vmdk";
  const std::string line = fmt::format("RW {} VMFSSPARSE \"{}\"\n", sectors_of(disk.size()), delta);
  return {o.name, {{o.name, bytes_of_text(descriptor(o, "vmfsSparse", line))}, {delta, f}}};
}

ImageFiles write_vmdk_delta(const std::vector<std::byte>& disk, const std::vector<std::byte>& parent_disk, const ImageFiles& parent,
                            std::uint32_t parent_cid, const VmdkOptions& o) {
  const Choose choose = [&](std::size_t at, const Buffer& content) {
    if (content == slice(parent_disk, at, content.size())) return Grain::leave_out;
    return o.zeroed_grains && leave_zeros_out(content, true) == Grain::zeroed ? Grain::zeroed : Grain::store;
  };
  const std::string text = descriptor(o, "monolithicSparse", own_line(disk, o), parent_cid, parent.main);
  ImageFiles out;
  out.main = o.name;
  out.add(parent);
  out.files[o.name] = sparse_extent(disk, text, o, choose);
  return out;
}

}  // namespace tq::test
