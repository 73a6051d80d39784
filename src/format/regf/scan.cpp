#include "format/regf/scan.hpp"

#include <algorithm>

#include "format/regf/lists.hpp"

namespace tq::format::regf {
namespace {

/// Cells follow each other inside a bin. Where sizes make no sense the scan feels its way on in steps of 8, so one
/// bad size costs one cell; at each bin header it is in step again.
std::vector<std::uint32_t> all_keys(const Image& image) {
  std::vector<std::uint32_t> out;
  const Bytes bins = image.bins();
  for (std::uint64_t at = 0; at + 8 <= bins.size();) {
    if (at % kBinAlign == 0 && bins.from(at).chars().starts_with("hbin")) {
      at += kBinHeaderBytes;
      continue;
    }
    const auto offset = static_cast<std::uint32_t>(at);
    if (node_at(image, offset)) out.push_back(offset);
    const auto raw = static_cast<std::int64_t>(field<std::int32_t>(bins, at));
    const auto size = static_cast<std::uint64_t>(raw < 0 ? -raw : raw);
    // A cell never reaches over the next bin; only data cells of a large bin are longer than a page.
    const bool sane = size >= 8 && size % 8 == 0 && size <= kBinAlign - at % kBinAlign;
    at += sane ? size : 8;
  }
  return out;
}

/// Everything below `from` goes into `seen`.
void mark_tree(const Image& image, std::uint32_t from, ListBudget& budget, CellSet& seen) {
  std::vector<std::uint32_t> todo{from};
  while (!todo.empty()) {
    const std::uint32_t o = todo.back();
    todo.pop_back();
    const auto node = node_at(image, o);
    if (node && seen.insert(o)) append_subkeys(image, 0, *node, budget, todo, nullptr);
  }
}

}  // namespace

std::vector<std::uint32_t> scan_for_roots(const Image& image) {
  const std::vector<std::uint32_t> keys = all_keys(image);
  CellSet listed(image.bins().size());
  std::vector<std::uint32_t> children;
  ListBudget first_pass(image);
  for (const std::uint32_t key : keys) {
    children.clear();
    append_subkeys(image, 0, *node_at(image, key), first_pass, children, nullptr);
    for (const std::uint32_t c : children) listed.insert(c);
  }
  ListBudget second_pass(image);
  CellSet seen(image.bins().size());
  std::vector<std::uint32_t> roots;
  for (const bool top_most : {true, false}) {
    for (const std::uint32_t key : keys) {
      if (seen.has(key) || (top_most && listed.has(key))) continue;
      roots.push_back(key);
      mark_tree(image, key, second_pass, seen);
    }
  }
  std::sort(roots.begin(), roots.end());
  return roots;
}

}  // namespace tq::format::regf
