// The bytes of an opened hive and the one way to a cell. Internal to this folder; the public face is hive.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/limits.hpp"
#include "format/regf/base_block.hpp"
#include "format/regf/names.hpp"

namespace tq::format::regf {

struct Loss {
  std::uint64_t offset = 0;  ///< absolute in the (replayed) primary file
  std::string what;
};

/// Where damage is written down. A null `Losses*` means "nobody listens": the fast path builds no text.
struct Losses {
  std::vector<Loss> list;   ///< at most limits::kLossesListed
  std::uint64_t total = 0;  ///< all of them, listed or not
  void add(std::uint64_t offset, std::string what) {
    ++total;
    if (list.size() < limits::kLossesListed) list.push_back({offset, std::move(what)});
  }
};

class Image {
 public:
  /// Takes the bytes as they are after a replay; `bins_bytes` is cut to what the file holds.
  explicit Image(std::vector<std::byte> file);
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;

  /// Content of the allocated cell at `offset` (relative to the first bin), without its size field.
  [[nodiscard]] std::optional<Bytes> cell(std::uint32_t offset) const {
    const auto size = bins_.try_get<std::int32_t>(offset);
    // Free cells have positive sizes: a link to one leads to something deleted, not to a part of the tree.
    if (!size || *size > -8 || offset % 8 != 0 || offset < kBinHeaderBytes) return std::nullopt;
    return bins_.try_sub(std::uint64_t{offset} + 4, static_cast<std::uint64_t>(-static_cast<std::int64_t>(*size)) - 4);
  }
  [[nodiscard]] std::uint64_t absolute(std::uint32_t offset) const { return kBaseBlockBytes + offset; }
  [[nodiscard]] Bytes bins() const { return bins_; }
  [[nodiscard]] const BaseBlock& header() const { return header_; }
  [[nodiscard]] const std::vector<std::byte>& file() const { return file_; }
  /// Damage seen at opening: header, bins.
  [[nodiscard]] const Losses& losses() const { return losses_; }

 private:
  void check_bins();
  std::vector<std::byte> file_;
  BaseBlock header_{};
  Bytes bins_;
  Losses losses_;
};

/// Fields of a key node. Source: the specification named in docs/formats/regf.md.
struct Nk {
  static constexpr std::uint64_t kBytes = 76;
  static constexpr std::uint64_t kFlags = 2, kWritten = 4, kParent = 16, kSubkeys = 20, kSubkeyList = 28, kValues = 36, kValueList = 40,
                                 kClass = 48, kNameBytes = 72, kClassBytes = 74;
  static constexpr std::uint16_t kRootFlag = 0x04, kLinkFlag = 0x10, kLatin1Flag = 0x20;
};
/// Fields of a value.
struct Vk {
  static constexpr std::uint64_t kBytes = 20;
  static constexpr std::uint64_t kNameBytes = 2, kDataBytes = 4, kData = 8, kType = 12, kFlags = 16;
  static constexpr std::uint16_t kLatin1Flag = 0x01;
  static constexpr std::uint32_t kInline = 0x80000000;
};

/// Field of a record whose length was checked when it was opened.
template <class T>
T field(Bytes record, std::uint64_t at) {
  return record.try_get<T>(at).value_or(T{});
}

/// The node (or value) at a cell offset: right signature, whole name. nullopt otherwise.
inline std::optional<Bytes> node_at(const Image& image, std::uint32_t offset) {
  const auto c = image.cell(offset);
  if (!c || c->size() < Nk::kBytes || !c->chars().starts_with("nk")) return std::nullopt;
  if (!c->holds(Nk::kBytes, field<std::uint16_t>(*c, Nk::kNameBytes))) return std::nullopt;
  return c;
}
inline std::optional<Bytes> value_at(const Image& image, std::uint32_t offset) {
  const auto c = image.cell(offset);
  if (!c || c->size() < Vk::kBytes || !c->chars().starts_with("vk")) return std::nullopt;
  if (!c->holds(Vk::kBytes, field<std::uint16_t>(*c, Vk::kNameBytes))) return std::nullopt;
  return c;
}
inline RawName node_name(Bytes node) {
  const std::uint64_t n = field<std::uint16_t>(node, Nk::kNameBytes);
  return {node.try_sub(Nk::kBytes, n).value_or(Bytes{}), (field<std::uint16_t>(node, Nk::kFlags) & Nk::kLatin1Flag) != 0};
}
inline RawName value_name(Bytes value) {
  const std::uint64_t n = field<std::uint16_t>(value, Vk::kNameBytes);
  return {value.try_sub(Vk::kBytes, n).value_or(Bytes{}), (field<std::uint16_t>(value, Vk::kFlags) & Vk::kLatin1Flag) != 0};
}

}  // namespace tq::format::regf
