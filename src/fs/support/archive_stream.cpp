#include "fs/support/archive_stream.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "fs/support/utf8_names.hpp"

namespace tq::fs {
namespace {

const char* text_or(const char* s, const char* otherwise) { return s == nullptr ? otherwise : s; }

/// A name that is no UTF-8 (an old zip) is taken as it lies.
std::string name_of(const LibArchive& api, struct archive_entry* entry) {
  if (const char* utf8 = api.archive_entry_pathname_utf8(entry); utf8 != nullptr) return utf8;
  return to_valid_utf8(text_or(api.archive_entry_pathname(entry), ""));
}

io::EntryKind kind_of(const LibArchive& api, struct archive_entry* entry) {
  if (api.archive_entry_hardlink(entry) != nullptr || api.archive_entry_hardlink_utf8(entry) != nullptr) return io::EntryKind::link;
  switch (api.archive_entry_filetype(entry)) {
    case AE_IFREG: return io::EntryKind::file;
    case AE_IFDIR: return io::EntryKind::folder;
    case AE_IFLNK: return io::EntryKind::link;
    default: return io::EntryKind::other;
  }
}

constexpr int kRetries = 8;  // ARCHIVE_RETRY without end would be a loop the archive controls

}  // namespace

ArchiveStream::ArchiveStream(const LibArchive& api, std::shared_ptr<const io::ByteSource> source, const ArchiveLimits& limits)
    : api_(api), limits_(limits), feed_(std::move(source)), archive_(api.archive_read_new()) {}

ArchiveStream::~ArchiveStream() {
  if (archive_ != nullptr) api_.archive_read_free(archive_);
}

Result<std::unique_ptr<ArchiveStream>> ArchiveStream::open(std::shared_ptr<const io::ByteSource> source, const ArchiveLimits& limits) {
  const auto& loaded = libarchive();
  if (!loaded) return loaded.error();
  const LibArchive& api = *loaded;
  std::unique_ptr<ArchiveStream> s(new ArchiveStream(api, std::move(source), limits));
  if (s->archive_ == nullptr) return Error{ErrorCode::limit, "archive", "memory", "none left"};
  api.archive_read_support_filter_gzip(s->archive_);
  api.archive_read_support_filter_bzip2(s->archive_);
  api.archive_read_support_filter_xz(s->archive_);
  api.archive_read_support_filter_zstd(s->archive_);
  api.archive_read_support_format_tar(s->archive_);
  api.archive_read_support_format_zip(s->archive_);
  api.archive_read_support_format_7zip(s->archive_);
  // A block of zeros where a header stood must not pass for the end of a tar: what follows is looked at.
  api.archive_read_set_format_option(s->archive_, "tar", "read_concatenated_archives", "1");
  s->feed_.attach(api, s->archive_);
  s->place_ = "archive";
  if (api.archive_read_open1(s->archive_) < ARCHIVE_WARN) return s->failed(ErrorCode::unsupported, "a zip, 7z or tar archive");
  return s;
}

Error ArchiveStream::failed(ErrorCode code, const char* wanted) const {
  if (feed_.failure()) return *feed_.failure();
  std::string why = to_valid_utf8(text_or(api_.archive_error_string(archive_), "damaged"));
  return Error{code, place_, wanted, std::move(why)};
}

Member ArchiveStream::describe(struct archive_entry* entry) const {
  Member m;
  m.name = name_of(api_, entry);
  m.kind = kind_of(api_, entry);
  if (api_.archive_entry_size_is_set(entry) != 0)
    m.size = static_cast<std::uint64_t>(std::max<la_int64_t>(api_.archive_entry_size(entry), 0));
  if (api_.archive_entry_mtime_is_set(entry) != 0) m.modified = FileTime::from_unix(api_.archive_entry_mtime(entry));
  auto path = member_path(m.name, limits_);
  if (!path) {
    m.refused = path.error();
    return m;
  }
  m.path = *std::move(path);
  if (api_.archive_entry_is_data_encrypted(entry) != 0 || api_.archive_entry_is_metadata_encrypted(entry) != 0) {
    m.refused = Error{ErrorCode::encrypted, "member " + m.name, "readable bytes", "an encrypted member"};
    m.refused->advice = "unpack it with its password and name the folder";
  } else if (m.kind == io::EntryKind::link) {
    m.refused = Error{ErrorCode::unsupported, "member " + m.name, "a file or folder", "a link, which is not followed"};
  } else if (m.kind == io::EntryKind::other) {
    m.refused = Error{ErrorCode::unsupported, "member " + m.name, "a file or folder", "a device, pipe or socket"};
  }
  return m;
}

Result<std::optional<Member>> ArchiveStream::next() {
  if (stopped_) return *stopped_;
  if (auto passed = skip_rest(); !passed) return passed.error();
  place_ = "archive";
  const Utf8Names utf8;
  struct archive_entry* entry = nullptr;
  int status = ARCHIVE_RETRY;
  for (int i = 0; i < kRetries && status == ARCHIVE_RETRY; ++i) {
    status = api_.archive_read_next_header(archive_, &entry);
    if (status == ARCHIVE_RETRY) skipped_ = failed(ErrorCode::corrupt, "the header of the next member");
  }
  if (status == ARCHIVE_EOF) return std::optional<Member>{};
  if (status < ARCHIVE_WARN) {
    const bool locked = api_.archive_read_has_encrypted_entries(archive_) > 0;
    Error e = failed(locked ? ErrorCode::encrypted : ErrorCode::corrupt, "the header of the next member");
    e.offset = static_cast<std::uint64_t>(std::max<la_int64_t>(api_.archive_read_header_position(archive_), 0));
    return e;
  }
  Member m = describe(entry);
  place_ = "member " + m.name;
  declared_ = m.size;
  member_bytes_ = 0;
  member_start_ = packed_so_far();
  open_member_ = m.kind == io::EntryKind::file && !(m.refused && m.refused->code == ErrorCode::encrypted);
  return std::optional<Member>(std::move(m));
}

Result<std::size_t> ArchiveStream::read(std::span<std::byte> out) {
  if (!open_member_ || out.empty()) return std::size_t{0};
  la_ssize_t n = ARCHIVE_RETRY;
  for (int i = 0; i < kRetries && n == ARCHIVE_RETRY; ++i) n = api_.archive_read_data(archive_, out.data(), out.size());
  if (n < 0) {
    open_member_ = false;
    return failed(ErrorCode::corrupt, "its bytes");
  }
  count(static_cast<std::uint64_t>(n));
  if (n == 0) open_member_ = false;
  if (declared_ && member_bytes_ > *declared_) {
    open_member_ = false;
    return Error{ErrorCode::corrupt, place_, fmt::format("{} bytes, as declared", *declared_), "more"};
  }
  if (auto e = bomb()) {
    stop(*e);
    return *std::move(e);
  }
  return static_cast<std::size_t>(n);
}

/// libarchive would unpack what is skipped in one call, however much it is: where skipping means unpacking, it is done here,
/// block by block and counted.
Status ArchiveStream::skip_rest() {
  while (open_member_ && !jumps()) {
    const void* block = nullptr;
    std::size_t n = 0;
    la_int64_t at = 0;
    const int status = api_.archive_read_data_block(archive_, &block, &n, &at);
    if (status == ARCHIVE_EOF) break;
    if (status == ARCHIVE_FATAL) return failed(ErrorCode::corrupt, "its bytes");
    if (status < ARCHIVE_WARN) break;  // this member is damaged; the next header may be found
    count(n);
    if (auto e = bomb()) {
      stop(*e);
      return *std::move(e);
    }
  }
  open_member_ = false;
  return ok();
}

/// What lies behind a bomb can be reached only where members are jumped over, not unpacked.
void ArchiveStream::stop(const Error& e) {
  if (!jumps()) stopped_ = e;
  open_member_ = false;
}

bool ArchiveStream::jumps() const { return !sequential() && declared_.has_value(); }

void ArchiveStream::count(std::uint64_t unpacked) {
  member_bytes_ += unpacked;
  unpacked_ += unpacked;
}

std::uint64_t ArchiveStream::packed_so_far() const {
  return static_cast<std::uint64_t>(std::max<la_int64_t>(api_.archive_filter_bytes(archive_, -1), 0));
}

std::optional<Error> ArchiveStream::bomb() const {
  const std::uint64_t packed = packed_so_far();
  // Both views are needed: one member that swells, and many that share the same packed bytes.
  const std::uint64_t member_packed = packed - std::min(member_start_, packed);
  const bool one = member_bytes_ > limits_.free_bytes && member_bytes_ / limits_.ratio > member_packed;
  const bool all = unpacked_ / 16 > limits_.free_bytes && unpacked_ / limits_.ratio > packed_bytes();
  if (!one && !all) return std::nullopt;
  return Error{ErrorCode::limit,
               place_,
               fmt::format("at most {} bytes unpacked from each", limits_.ratio),
               one ? fmt::format("{} bytes and more from {}: a bomb", member_bytes_, member_packed)
                   : fmt::format("{} bytes and more from an archive of {}: a bomb", unpacked_, packed_bytes()),
               {},
               "unpack it yourself if you trust it, and name the folder"};
}

bool ArchiveStream::sequential() const { return api_.archive_filter_count(archive_) > 1; }

std::string ArchiveStream::format() const {
  const int base = api_.archive_format(archive_) & ARCHIVE_FORMAT_BASE_MASK;
  std::string name = base == ARCHIVE_FORMAT_ZIP ? "zip" : base == ARCHIVE_FORMAT_7ZIP ? "7z" : "tar";
  switch (api_.archive_filter_code(archive_, 0)) {
    case ARCHIVE_FILTER_GZIP: return name + ".gz";
    case ARCHIVE_FILTER_BZIP2: return name + ".bz2";
    case ARCHIVE_FILTER_XZ: return name + ".xz";
    case ARCHIVE_FILTER_ZSTD: return name + ".zst";
    default: return name;
  }
}

}  // namespace tq::fs
