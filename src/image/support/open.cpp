#include <algorithm>

#include "core/text.hpp"
#include "image/format.hpp"
#include "image/raw/parts.hpp"
#include "image/support/foreign.hpp"

namespace tq::image {
namespace {

std::vector<const Format*> by_rank() {
  std::vector<const Format*> order(all().begin(), all().end());
  std::stable_sort(order.begin(), order.end(), [](const Format* a, const Format* b) { return a->rank < b->rank; });
  return order;
}

std::string what_it_is(const File& file) {
  std::vector<std::byte> head(512);
  const auto n = file.bytes->read_at(0, head);
  if (!n) return n.error().text();
  head.resize(*n);
  if (head.empty()) return "an empty file";
  if (const char* what = foreign_content(bytes_of(head))) return what;
  return plain_text(bytes_of(head)) ? "text" : "content of no known kind";
}

/// A later part of a split disk starts anywhere in it and so looks like nothing: the user should name the first.
std::string advice_for(const File& file) {
  const auto first = raw_parts::first_of(file);
  return first ? "this looks like a later part of a split disk: name " + printable(*first) : std::string{};
}

}  // namespace

Result<Image> open(const File& file) {
  for (const Format* f : by_rank())
    if (f->probe(file)) return f->open(file);
  return Error{ErrorCode::unsupported, printable(file.name), "a disk image", what_it_is(file), 0, advice_for(file)};
}

Result<Image> open_as(const File& file, std::string_view format) {
  std::string names;
  for (const Format* f : by_rank()) {
    if (format == f->name) return f->open(file);
    names += (names.empty() ? "" : ", ") + std::string(f->name);
  }
  return Error{ErrorCode::usage, "image format", "one of " + names, std::string(format)};
}

}  // namespace tq::image
