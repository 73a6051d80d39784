// HvLE logs of NT 6.3 on: a run of hashed entries, each with the pages of one write.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "format/regf/base_block.hpp"
#include "format/regf/log.hpp"
#include "format/regf/marvin32.hpp"

namespace tq::format::regf {
namespace {

constexpr std::uint64_t kEntryHeaderBytes = 40;
constexpr std::uint64_t kHashedHeaderBytes = 32;
constexpr std::uint64_t kReferenceBytes = 8;

struct EntryHeader {
  std::array<char, 4> signature;  ///< "HvLE"
  le32 size;
  le32 flags;
  le32 sequence;
  le32 bins_bytes;
  le32 pages;
  le64 hash1;  ///< of everything from offset 40 on
  le64 hash2;  ///< of the first 32 bytes, hash1 included
};
static_assert(OnDisk<EntryHeader> && sizeof(EntryHeader) == kEntryHeaderBytes);

struct HvleLog {
  NamedLog log;
  BaseBlock header;
  [[nodiscard]] std::uint32_t first() const { return header.seq1; }
};

/// Sequence numbers wrap: a comes before b when the way from a to b is the shorter one.
bool before(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) < 0; }

struct Entry {
  EntryHeader head;
  Bytes bytes;
};

/// The pages of an entry fit into it and into the hive that it describes.
bool pages_fit(const Entry& e) {
  std::uint64_t used = kEntryHeaderBytes + e.head.pages * kReferenceBytes;
  if (used > e.bytes.size()) return false;
  for (std::uint64_t i = 0; i < e.head.pages; ++i) {
    const auto offset = e.bytes.try_get<std::uint32_t>(kEntryHeaderBytes + i * kReferenceBytes);
    const auto size = e.bytes.try_get<std::uint32_t>(kEntryHeaderBytes + i * kReferenceBytes + 4);
    used += size.value_or(0);
    if (used > e.bytes.size() || std::uint64_t{offset.value_or(0)} + size.value_or(0) > e.head.bins_bytes) return false;
  }
  return true;
}

/// What is wrong with the entry at `at`; empty when it is whole. Remnants of older runs are no fault: see run().
std::string fault(const Entry& e) {
  if (e.head.hash2 != marvin32(Bytes(e.bytes.span().first(kHashedHeaderBytes)))) return "hash-2 wrong";
  if (e.head.hash1 != marvin32(Bytes(e.bytes.span().subspan(kEntryHeaderBytes)))) return "hash-1 wrong";
  if (e.head.bins_bytes == 0 || e.head.bins_bytes % kBinAlign != 0) return "hive bins size wrong";
  if (!pages_fit(e)) return "page references wrong";
  return {};
}

class Replayer {
 public:
  Replayer(std::vector<std::byte>& primary, std::span<const NamedLog> logs)
      : primary_(primary), logs_(logs), valid_(base_block_valid(bytes_of(primary))) {
    if (valid_) oldest_ = bytes_of(primary).try_get<BaseBlock>(0)->seq2;
  }

  Applied run() {
    if (!valid_) untouched_ = primary_;
    for (const HvleLog& log : in_order())
      if (!play(log)) break;
    if (done_.entries != 0) write_base_block(primary_, header_, last_, bins_bytes_);
    return std::move(done_);
  }

 private:
  std::vector<HvleLog> in_order() const {
    std::vector<HvleLog> out;
    // Wrapping numbers have no strict order for std::sort to rely on; three logs are put in by hand.
    for (const NamedLog& log : logs_) {
      const HvleLog one{log, *log.bytes.try_get<BaseBlock>(0)};
      const auto at = std::find_if(out.begin(), out.end(), [&](const HvleLog& other) { return before(one.first(), other.first()); });
      out.insert(at, one);
    }
    return out;
  }

  void note_text(const std::string& text) {
    if (!done_.detail.empty()) done_.detail += "; ";
    done_.detail += text;
  }
  void note(const HvleLog& log, const std::string& text) { note_text(fmt::format("{}: {}", log.log.name, text)); }

