#include "image/vmdk/extent.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "io/window.hpp"

namespace tq::image::vmdk_format {
namespace {

bool begins_with(const io::ByteSource& file, std::string_view magic) {
  std::array<std::byte, 8> b{};
  const auto head = std::span(b).first(magic.size());
  return io::read_exactly(file, 0, head, "vmdk.magic") && Bytes(head).chars() == magic;
}

class FlatExtent final : public Extent {
 public:
  FlatExtent(std::shared_ptr<const io::ByteSource> file, std::uint64_t first) : file_(std::move(file)), first_(first) {}
  [[nodiscard]] Result<Piece> piece_at(std::uint64_t offset) const override {
    return Piece{Piece::Kind::stored, UINT64_MAX - offset, first_ + offset, 0};
  }
  [[nodiscard]] const io::ByteSource* file() const override { return file_.get(); }

 private:
  std::shared_ptr<const io::ByteSource> file_;
  std::uint64_t first_;
};

class ZeroExtent final : public Extent {
 public:
  [[nodiscard]] Result<Piece> piece_at(std::uint64_t offset) const override { return Piece{Piece::Kind::zeros, UINT64_MAX - offset, 0, 0}; }
  [[nodiscard]] const io::ByteSource* file() const override { return nullptr; }
};

}  // namespace

Result<std::size_t> Extent::unpack(std::uint64_t at, std::uint64_t /*grain_at*/, std::span<std::byte> /*out*/) const {
  return Error{ErrorCode::unsupported, "vmdk.grain", "a grain as it is", "a packed one", at};
}

std::unique_ptr<Extent> flat_extent(std::shared_ptr<const io::ByteSource> file, std::uint64_t first) {
  return std::make_unique<FlatExtent>(std::move(file), first);
}

std::unique_ptr<Extent> zero_extent() { return std::make_unique<ZeroExtent>(); }

bool is_sparse(const io::ByteSource& file) { return begins_with(file, "KDMV"); }
bool is_cowd(const io::ByteSource& file) { return begins_with(file, "COWD"); }
bool is_sesparse(const io::ByteSource& file) { return begins_with(file, std::string_view("\xBE\xBA\xFE\xCA\0\0\0\0", 8)); }

}  // namespace tq::image::vmdk_format
