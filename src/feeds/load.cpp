#include "feeds/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>

#include "core/path.hpp"
#include "core/text.hpp"
#include "feeds/cvrf.hpp"
#include "feeds/stream.hpp"
#include "feeds/wesng.hpp"
#include "fs/archive.hpp"
#include "io/byte_source.hpp"
#include "io/folder.hpp"

namespace tq::feeds {
namespace {

constexpr std::size_t kHead = 4096;

enum class Kind : std::uint8_t { unknown, cvrf, wesng, kev, files };

/// What a text is, by its first bytes.
Kind kind_of(std::string_view head) {
  const std::string_view text = trim(head.starts_with("\xEF\xBB\xBF") ? head.substr(3) : head);
  if (text.starts_with("<")) return Kind::cvrf;
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  const auto names = [&](std::string_view word) { return ifind(line, word) != std::string_view::npos; };
  if (names("DatePosted") && names("BulletinKB")) return Kind::wesng;
  if (names("cveID") && names("dateAdded")) return Kind::kev;
  if (names("kb") && names("branch") && names("version")) return Kind::files;
  return Kind::unknown;
}

Error unrecognised(const std::string& name) {
  return {ErrorCode::unsupported, name, "CVRF months, wesng definitions, a KEV list or a table of files", "something else"};
}

/// A text of a feed of any kind, as it streams by: the first chunk decides which.
class TextFeed {
 public:
  TextFeed(std::string name, Gather& gather) : name_(std::move(name)), gather_(gather) {}

  Status put(Bytes chunk) {
    if (kind_ == Kind::unknown) {
      kind_ = kind_of(chunk.chars().substr(0, kHead));
      if (kind_ == Kind::unknown) return unrecognised(name_);
      if (kind_ == Kind::cvrf) cvrf_.emplace(name_, gather_);
      if (kind_ == Kind::wesng) wesng_.emplace(name_, gather_);
    }
    if (cvrf_) return cvrf_->put(chunk);
    if (wesng_) return wesng_->put(chunk);
    if (const auto most = gather_.most().list_bytes; chunk.size() > most - text_.size())
      return Error{ErrorCode::limit, name_, fmt::format("a list of at most {} bytes", most), "more"};
    text_ += chunk.chars();
    return ok();
  }

  Status finish() {
    if (cvrf_) return cvrf_->finish();
    if (wesng_) return wesng_->finish();
    if (kind_ == Kind::kev) return take_kev();
    if (kind_ == Kind::files) return take_files();
    return Error{ErrorCode::truncated, name_, "a feed", "an empty file"};
  }

 private:
  Status take_kev() {
    TQ_TRY(KevList list, read_kev(name_, bytes_of(text_)));
    for (auto& [cve, e] : list.cves) gather_.kev.cves[cve] = e;
    gather_.kev.newest = std::max(gather_.kev.newest, list.newest);
    return ok();
  }
  Status take_files() {
    TQ_TRY(const std::vector<FileRow> files, read_file_table(name_, bytes_of(text_)));
    gather_.files.insert(gather_.files.end(), files.begin(), files.end());
    return ok();
  }

