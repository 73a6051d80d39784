#include "analysis/packed_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "analysis/name_list.hpp"

namespace tq::analysis {
namespace {

constexpr std::string_view kPackerSections[] = {"UPX0",     "UPX1", ".aspack", ".adata",   "ASPack", ".vmp0", ".vmp1",   ".themida",
                                                ".winlice", "PEC2", ".petite", ".MPRESS1", ".nsp0",  "FSG!",  ".enigma1"};
constexpr double kRandomBits = 7.3;  // bits a byte: compressed or encrypted; real code stays below 6.8
constexpr std::size_t kEnough = 4096;

double entropy(Bytes b) {
  std::array<std::size_t, 256> count{};
  for (const std::byte x : b.span()) ++count[std::to_integer<std::size_t>(x)];
  double bits = 0;
  for (const std::size_t n : count) {
    if (n == 0) continue;
    const double p = static_cast<double>(n) / static_cast<double>(b.size());
    bits -= p * std::log2(p);
  }
  return bits;
}

}  // namespace

std::optional<std::string> packed_by(const Program& program) {
  for (const auto& s : program.image().sections)
    if (is_among(kPackerSections, s.name)) return "a section is named " + s.name;
  const Extent* entry = program.extent(program.image().entry_rva);
  if (entry != nullptr && entry->executable && entry->writable && entry->bytes.empty() && entry->size > 0)
    return "the entry point lies in a section that is empty in the file";
  for (const Extent& e : program.extents()) {
    if (!e.executable || e.bytes.size() < kEnough) continue;
    const Bytes head = *e.bytes.try_sub(0, std::min<std::uint64_t>(e.bytes.size(), std::uint64_t{256} * 1024));
    if (const double bits = entropy(head); bits > kRandomBits)
      return fmt::format("the code at 0x{:x} has {:.1f} bits of entropy a byte", e.rva, bits);
  }
  return std::nullopt;
}

}  // namespace tq::analysis
