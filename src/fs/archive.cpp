#include "fs/archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <list>
#include <map>
#include <set>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "fs/support/archive_stream.hpp"
#include "fs/support/member_index.hpp"
#include "fs/support/zip_end.hpp"

namespace tq::fs {
namespace {

/// Members above this are parsed once, and a second copy of them would be felt.
constexpr std::uint64_t kLarge = std::uint64_t{4} << 20;

using SharedBytes = std::shared_ptr<const std::vector<std::byte>>;

/// The bytes of a member; may outlive the archive.
class MemberSource final : public io::ByteSource {
 public:
  explicit MemberSource(SharedBytes bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    const auto part = bytes_of(*bytes_).from(offset).span();
    const std::size_t n = std::min(part.size(), out.size());
    std::copy_n(part.begin(), n, out.begin());
    return n;
  }

 private:
  SharedBytes bytes_;
};

class LibArchiveTree final : public Archive {
 public:
  LibArchiveTree(std::shared_ptr<const io::ByteSource> source, std::string label, const ArchiveOptions& options)
      : source_(std::move(source)), label_(std::move(label)), options_(options) {}

  Status index();
  [[nodiscard]] Result<std::vector<io::Entry>> list(std::string_view path) const override;
  [[nodiscard]] Result<std::unique_ptr<io::ByteSource>> open(std::string_view path) const override;
  [[nodiscard]] Result<std::string> real_path(std::string_view path) const override {
    TQ_TRY(const auto node, find(path));
    return index_.path(node);
  }
  [[nodiscard]] std::optional<Error> gap(std::string_view) const override { return gap_; }
  void expect(const std::vector<std::string>& paths) const override;
  [[nodiscard]] std::string cite(std::string_view path) const override { return path.empty() ? label_ : label_ + "//" + std::string(path); }
  [[nodiscard]] const std::string& format() const override { return format_; }
  [[nodiscard]] std::uint64_t files() const override { return index_.files(); }
  [[nodiscard]] const std::vector<Error>& lost() const override { return lost_; }
  [[nodiscard]] std::uint64_t lost_total() const override { return lost_total_; }
  Status stream(const std::function<void(const std::string& path, Bytes chunk)>& sink) const override;

 private:
  void take(const Member& m, std::uint64_t ordinal, ArchiveStream& s);
  void lose(Error e) const;
  [[nodiscard]] Error first_failed(Error e) const;
  void check_solid(std::uint64_t declared);
  void keep(ArchiveStream& s, std::uint64_t ordinal, const Member& m) const;
  Status fetch(const std::function<bool(const Member&, std::uint64_t ordinal)>& wanted) const;
  [[nodiscard]] Result<MemberIndex::Node> find(std::string_view path) const;
  void fetch_once(MemberIndex::Node node) const;
  std::optional<Result<SharedBytes>> take_kept(std::uint64_t ordinal) const;
  void forget(std::uint64_t ordinal) const;
  void forget_oldest() const;
  Result<SharedBytes> unpack(ArchiveStream& s, const Member& m) const;
  Result<SharedBytes> bytes_of_member(std::uint64_t ordinal) const;