  std::string name_;
  Gather& gather_;
  Kind kind_ = Kind::unknown;
  std::optional<CvrfReader> cvrf_;
  std::optional<WesngReader> wesng_;
  std::string text_;
};

Status load_source(const io::ByteSource& source, const std::string& name, Gather& gather) {
  TextFeed feed(name, gather);
  if (auto s = stream(source, name, limits::kDocumentBytes, [&](Bytes chunk) { return feed.put(chunk); }); !s) return s;
  return feed.finish();
}

/// The first thing an archive lost, said of the feed that it is.
Error lost_of(const fs::Archive& archive, const std::string& name) {
  Error e = archive.lost().front();
  e.place = name + ": " + e.place;
  return e;
}

/// The definitions inside a zip. Whatever is damaged in it refuses the whole.
Status load_archive(std::unique_ptr<io::ByteSource> source, const std::string& name, Gather& gather) {
  TQ_TRY(const auto archive, fs::open_archive(std::move(source), name));
  if (archive->lost_total() != 0) return lost_of(*archive, name);
  std::optional<TextFeed> feed;
  std::uint64_t members = 0, total = 0;
  std::optional<Error> error;
  const auto check = [&](const Status& s) {
    if (!s && !error) error = s.error();
  };
  const auto sink = [&](const std::string& path, Bytes chunk) {
    if (!is_wesng_member(path) || error) return;
    if (!feed) feed.emplace(name + "//" + path, gather), ++members, total = 0;
    total += chunk.size();
    if (total > limits::kDocumentBytes) return check(Error{ErrorCode::limit, name, "at most 1 GiB unpacked", "more"});
    if (!chunk.empty()) return check(feed->put(chunk));
    check(feed->finish());
    feed.reset();
  };
  if (auto s = archive->stream(sink); !s) return s;
  if (error) return *error;
  if (archive->lost_total() != 0) return lost_of(*archive, name);
  if (members == 0 || feed) return Error{ErrorCode::corrupt, name, "a whole CVEs_*.csv", members == 0 ? "none" : "half of one"};
  return ok();
}

Status load_file(std::unique_ptr<io::ByteSource> source, const std::string& name, Gather& gather) {
  std::vector<std::byte> head(static_cast<std::size_t>(std::min<std::uint64_t>(kHead, source->size())));
  TQ_TRY(const std::size_t n, source->read_at(0, head));
  head.resize(n);
  if (bytes_of(head).chars().starts_with("PK")) return load_archive(std::move(source), name, gather);
  return load_source(*source, name, gather);
}

bool is_month(std::string_view name) { return name.ends_with(".xml") || name.ends_with(".xml.zst") || name.ends_with(".XML"); }

Status load_folder(const std::string& path, Gather& gather) {
  TQ_TRY(const io::Folder folder, io::Folder::open(path));
  TQ_TRY(const auto entries, folder.list(""));
  std::size_t months = 0;
  for (const io::Entry& e : entries) {
    if (e.kind != io::EntryKind::file || !is_month(e.name)) continue;
    if (++months > gather.most().months)
      return Error{ErrorCode::limit, path, fmt::format("at most {} months", gather.most().months), "more"};
    TQ_TRY(auto source, folder.open_file(e.name));
    if (auto s = load_source(*source, path + "/" + e.name, gather); !s) return s;
  }
  if (months == 0) return Error{ErrorCode::not_found, path, "CVRF months (*.xml, *.xml.zst)", "none"};
  return ok();
}

/// Where feeds name the same thing, the one that was read first is kept: Microsoft's own months before what others made of them.
Kind feed_kind(const std::string& path) {
  if (io::host_kind(path) == io::HostKind::folder) return Kind::cvrf;
  auto source = io::open_file(path);
  std::vector<std::byte> head(kHead);
  const auto n = source ? (*source)->read_at(0, head) : Result<std::size_t>(0);
  if (!n) return Kind::unknown;  // the reader says what is wrong with it
  const auto text = bytes_of(head).chars().substr(0, *n);
  if (text.starts_with("PK")) return Kind::wesng;
  return text.starts_with("\x28\xB5\x2F\xFD") ? Kind::cvrf : kind_of(text);
}

std::string_view file_name(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return last_component(path);
}

/// The order in which feeds are read does not hang on the order in which they were given.
std::vector<std::string> in_order(const std::vector<std::string>& paths) {
  std::vector<std::pair<Kind, std::string>> all;
  for (const auto& path : paths) all.emplace_back(feed_kind(path), path);
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::tuple(a.first, file_name(a.second), a.second) < std::tuple(b.first, file_name(b.second), b.second);
  });
  std::vector<std::string> out;
  for (auto& [kind, path] : all) out.push_back(std::move(path));
  return out;
}

}  // namespace

Status load(const std::vector<std::string>& paths, Gather& gather) {
  for (const std::string& path : in_order(paths)) {
    if (io::host_kind(path) == io::HostKind::folder) {
      if (auto s = load_folder(path, gather); !s) return s;
      continue;
    }
    TQ_TRY(auto source, io::open_file(path));
    if (auto s = load_file(std::move(source), path, gather); !s) return s;
  }
  gather.sort_rows();
  return ok();
}

}  // namespace tq::feeds
