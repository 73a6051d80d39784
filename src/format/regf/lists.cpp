#include "format/regf/lists.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tq::format::regf {
namespace {

/// One li, lf or lh list.
struct Leaf {
  Bytes elements;
  std::uint32_t count = 0;
  std::uint32_t stated = 0;  ///< more than count: the cell is too short
  std::uint32_t stride = 4;
  bool hashed = false;
  [[nodiscard]] std::uint32_t at(std::uint64_t i) const { return field<std::uint32_t>(elements, i * stride); }
  [[nodiscard]] std::uint32_t hash(std::uint64_t i) const { return field<std::uint32_t>(elements, i * stride + 4); }
};

constexpr std::uint64_t kListHeaderBytes = 4;

std::optional<Leaf> leaf_of(Bytes cell) {
  if (cell.size() < kListHeaderBytes) return std::nullopt;
  const std::string_view sig = cell.chars().substr(0, 2);
  Leaf leaf;
  leaf.hashed = sig == "lh";
  if (leaf.hashed || sig == "lf")
    leaf.stride = 8;
  else if (sig != "li")
    return std::nullopt;
  leaf.elements = cell.from(kListHeaderBytes);
  leaf.stated = field<std::uint16_t>(cell, 2);
  leaf.count = static_cast<std::uint32_t>(std::min<std::uint64_t>(leaf.stated, leaf.elements.size() / leaf.stride));
  return leaf;
}

/// Calls f(leaf) for each leaf of a key until it returns false. An ri list may name one leaf again and again: hence the budget.
template <class F>
void each_leaf(const Image& image, std::uint64_t key_at, Bytes node, ListBudget& budget, Losses* losses, F&& f) {
  const auto list = field<std::uint32_t>(node, Nk::kSubkeyList);
  const auto cell = image.cell(list);
  const auto use = [&](const std::optional<Bytes>& c, std::uint32_t offset) {
    const auto leaf = c ? leaf_of(*c) : std::nullopt;
    if (!leaf || !budget.take(leaf->count)) {
      if (losses != nullptr) losses->add(key_at, fmt::format("key: subkey list at {:#x} unreadable", image.absolute(offset)));
      return true;
    }
    if (leaf->count != leaf->stated && losses != nullptr)
      losses->add(key_at,
                  fmt::format("key: subkey list at {:#x} holds {} of {} elements", image.absolute(offset), leaf->count, leaf->stated));
    return f(*leaf);
  };
  if (!cell || cell->size() < kListHeaderBytes || !cell->chars().starts_with("ri")) {
    use(cell, list);
    return;
  }
  const std::uint32_t stated = field<std::uint16_t>(*cell, 2);
  const std::uint64_t fit = std::min<std::uint64_t>(stated, (cell->size() - kListHeaderBytes) / 4);
  if (fit != stated && losses != nullptr)
    losses->add(key_at, fmt::format("key: list of subkey lists holds {} of {} elements", fit, stated));
  for (std::uint64_t i = 0; i < fit; ++i) {
    const auto offset = field<std::uint32_t>(*cell, kListHeaderBytes + i * 4);
    if (!use(image.cell(offset), offset)) return;
  }
}

bool named(const Image& image, std::uint32_t offset, const Needle& needle) {
  const auto node = node_at(image, offset);
  return node && needle.equals(node_name(*node));
}

std::optional<std::uint32_t> by_hash(const Image& image, const Leaf& leaf, const Needle& needle) {
  const std::uint32_t want = needle.hash();
  for (std::uint32_t i = 0; i < leaf.count; ++i)
    if (leaf.hash(i) == want && named(image, leaf.at(i), needle)) return leaf.at(i);
  return std::nullopt;
}

std::optional<std::uint32_t> by_order(const Image& image, const Leaf& leaf, const Needle& needle) {
  std::uint32_t lo = 0, hi = leaf.count;
  while (lo < hi) {
    const std::uint32_t mid = lo + (hi - lo) / 2;
    const auto node = node_at(image, leaf.at(mid));
    if (!node) return std::nullopt;
    const int c = needle.compare(node_name(*node));
    if (c == 0) return leaf.at(mid);
    if (c < 0)
      hi = mid;
    else
      lo = mid + 1;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> one_by_one(const Image& image, const Leaf& leaf, const Needle& needle) {
  for (std::uint32_t i = 0; i < leaf.count; ++i)
    if (named(image, leaf.at(i), needle)) return leaf.at(i);
  return std::nullopt;
}

template <class Search>
std::optional<std::uint32_t> search(const Image& image, Bytes node, Search&& how) {
  std::optional<std::uint32_t> found;
  ListBudget budget(image);
  each_leaf(image, 0, node, budget, nullptr, [&](const Leaf& leaf) { return !(found = how(leaf)); });
  return found;
}

}  // namespace

void append_subkeys(const Image& image, std::uint64_t key_at, Bytes node, ListBudget& budget, std::vector<std::uint32_t>& out,
                    Losses* losses) {
  const auto stated = field<std::uint32_t>(node, Nk::kSubkeys);
  if (stated == 0) return;
  const std::size_t before = out.size();
  each_leaf(image, key_at, node, budget, losses, [&](const Leaf& leaf) {
    for (std::uint32_t i = 0; i < leaf.count; ++i) out.push_back(leaf.at(i));
    return true;
  });
  if (losses != nullptr && out.size() - before != stated)
    losses->add(key_at, fmt::format("key: {} subkeys stated, {} listed", stated, out.size() - before));
}

void append_values(const Image& image, std::uint64_t key_at, Bytes node, ListBudget& budget, std::vector<std::uint32_t>& out,
                   Losses* losses) {
  const auto stated = field<std::uint32_t>(node, Nk::kValues);
  if (stated == 0) return;
  const auto cell = image.cell(field<std::uint32_t>(node, Nk::kValueList));
  std::uint64_t fit = cell ? std::min<std::uint64_t>(stated, cell->size() / 4) : 0;
  if (!budget.take(fit)) fit = 0;
  for (std::uint64_t i = 0; i < fit; ++i) out.push_back(field<std::uint32_t>(*cell, i * 4));
  if (fit != stated && losses != nullptr) losses->add(key_at, fmt::format("key: value list holds {} of {} values", fit, stated));
}

std::optional<std::uint32_t> find_subkey(const Image& image, Bytes node, const Needle& needle) {
  if (field<std::uint32_t>(node, Nk::kSubkeys) == 0) return std::nullopt;
  const auto fast =
      search(image, node, [&](const Leaf& leaf) { return leaf.hashed ? by_hash(image, leaf, needle) : by_order(image, leaf, needle); });
  if (fast) return fast;
  return search(image, node, [&](const Leaf& leaf) { return one_by_one(image, leaf, needle); });
}

}  // namespace tq::format::regf