  std::shared_ptr<const io::ByteSource> source_;
  std::string label_, format_;
  ArchiveOptions options_;
  MemberIndex index_;
  bool sequential_ = false;
  std::map<std::uint64_t, Error> refused_;  ///< by ordinal
  std::optional<Error> bomb_;               ///< nothing of this archive is unpacked
  std::optional<Error> gap_;                ///< the listing broke off, or lost a member: any name may be missing
  mutable bool fetched_ = false;            ///< the pass for all that `keep` names is done
  mutable std::map<std::uint64_t, Result<SharedBytes>> kept_;
  mutable std::uint64_t kept_bytes_ = 0;
  mutable std::uint64_t unpacked_again_ = 0;
  mutable std::list<std::uint64_t> handed_out_;  ///< of what is kept, by ordinal, the one asked for last at the end
  mutable std::uint64_t handed_out_bytes_ = 0;
  mutable std::vector<Error> lost_;
  mutable std::uint64_t lost_total_ = 0;
};

void LibArchiveTree::lose(Error e) const {
  ++lost_total_;
  if (lost_.size() < limits::kLossesListed) lost_.push_back(std::move(e));
}

void LibArchiveTree::take(const Member& m, std::uint64_t ordinal, ArchiveStream& s) {
  if (m.refused) lose(*m.refused);
  // A name that cannot be read may be any; one that leads out of the archive is none of those asked for.
  if (m.path.empty() && m.refused && m.refused->code != ErrorCode::usage) gap_ = *m.refused;
  if (m.path.empty()) return;
  io::Entry e{{}, m.kind, m.size.value_or(0), m.modified};
  if (!index_.add(m.path, e, ordinal)) {
    lose(Error{ErrorCode::corrupt, "member " + m.name, "one kind of thing under a name", "a file and a folder"});
    return;
  }
  if (m.refused) {
    refused_.emplace(ordinal, *m.refused);
  } else if (sequential_ && options_.keep != nullptr && m.kind == io::EntryKind::file && options_.keep(m.path)) {
    keep(s, ordinal, m);
  }
}

Status LibArchiveTree::index() {
  TQ_TRY(const auto s, ArchiveStream::open(source_, options_.limits));
  std::uint64_t ordinal = 0, name_bytes = 0, declared = 0;
  for (;; ++ordinal) {
    auto m = s->next();
    if (!m) {
      // The listing up to here stands; without any of it there is nothing to stand on.
      if (ordinal == 0) return first_failed(m.error());
      gap_ = m.error();
      lose(*gap_);
      break;
    }
    if (!*m) break;
    if (ordinal == 0) sequential_ = s->sequential();
    name_bytes += (*m)->name.size();
    declared += std::min((*m)->size.value_or(0), ~declared);  // saturates
    if (ordinal >= options_.limits.members || name_bytes > options_.limits.name_bytes) {
      gap_ = Error{ErrorCode::limit, "archive",
                   fmt::format("at most {} members with {} bytes of names", options_.limits.members, options_.limits.name_bytes),
                   "more; what follows is not read"};
      lose(*gap_);
      break;
    }
    take(**m, ordinal, *s);
  }
  if (s->skipped()) {
    gap_ = *s->skipped();
    lose(*gap_);
  }
  format_ = s->format();
  if (const auto counted = format_ == "zip" && !gap_ ? zip_members(*source_) : std::nullopt; counted && *counted > ordinal) {
    gap_ = Error{ErrorCode::corrupt, "archive", fmt::format("{} members, as its end says", *counted), fmt::format("{}", ordinal)};
    lose(*gap_);
  }
  fetched_ = sequential_;
  check_solid(declared);
  return ok();
}

Error LibArchiveTree::first_failed(Error e) const {
  if (e.code != ErrorCode::corrupt) return e;
  return Error{ErrorCode::unsupported, label_, "a zip, 7z or tar archive", e.found, e.offset};
}

/// A 7z member is reached by unpacking those before it inside the library, where nobody counts: its own table must be sane.
void LibArchiveTree::check_solid(std::uint64_t declared) {
  const auto& l = options_.limits;
  if (format_ != "7z" || declared <= l.free_bytes || declared / l.ratio <= source_->size()) return;
  bomb_ = Error{ErrorCode::limit,
                "archive",
                fmt::format("at most {} bytes unpacked from each", l.ratio),
                fmt::format("{} bytes from {}: a bomb", declared, source_->size()),
                {},
                "unpack it yourself if you trust it, and name the folder"};
  lose(*bomb_);
}

Result<SharedBytes> LibArchiveTree::unpack(ArchiveStream& s, const Member& m) const {
  const std::uint64_t most = options_.limits.member_bytes;
  const auto too_large = [&](std::uint64_t n) {
    return Error{ErrorCode::limit, "member " + m.name, fmt::format("at most {} bytes", most), fmt::format("{} bytes", n)};
  };
  if (m.size && *m.size > most) return too_large(*m.size);
  auto out = std::make_shared<std::vector<std::byte>>();
  constexpr std::size_t kBlock = 1 << 18;
  // A declared size is believed for a first step only: it costs nothing to write a large number.
  out->reserve(std::min<std::uint64_t>(m.size.value_or(kBlock), std::uint64_t{16} << 20));
  std::vector<std::byte> block(kBlock);
  for (;;) {
    TQ_TRY(const std::size_t n, s.read(block));
    if (n == 0) break;
    if (out->size() + n > most) return too_large(out->size() + n);
    out->insert(out->end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(n));
  }
  if (m.size && out->size() < *m.size)
    return Error{ErrorCode::truncated, "member " + m.name, fmt::format("{} bytes", *m.size), fmt::format("{}", out->size())};
  return SharedBytes(std::move(out));
}

void LibArchiveTree::keep(ArchiveStream& s, std::uint64_t ordinal, const Member& m) const {
  // A large member is unpacked when it is opened wherever it can be reached without unpacking others.
  const std::uint64_t size = m.size.value_or(0);
  const bool reached = !sequential_ && format_ != "7z";
  if ((reached && size > kLarge) || kept_bytes_ + size > options_.limits.kept_bytes) return;
  auto r = unpack(s, m);
  if (r) kept_bytes_ += (*r)->size();
  if (!r) lose(r.error());
  kept_.emplace(ordinal, std::move(r));
}

/// Unpacks what is wanted in one pass, as far as there is room to keep it.
Status LibArchiveTree::fetch(const std::function<bool(const Member&, std::uint64_t ordinal)>& wanted) const {
  TQ_TRY(const auto s, ArchiveStream::open(source_, options_.limits));
  for (std::uint64_t ordinal = 0;; ++ordinal) {
    TQ_TRY(const auto m, s->next());
    if (!m || ordinal >= options_.limits.members) return ok();
    if (m->kind == io::EntryKind::file && !m->refused && wanted(*m, ordinal)) keep(*s, ordinal, *m);
  }
}

void LibArchiveTree::expect(const std::vector<std::string>& paths) const {
  std::set<std::uint64_t> ordinals;
  for (const auto& path : paths)
    if (const auto node = find(path); node && !kept_.contains(index_.item(*node).ordinal)) ordinals.insert(index_.item(*node).ordinal);
  if (ordinals.empty() || bomb_) return;
  (void)fetch([&](const Member&, std::uint64_t ordinal) { return ordinals.contains(ordinal); });
}

/// In a packed tar every member costs a pass over what lies before it: that many files are not read one by one.
Result<SharedBytes> LibArchiveTree::bytes_of_member(std::uint64_t ordinal) const {
  if (sequential_ && unpacked_again_ > options_.limits.again_bytes)
    return Error{
        ErrorCode::limit, label_, fmt::format("at most {} bytes unpacked once more to reach single files", options_.limits.again_bytes),
        "more",           {},     "unpack it and name the folder"};
  TQ_TRY(const auto s, ArchiveStream::open(source_, options_.limits));
  for (std::uint64_t at = 0;; ++at) {
    TQ_TRY(const auto m, s->next());
    if (!m) return Error{ErrorCode::corrupt, label_, "the member that was listed", "an end before it"};
    if (at != ordinal) continue;
    auto bytes = unpack(*s, *m);
    unpacked_again_ += s->unpacked();
    return bytes;
  }
}

Result<MemberIndex::Node> LibArchiveTree::find(std::string_view path) const {
  auto node = index_.find(path);
  if (node) return node;
  if (gap_ && node.error().code == ErrorCode::not_found) return *gap_;
  Error e = node.error();
  e.place = cite(path);
  return e;
}

Result<std::vector<io::Entry>> LibArchiveTree::list(std::string_view path) const {
  TQ_TRY(const auto node, find(path));
  const auto& folder = index_.item(node);
  if (folder.entry.kind != io::EntryKind::folder) return Error{ErrorCode::not_found, cite(path), "a folder", "a file"};
  std::vector<io::Entry> out;
  out.reserve(folder.children.size());
  for (const auto n : folder.children) out.push_back(index_.item(n).entry);
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return out;
}

Result<std::unique_ptr<io::ByteSource>> LibArchiveTree::open(std::string_view path) const {
  TQ_TRY(const auto node, find(path));
  const auto& item = index_.item(node);
  if (const auto it = refused_.find(item.ordinal); it != refused_.end()) return it->second;
  if (item.entry.kind != io::EntryKind::file) return Error{ErrorCode::unsupported, cite(path), "a file", "a folder"};
  if (bomb_) return *bomb_;
  fetch_once(node);
  if (auto kept = take_kept(item.ordinal)) {
    if (!*kept) return kept->error();
    return std::unique_ptr<io::ByteSource>(new MemberSource(**kept));
  }
  auto bytes = bytes_of_member(item.ordinal);
  if (!bytes) return bytes.error();
  return std::unique_ptr<io::ByteSource>(new MemberSource(*std::move(bytes)));
}

void LibArchiveTree::fetch_once(MemberIndex::Node node) const {
  if (!fetched_ && options_.keep != nullptr && options_.keep(index_.path(node))) {
    fetched_ = true;
    // When the pass breaks off, what it did not reach is tried alone below and fails with its own reason.
    (void)fetch([this](const Member& m, std::uint64_t) { return options_.keep(m.path); });
  }
}

void LibArchiveTree::forget(std::uint64_t ordinal) const {
  const auto it = kept_.find(ordinal);
  if (it == kept_.end()) return;
  if (it->second) kept_bytes_ -= (*it->second)->size();
  kept_.erase(it);
}

/// What was handed out is seldom asked for again: little of it stays. A reader that has it keeps it.
void LibArchiveTree::forget_oldest() const {
  while (handed_out_bytes_ > options_.limits.handed_out_bytes && !handed_out_.empty()) {
    const auto it = kept_.find(handed_out_.front());
    handed_out_.pop_front();
    if (it == kept_.end() || !it->second) continue;
    handed_out_bytes_ -= (*it->second)->size();
    forget(it->first);
  }
}

/// A large hive is parsed once and would else lie in memory twice: it is handed out and forgotten.
std::optional<Result<SharedBytes>> LibArchiveTree::take_kept(std::uint64_t ordinal) const {
  const auto it = kept_.find(ordinal);
  if (it == kept_.end()) return std::nullopt;
  auto out = it->second;
  if (!out) return out;
  if ((*out)->size() > kLarge) {
    forget(ordinal);
    return out;
  }
  if (handed_out_.remove(ordinal) == 0) handed_out_bytes_ += (*out)->size();
  handed_out_.push_back(ordinal);
  forget_oldest();
  return out;
}

Status LibArchiveTree::stream(const std::function<void(const std::string& path, Bytes chunk)>& sink) const {
  TQ_TRY(const auto s, ArchiveStream::open(source_, options_.limits));
  if (bomb_) return *bomb_;
  std::vector<std::byte> block(1 << 18);
  for (std::uint64_t ordinal = 0; ordinal < options_.limits.members; ++ordinal) {
    const auto m = s->next();
    if (!m || !*m) break;  // the listing has named the reason
    const auto& member = **m;
    if (member.kind != io::EntryKind::file || member.refused) continue;
    const auto node = index_.find(member.path);
    if (!node || index_.item(*node).ordinal != ordinal) continue;  // replaced by a later member of that name
    for (std::uint64_t offset = 0;;) {
      const auto n = s->read(block);
      if (!n) {
        lose(n.error());
        break;
      }
      sink(member.path, Bytes(std::span(block).first(*n), offset));
      if (*n == 0) break;
      offset += *n;
    }
  }
  return ok();
}

}  // namespace

Result<std::unique_ptr<Archive>> open_archive(std::shared_ptr<const io::ByteSource> source, std::string label,
                                              const ArchiveOptions& options) {
  auto tree = std::make_unique<LibArchiveTree>(std::move(source), std::move(label), options);
  if (auto s = tree->index(); !s) return s.error();
  return std::unique_ptr<Archive>(std::move(tree));
}

bool looks_like_archive(Bytes head) {
  using namespace std::string_view_literals;
  const auto s = head.chars();
  // "BZh" and a digit begin a text as well: the block's own mark follows them.
  if (s.size() >= 10 && s.starts_with("BZh") && s.substr(4, 6) == "1AY&SY") return true;
  for (const auto magic : {"PK\x03\x04"sv, "PK\x05\x06"sv, "7z\xbc\xaf\x27\x1c"sv, "\x1f\x8b\x08"sv,
                           "\xfd"
                           "7zXZ\0"sv,
                           "\x28\xb5\x2f\xfd"sv})
    if (s.starts_with(magic)) return true;
  return s.size() >= 262 && s.substr(257, 5) == "ustar"sv;
}

}  // namespace tq::fs
