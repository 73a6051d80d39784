#include "fs/support/member_index.hpp"

#include "core/text.hpp"

namespace tq::fs {
namespace {

std::string key(std::uint32_t folder, std::string_view name) { return std::to_string(folder) + "/" + std::string(name); }

/// Calls `take` with each component of a path; false as soon as it returns false.
template <class F>
bool each_component(std::string_view path, F take) {
  while (!path.empty()) {
    const auto cut = path.find('/');
    const auto part = path.substr(0, cut);
    if (!part.empty() && part != "." && !take(part, cut == std::string_view::npos)) return false;
    path = cut == std::string_view::npos ? std::string_view{} : path.substr(cut + 1);
  }
  return true;
}

}  // namespace

MemberIndex::Node MemberIndex::child(Node folder, std::string_view name) const {
  if (const auto it = exact_.find(key(folder, name)); it != exact_.end()) return it->second;
  if (const auto it = folded_.find(key(folder, lower_ascii(name))); it != folded_.end()) return it->second;
  return kNone;
}

MemberIndex::Node MemberIndex::make(Node folder, std::string_view name) {
  const Node n = static_cast<Node>(items_.size());
  items_.emplace_back().entry.name = std::string(name);
  parents_.push_back(folder);
  items_[folder].children.push_back(n);
  exact_.emplace(key(folder, name), n);
  folded_.emplace(key(folder, lower_ascii(name)), n);
  return n;
}

bool MemberIndex::add(std::string_view path, const io::Entry& entry, std::uint64_t ordinal) {
  Node at = kRoot;
  return each_component(path, [&](std::string_view part, bool last) {
    const auto it = exact_.find(key(at, part));
    const bool made = it == exact_.end();
    at = made ? make(at, part) : it->second;
    io::Entry& here = items_[at].entry;
    const auto kind = last ? entry.kind : io::EntryKind::folder;
    if (made && kind == io::EntryKind::file) ++files_;
    if (!made && here.kind != kind) return false;
    here.kind = kind;
    if (!last) return true;
    here.size = entry.size;
    here.modified = entry.modified;
    items_[at].ordinal = ordinal;
    return true;
  });
}

Result<MemberIndex::Node> MemberIndex::find(std::string_view path) const {
  Node at = kRoot;
  bool up = false;
  const bool found = each_component(path, [&](std::string_view part, bool) {
    up = part == "..";
    if (up) return false;
    at = child(at, part);
    return at != kNone;
  });
  if (found) return at;
  if (up) return Error{ErrorCode::usage, std::string(path), "a path below the target", ".."};
  return Error{ErrorCode::not_found, std::string(path), "a member", "no such member"};
}

std::string MemberIndex::path(Node n) const {
  std::string out;
  for (; n != kRoot; n = parents_[n]) {
    if (!out.empty()) out.insert(0, 1, '/');
    out.insert(0, items_[n].entry.name);
  }
  return out;
}

}  // namespace tq::fs
