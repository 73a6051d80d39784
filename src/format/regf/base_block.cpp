#include "format/regf/base_block.hpp"

#include <cstring>

namespace tq::format::regf {
namespace {

template <class T>
le<T> store(T v) {
  le<T> out{};
  std::memcpy(out.raw.data(), &v, sizeof v);
  return out;
}

}  // namespace

std::uint32_t base_block_checksum(Bytes sector) {
  std::uint32_t sum = 0;
  for (std::uint64_t at = 0; at < kSectorBytes - 4; at += 4) sum ^= sector.try_get<std::uint32_t>(at).value_or(0);
  if (sum == 0) return 1;
  return sum == 0xFFFFFFFF ? 0xFFFFFFFE : sum;
}

bool base_block_valid(Bytes file) {
  const auto b = file.try_get<BaseBlock>(0);
  return b && std::string_view(b->signature.data(), 4) == "regf" && b->checksum == base_block_checksum(file);
}

bool base_block_dirty(Bytes file) {
  const auto b = file.try_get<BaseBlock>(0);
  return !b || !base_block_valid(file) || b->seq1 != b->seq2;
}

void write_base_block(std::vector<std::byte>& primary, BaseBlock header, std::uint32_t sequence, std::uint32_t bins_bytes) {
  if (primary.size() < sizeof header) return;
  header.seq1 = header.seq2 = store(sequence);
  header.type = store(static_cast<std::uint32_t>(FileType::primary));
  header.bins_bytes = store(bins_bytes);
  std::memcpy(primary.data(), &header, sizeof header);
  header.checksum = store(base_block_checksum(bytes_of(primary)));
  std::memcpy(primary.data(), &header, sizeof header);
}

}  // namespace tq::format::regf