  /// False when nothing after this log may be used: a hole in the sequence would mix two states of the hive.
  bool play(const HvleLog& log) {
    if (done_.entries != 0 && log.first() != last_ + 1) {
      note(log, fmt::format("starts at sequence {}, {} was expected", log.first(), last_ + 1));
      if (valid_) return false;
      start_over();
    }
    const std::uint32_t had = done_.entries;
    const std::uint32_t had_pages = done_.pages;
    const std::string trouble = play_entries(log);
    if (done_.entries != had) {
      note(log, fmt::format("{} entries, {} pages replayed", done_.entries - had, done_.pages - had_pages));
      header_ = log.header;
    }
    if (!trouble.empty()) note(log, trouble);
    // A log that is older than the hive says nothing against the next one; a damaged run does.
    return !damaged_;
  }

  /// Without a base block nothing says which of two separate runs the hive had reached. The later one holds the newer
  /// pages, and Windows itself uses only that: what the older one wrote is taken back.
  void start_over() {
    primary_ = untouched_;
    done_.entries = done_.pages = 0;
    note_text("the older log is not used");
  }

  /// Plays the run of entries whose numbers follow each other; what comes after it is left from earlier runs.
  std::string play_entries(const HvleLog& log) {
    const Bytes b = log.log.bytes;
    std::uint32_t expected = log.first();
    bool skipped = false;
    std::uint32_t played = 0;
    std::uint64_t at = kSectorBytes;
    for (auto e = entry_at(b, at); e; e = entry_at(b, at)) {
      if (e->head.sequence != expected) break;
      if (const std::string why = fault(*e); !why.empty()) return stop(at, expected, why);
      if (valid_ && before(expected, oldest_)) {
        skipped = true;
      } else {
        if (!growth_plausible(e->head.bins_bytes, primary_, logs_)) return stop(at, expected, "hive bins size not plausible");
        write(*e);
        ++played;
      }
      at += e->bytes.size();
      ++expected;
    }
    if (played != 0) return {};
    return skipped ? fmt::format("only entries older than the hive's sequence {}", oldest_) : "no usable entry";
  }

  std::string stop(std::uint64_t at, std::uint32_t sequence, const std::string& why) {
    damaged_ = true;
    return fmt::format("entry {} at {:#x}: {}; it and what follows is not used", sequence, at, why);
  }

  static std::optional<Entry> entry_at(Bytes log, std::uint64_t at) {
    const auto head = log.try_get<EntryHeader>(at);
    if (!head || std::string_view(head->signature.data(), 4) != "HvLE") return std::nullopt;
    const auto bytes = log.try_sub(at, head->size);
    if (!bytes || head->size < kSectorBytes || head->size % kSectorBytes != 0) return std::nullopt;
    return Entry{*head, *bytes};
  }

  void write(const Entry& e) {
    if (primary_.size() < kBaseBlockBytes + e.head.bins_bytes) primary_.resize(kBaseBlockBytes + e.head.bins_bytes);
    std::uint64_t from = kEntryHeaderBytes + e.head.pages * kReferenceBytes;
    for (std::uint64_t i = 0; i < e.head.pages; ++i) {
      const std::uint64_t ref = kEntryHeaderBytes + i * kReferenceBytes;
      const std::uint64_t offset = e.bytes.try_get<std::uint32_t>(ref).value_or(0);
      const std::uint64_t size = e.bytes.try_get<std::uint32_t>(ref + 4).value_or(0);
      std::memcpy(primary_.data() + kBaseBlockBytes + offset, e.bytes.data() + from, size);  // pages_fit() holds
      from += size;
    }
    last_ = e.head.sequence;
    bins_bytes_ = e.head.bins_bytes;
    done_.pages += e.head.pages;
    ++done_.entries;
  }

  std::vector<std::byte>& primary_;
  std::vector<std::byte> untouched_;  ///< the hive as it was; kept only when its base block is bad
  std::span<const NamedLog> logs_;
  bool valid_;
  std::uint32_t oldest_ = 0;
  std::uint32_t last_ = 0;
  std::uint32_t bins_bytes_ = 0;
  BaseBlock header_{};
  bool damaged_ = false;
  Applied done_;
};

}  // namespace

Applied replay_hvle(std::vector<std::byte>& primary, std::span<const NamedLog> logs) { return Replayer(primary, logs).run(); }

}  // namespace tq::format::regf
