// VMDK: the disk format of VMware's products, of OVF, and of VirtualBox at times. docs/formats/vmdk.md.
#include <fmt/format.h>

#include <algorithm>

#include "core/ascii.hpp"
#include "core/text.hpp"
#include "image/format.hpp"
#include "image/support/parents.hpp"
#include "image/vmdk/descriptor.hpp"
#include "image/vmdk/disk.hpp"
#include "image/vmdk/extent.hpp"

namespace tq::image {

extern const Format vmdk;

namespace {

using namespace vmdk_format;

constexpr std::uint64_t kMaxSectors = std::uint64_t{1} << 47;  // keeps every product below 2^64
/// Pages of tables kept in memory, shared out among the extents.
constexpr std::size_t kPages = 64, kLeastPages = 4;
constexpr std::uint64_t kMaxTextFile = std::uint64_t{1} << 20;

bool is_vmdk(const File& file) {
  return is_sparse(*file.bytes) || is_cowd(*file.bytes) || is_sesparse(*file.bytes) || is_descriptor(*file.bytes);
}

/// One image of a chain, before its parent is known.
struct Layer {
  Descriptor descriptor;
  std::vector<PlacedExtent> extents;
  std::vector<std::string> files, notes;
};

/// The signature decides which sparse kind it is; the line of the descriptor has to agree with it.
Result<Sparse> open_sparse_kind(const ExtentLine& line, std::shared_ptr<const io::ByteSource> bytes, std::size_t pages) {
  if (is_sesparse(*bytes) || line.type == "SESPARSE")
    return Error{ErrorCode::unsupported,
                 "vmdk.extent",
                 "an extent of a kind that is read",
                 "seSparse in " + printable(line.name),
                 {},
                 "consolidate the snapshot, or clone the disk"};
  if (line.type == "VMFSSPARSE" || is_cowd(*bytes)) {
    if (is_cowd(*bytes)) return open_cowd(std::move(bytes), pages);
  } else if (is_sparse(*bytes)) {
    return open_sparse(std::move(bytes), pages);
  }
  return Error{ErrorCode::corrupt, "vmdk.extent", fmt::format("a {} extent in {}", printable(line.type), printable(line.name)),
               "no such signature", 0};
}

/// A flat extent has no header to hold it against. One that is too short was cut: its beginning is still worth reading.
Result<std::unique_ptr<Extent>> open_flat_line(const ExtentLine& line, std::shared_ptr<const io::ByteSource> bytes, Layer& layer) {
  if (line.first_sector > kMaxSectors)
    return Error{ErrorCode::corrupt, "vmdk.descriptor.extent", "a first sector inside the file", fmt::to_string(line.first_sector)};
  const std::uint64_t end = (line.first_sector + line.sectors) * kSector;
  if (bytes->size() < end)
    layer.notes.push_back(
        fmt::format("{} ends at byte {} of {}: what lies behind cannot be read", printable(line.name), bytes->size(), end));
  return flat_extent(std::move(bytes), line.first_sector * kSector);
}

Result<std::unique_ptr<Extent>> open_line(const File& file, const ExtentLine& line, std::size_t pages, Layer& layer) {
  if (line.type == "ZERO") return zero_extent();
  const bool flat = line.type == "FLAT" || line.type == "VMFS";
  if (!flat && line.type != "SPARSE" && line.type != "VMFSSPARSE" && line.type != "SESPARSE")
    return Error{ErrorCode::unsupported, "vmdk.descriptor.extent", "FLAT, VMFS, SPARSE, VMFSSPARSE or ZERO", printable(line.type)};
  const std::string name = bare_name(line.name);
  const std::string wanted = fmt::format("the extent {} beside {}", printable(name), printable(file.name));
  constexpr const char* kAdvice = "put all files of the disk into one folder";
  if (file.beside == nullptr) return Error{ErrorCode::not_found, "vmdk.extent", wanted, "an image with nothing beside it", {}, kAdvice};
  auto opened = file.beside->open(name);
  if (!opened) return Error{opened.error().code, "vmdk.extent", wanted, opened.error().found, {}, kAdvice};
  layer.files.push_back(name);
  std::shared_ptr<const io::ByteSource> bytes(*std::move(opened));
  if (flat) return open_flat_line(line, std::move(bytes), layer);
  TQ_TRY(Sparse sparse, open_sparse_kind(line, std::move(bytes), pages));
  if (sparse.size / kSector < line.sectors)
    return Error{ErrorCode::corrupt, "vmdk.header.capacity", fmt::format("{} sectors in {}", line.sectors, printable(name)),
                 fmt::to_string(sparse.size / kSector), 12};
  for (const std::string& note : sparse.notes) layer.notes.push_back(printable(name) + ": " + note);
  return std::move(sparse.extent);
}

/// A disk whose extents are named by a text file.
Result<Layer> open_text(const File& file) {
  Layer layer;
  TQ_TRY(layer.descriptor, read_descriptor(*file.bytes, 0, std::min(file.bytes->size(), kMaxTextFile)));
  layer.files = {file.name};
  const auto& lines = layer.descriptor.extents;
  // A split disk of 2 TiB has a thousand extents: together they get the memory of one.
  const std::size_t pages = std::max(kPages / lines.size(), kLeastPages);
  std::uint64_t sectors = 0;
  for (const ExtentLine& line : lines) {
    if (line.sectors > kMaxSectors - sectors)
      return Error{ErrorCode::limit, "vmdk.descriptor.extent", fmt::format("a disk of at most {} sectors", kMaxSectors), "more"};
    sectors += line.sectors;
    TQ_TRY(auto extent, open_line(file, line, pages, layer));
    layer.extents.push_back({sectors * kSector, std::move(extent)});
  }
  return layer;
}

Error extent_alone(const File& file) {
  return Error{ErrorCode::unsupported,
               "vmdk.descriptor",
               "a disk",
               printable(file.name) + " is one extent of a disk",
               {},
               "name the text file that lists the extents (often the same name without -s001, -delta or -flat)"};
}

/// A disk in one file, with the descriptor inside.
Result<Layer> open_monolithic(const File& file) {
  TQ_TRY(Sparse sparse, open_sparse(file.bytes, kPages));
  auto descriptor = read_descriptor(*file.bytes, sparse.descriptor_at, sparse.descriptor_size);
  if (!descriptor) {
    const bool none = descriptor.error().code == ErrorCode::corrupt && descriptor.error().place == "vmdk.descriptor";
    return sparse.descriptor_size == 0 || none ? extent_alone(file) : descriptor.error();
  }
  Layer layer;
  layer.descriptor = *std::move(descriptor);
  layer.files = {file.name};
  layer.notes = std::move(sparse.notes);
  // The line in the text names the file as it was called when it was made; the size is the header's.
  layer.extents.push_back({sparse.size, std::move(sparse.extent)});
  return layer;
}

Result<Layer> open_layer(const File& file) {
  if (is_descriptor(*file.bytes)) return open_text(file);
  if (is_sparse(*file.bytes)) return open_monolithic(file);
  return extent_alone(file);
}

/// The content id, by which children know their parent.
std::optional<std::string> cid_of(const io::ByteSource& bytes) {
  Result<Descriptor> d = Error{};
  if (is_descriptor(bytes)) {
    d = read_descriptor(bytes, 0, std::min(bytes.size(), kMaxTextFile));
  } else if (is_sparse(bytes)) {
    // Borrowed for the moment of this call.
    const auto sparse = open_sparse(std::shared_ptr<const io::ByteSource>(&bytes, [](const io::ByteSource*) {}), 1);
    if (sparse) d = read_descriptor(bytes, sparse->descriptor_at, sparse->descriptor_size);
  }
  if (!d) return std::nullopt;
  return d->cid;
}

/// "monolithicSparse" as the words of this program are written: "monolithic_sparse".
std::string variant_of(std::string_view create_type) {
  std::string out;
  for (const char c : create_type.substr(0, 64)) {
    if (is_upper(c))
      out += {'_', to_lower(c)};
    else
      out += c;
  }
  return printable(out);
}

Result<Image> open_vmdk(const File& file) {
  TQ_TRY(Layer layer, open_layer(file));
  const Descriptor& d = layer.descriptor;
  if (d.encrypted)
    return Error{ErrorCode::encrypted,
                 "vmdk.descriptor",
                 "a disk that is not encrypted",
                 "encryption settings",
                 {},
                 "decrypt it with the product that made it"};
  Image image;
  image.format = "vmdk";
  image.variant = variant_of(d.create_type);
  image.files = std::move(layer.files);
  image.notes = std::move(layer.notes);
  std::shared_ptr<const io::ByteSource> beneath;
  if (d.parent_cid) {
    std::vector<std::string> names;
    if (!d.parent_hint.empty()) names.push_back(d.parent_hint);
    TQ_TRY(const File parent, find_parent(file, {"vmdk.descriptor.parentFileNameHint", std::move(names), {*d.parent_cid}, cid_of}));
    TQ_TRY(Image opened, open_vmdk(parent));
    beneath = std::move(opened.disk);
    image.variant += "_delta";
    image.files.insert(image.files.end(), opened.files.begin(), opened.files.end());
    for (const std::string& note : opened.notes) image.notes.push_back("parent: " + note);
  }
  image.disk = std::make_shared<vmdk_format::Disk>(std::move(layer.extents), std::move(beneath));
  return image;
}

}  // namespace

const Format vmdk{"vmdk", 10, is_vmdk, open_vmdk};

}  // namespace tq::image
