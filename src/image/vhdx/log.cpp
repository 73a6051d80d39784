#include "image/vhdx/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "image/vhdx/checksum.hpp"
#include "image/vhdx/overlay.hpp"
#include "io/window.hpp"

namespace tq::image::vhdx_format {
namespace {

constexpr std::uint64_t kMaxLogBytes = 16 * kMiB;  // Windows and qemu write logs of 1 MiB
/// A forged log may hold entries inside entries; summing each of them is bounded by this many times the log.
constexpr std::uint64_t kMaxSummed = 8;
constexpr std::uint64_t kMaxFileBytes = std::uint64_t{1} << 62;

struct Entry {
  LogEntry head;
  Bytes bytes;
  std::uint64_t at = 0;  ///< in the log
};
/// Entries with sequence numbers that follow one another, oldest first.
using Sequence = std::vector<Entry>;

std::uint64_t data_start(const LogEntry& head) {
  const std::uint64_t end = sizeof(LogEntry) + sizeof(LogDescriptor) * std::uint64_t{head.descriptors};
  return (end + kLogSector - 1) / kLogSector * kLogSector;
}

bool is(const std::array<char, 4>& signature, std::string_view wanted) { return std::string_view(signature.data(), 4) == wanted; }

/// A sector of data carries the entry's sequence number in two halves, at both ends: one torn write and they differ.
bool data_sector_fits(const Entry& e, std::uint64_t index) {
  const auto ends = e.bytes.try_get<LogDataEnds>(data_start(e.head) + index * kLogSector);
  const auto low = e.bytes.try_get<le32>(data_start(e.head) + (index + 1) * kLogSector - 4);
  return ends && low && is(ends->signature, "data") && ends->sequence_high == e.head.sequence >> 32 &&
         *low == (e.head.sequence & 0xFFFFFFFF);
}

bool descriptors_fit(const Entry& e) {
  std::uint64_t sectors = 0;
  for (std::uint64_t i = 0; i < e.head.descriptors; ++i) {
    const auto d = e.bytes.try_get<LogDescriptor>(sizeof(LogEntry) + i * sizeof(LogDescriptor));
    if (!d || d->sequence != e.head.sequence || d->offset % kLogSector != 0 || d->offset > kMaxFileBytes) return false;
    if (is(d->signature, "zero")) {
      if (d->leading % kLogSector != 0 || d->leading > kMaxFileBytes) return false;
    } else if (!is(d->signature, "desc") || !data_sector_fits(e, sectors++)) {
      return false;
    }
  }
  return true;
}

class Log {
 public:
  /// `twice`: the log's bytes two times in a row, so that an entry that wraps lies in one piece.
  Log(Bytes twice, const Guid& id) : twice_(twice), bytes_(twice.size() / 2), id_(id) {}

  /// The run of entries that counts: of those whose newest entry names one of the run as the oldest still needed, the one
  /// with the highest sequence number; from that oldest entry on. Empty when there is none.
  Sequence active() {
    Sequence best;
    for (std::uint64_t at = 0; at < bytes_;) {
      Sequence run = run_from(at);
      at += run.empty() ? kLogSector : length(run);
      if (run.empty() || (!best.empty() && best.back().head.sequence >= run.back().head.sequence)) continue;
      const std::uint64_t tail = run.back().head.tail;
      const auto oldest = std::find_if(run.begin(), run.end(), [&](const Entry& e) { return e.at == tail; });
      if (oldest != run.end()) best.assign(oldest, run.end());
    }
    return best;
  }

 private:
  static std::uint64_t length(const Sequence& run) {
    std::uint64_t sum = 0;
    for (const Entry& e : run) sum += e.head.size;
    return sum;
  }

  Sequence run_from(std::uint64_t at) {
    Sequence run;
    std::uint64_t used = 0;
    while (auto e = entry_at((at + used) % bytes_)) {
      if (!run.empty() && e->head.sequence != run.back().head.sequence + 1) break;
      used += e->head.size;
      if (used > bytes_) break;
      run.push_back(*e);
    }
    return run;
  }

  std::optional<Entry> entry_at(std::uint64_t at) {
    const auto head = twice_.try_get<LogEntry>(at);
    if (!head || !is(head->signature, "loge") || head->log_guid != id_ || head->sequence == 0) return std::nullopt;
    if (head->size < kLogSector || head->size % kLogSector != 0 || head->size > bytes_) return std::nullopt;
    if (data_start(*head) > head->size) return std::nullopt;
    summed_ += head->size;
    if (summed_ > kMaxSummed * bytes_) return std::nullopt;
    const Entry e{*head, *twice_.try_sub(at, head->size), at};
    if (checksum_of(e.bytes) != head->checksum || !descriptors_fit(e)) return std::nullopt;
    return e;
  }

  Bytes twice_;
  std::uint64_t bytes_;
  Guid id_;
  std::uint64_t summed_ = 0;
};

/// A data sector gave its first eight and last four bytes to its own signature; the descriptor holds them.
std::vector<std::byte> sector_of(const Entry& e, const LogDescriptor& d, std::uint64_t index) {
  const auto stored = e.bytes.span().subspan(data_start(e.head) + index * kLogSector, kLogSector);
  std::vector<std::byte> out(stored.begin(), stored.end());
  std::memcpy(out.data(), &d.leading, sizeof d.leading);
  std::memcpy(out.data() + out.size() - sizeof d.trailing, &d.trailing, sizeof d.trailing);
  return out;
}

void apply(const Entry& e, Overlay& file) {
  std::uint64_t sectors = 0;
  for (std::uint64_t i = 0; i < e.head.descriptors; ++i) {
    const auto d = *e.bytes.try_get<LogDescriptor>(sizeof(LogEntry) + i * sizeof(LogDescriptor));  // descriptors_fit() holds
    if (is(d.signature, "zero"))
      file.zero(d.offset, d.leading);
    else
      file.write(d.offset, sector_of(e, d, sectors++));
  }
  if (e.head.last_bytes < kMaxFileBytes) file.grow(e.head.last_bytes);
}

/// What is wrong with where the log lies; empty when nothing is.
std::string fault(const io::ByteSource& file, const Header& h) {
  const std::uint64_t offset = h.log_offset, size = h.log_bytes;
  if (size == 0 || size % kMiB != 0 || offset < kHeaderAreaBytes || offset % kMiB != 0) return "its place in the header is damaged";
  if (size > kMaxLogBytes) return fmt::format("it has {} bytes, the limit is {}", size, kMaxLogBytes);
  if (offset > file.size() || size > file.size() - offset) return "it lies outside the file";
  return {};
}

}  // namespace

Result<std::shared_ptr<const io::ByteSource>> replay_log(std::shared_ptr<const io::ByteSource> file, const Header& header,
                                                         std::vector<std::string>& notes) {
  if (header.log_guid == Guid{}) return file;
  if (header.log_version != 0)
    return Error{ErrorCode::unsupported, "vhdx.header.log_version", "0", fmt::format("{}", std::uint16_t{header.log_version})};
  const auto not_replayed = [&](const std::string& why) {
    notes.push_back("vhdx: the log was not replayed: " + why + "; the newest changes may be missing");
    return file;
  };
  if (const std::string why = fault(*file, header); !why.empty()) return not_replayed(why);
  std::vector<std::byte> twice(2 * std::uint64_t{header.log_bytes});
  TQ_TRY([[maybe_unused]] const auto read,
         io::read_exactly(*file, header.log_offset, std::span(twice).first(header.log_bytes), "vhdx.log"));
  std::copy_n(twice.begin(), header.log_bytes, twice.begin() + static_cast<std::ptrdiff_t>(twice.size() / 2));
  const Sequence active = Log(bytes_of(twice), header.log_guid).active();
  if (active.empty()) return not_replayed("it holds no whole sequence of entries");
  // Replaying over a file that was cut would pass the missing end off as zeros.
  if (file->size() < active.back().head.flushed_bytes) return not_replayed("the file is shorter than when it was written");
  const auto overlay = std::make_shared<Overlay>(file);
  for (const Entry& e : active) apply(e, *overlay);
  notes.push_back(fmt::format("vhdx: log replayed in memory: {} entries", active.size()));
  return std::shared_ptr<const io::ByteSource>(overlay);
}

}  // namespace tq::image::vhdx_format
