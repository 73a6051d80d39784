#include "image/ewf/segments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/ascii.hpp"
#include "core/text.hpp"
#include "image/ewf/adler32.hpp"
#include "io/window.hpp"

namespace tq::image::ewf_format {
namespace {

constexpr std::size_t kMaxSegments = 4096;
constexpr std::size_t kMaxSections = 65536;           // of one segment; 2 GiB hold about a hundred
constexpr std::uint32_t kMaxTableEntries = 4U << 20;  // EnCase 16375, ewfacquire 65534, later ones more
constexpr std::size_t kMaxTables = 1U << 18;          // 128 TiB in chunks of 32 KiB, as EnCase lists them
constexpr std::uint64_t kMaxChunkBytes = 16U << 20;   // ewfacquire's largest
constexpr std::uint64_t kMaxDiskBytes = std::uint64_t{1} << 60;

template <OnDisk T>
Result<T> read_struct(const io::ByteSource& file, std::uint64_t offset, const char* place) {
  std::vector<std::byte> raw(sizeof(T));
  TQ_TRY([[maybe_unused]] const auto read, io::read_exactly(file, offset, raw, place));
  return *bytes_of(raw).try_get<T>(0);
}

struct Section {
  std::string type;
  std::uint64_t at = 0, body = 0, end = 0, next = 0;
};

Result<Section> read_section(const io::ByteSource& file, std::uint64_t at) {
  std::array<std::byte, sizeof(SectionHeader)> raw{};
  TQ_TRY([[maybe_unused]] const auto read, io::read_exactly(file, at, raw, "ewf.section"));
  const auto h = *Bytes(raw).try_get<SectionHeader>(0);
  const std::uint32_t sum = adler32(Bytes(std::span(raw).first(raw.size() - 4)));
  if (sum != h.checksum)
    return Error{ErrorCode::corrupt, "ewf.section.checksum", fmt::format("0x{:08x}", std::uint32_t{h.checksum}),
                 fmt::format("0x{:08x}", sum), at};
  const std::string_view type(h.type.data(), h.type.size());
  Section s{std::string(type.substr(0, type.find('\0'))), at, at + sizeof h, 0, h.next};
  // Some writers leave the size of the last section out; elsewhere sections lie end to end.
  s.end = h.size >= sizeof h && h.size <= file.size() - at ? at + h.size : std::clamp(s.next, s.body, std::max(file.size(), s.body));
  return s;
}

class Reader {
 public:
  explicit Reader(const File& file) : file_(file) {}

  Result<Segments> run() {
    TQ_TRY(const FileHeader head, read_struct<FileHeader>(*file_.bytes, 0, "ewf.file_header"));
    if (head.segment != 1)
      return Error{
          ErrorCode::usage,    printable(file_.name), "the first segment", fmt::format("segment {}", std::uint16_t{head.segment}), 9,
          "name the .E01 file"};
    add(file_.bytes, file_.name);
    if (out_.chunk_bytes == 0)
      return volume_error_ ? *volume_error_ : Error{ErrorCode::corrupt, "ewf.volume", "a volume section", "none", 13};
    add_later();
    finish();
    return std::move(out_);
  }

 private:
  void note(const std::string& text) { out_.notes.push_back("ewf: " + text); }

  void add(std::shared_ptr<const io::ByteSource> source, const std::string& name) {
    out_.sources.push_back(std::move(source));
    out_.names.push_back(name);
    more_ = false;
    if (const auto walked = walk(); !walked) note(printable(name) + ": " + walked.error().text() + "; what follows in it is lost");
  }

  /// Segments are asked for until one ends the image, so that a missing one is told apart from the end.
  void add_later() {
    for (auto name = next_name(file_.name); !done_ && name; name = next_name(*name)) {
      if (file_.beside == nullptr) return;
      if (out_.sources.size() >= kMaxSegments)
        return note(fmt::format("more than {} segments; the chunks behind them cannot be read", kMaxSegments));
      auto source = file_.beside->open(*name);
      if (!source) {
        if (more_ || source.error().code != ErrorCode::not_found)
          note(printable(*name) + " is missing; the chunks in it and behind it cannot be read");
        return;
      }
      if (const std::string why = stranger(**source, out_.sources.size() + 1); !why.empty()) {
        note(printable(*name) + ": " + why + "; it is not used");
        return;
      }
      add(std::shared_ptr<const io::ByteSource>(*std::move(source)), *name);
    }
  }

  /// Why a file cannot be the segment of that number; empty when it can.
  static std::string stranger(const io::ByteSource& source, std::size_t number) {
    const auto head = read_struct<FileHeader>(source, 0, "ewf.file_header");
    if (!head || !has_signature(source)) return "no EWF segment";
    return head->segment == number ? std::string{} : fmt::format("segment {} where {} was expected", std::uint16_t{head->segment}, number);
  }

  /// The sections of the last segment. Each must lie behind the one before, so the walk ends.
  Status walk() {
    const io::ByteSource& source = *out_.sources.back();
    std::uint64_t at = sizeof(FileHeader), sectors_end = 0;
    for (std::size_t count = 0; count < kMaxSections; ++count) {
      TQ_TRY(const Section s, read_section(source, at));
      if (s.type == "volume" || s.type == "disk" || s.type == "data") take_volume(source, s);
      if (s.type == "sectors") sectors_end = s.end;
      if (s.type == "table" || s.type == "table2") {
        TQ_TRY([[maybe_unused]] const auto taken, take_table(source, s, sectors_end));
      }
      done_ = s.type == "done";
      more_ = s.type == "next";
      if (done_ || more_) return ok();
      if (s.next <= at) return Error{ErrorCode::corrupt, "ewf.section.next", "a later section", fmt::format("{}", s.next), at};
      at = s.next;
    }
    return Error{ErrorCode::limit, "ewf.sections", fmt::format("at most {}", kMaxSections), "more", at};
  }

  /// Later segments repeat what the first says; only the first whole one counts.
  void take_volume(const io::ByteSource& source, const Section& s) {
    check_set(source, s);
    if (out_.chunk_bytes != 0 || s.type == "data") return;
    if (const auto taken = read_volume(source, s); !taken) volume_error_ = taken.error();
  }

  Status read_volume(const io::ByteSource& source, const Section& s) {
    const bool smart = s.end - s.body < kVolumeBytes;
    std::vector<std::byte> raw(smart ? kSmartVolumeBytes : kVolumeBytes);
    TQ_TRY([[maybe_unused]] const auto read, io::read_exactly(source, s.body, raw, "ewf.volume"));
    const auto stored = *bytes_of(raw).try_get<le32>(raw.size() - 4);
    if (adler32(Bytes(std::span(raw).first(raw.size() - 4))) != stored) note("the checksum of the volume section is wrong");
    const auto v = *bytes_of(raw).try_get<Volume>(0);
    const std::uint64_t sectors = smart ? v.sectors & 0xFFFFFFFF : std::uint64_t{v.sectors};
    if (v.sector_bytes != 512 && v.sector_bytes != 1024 && v.sector_bytes != 2048 && v.sector_bytes != 4096)
      return Error{ErrorCode::corrupt, "ewf.volume.bytes_per_sector", "512 to 4096", fmt::format("{}", std::uint32_t{v.sector_bytes}),
                   s.body + 12};
    const std::uint64_t chunk_bytes = std::uint64_t{v.chunk_sectors} * v.sector_bytes;
    if (chunk_bytes == 0 || chunk_bytes > kMaxChunkBytes)
      return Error{ErrorCode::corrupt, "ewf.volume.sectors_per_chunk", "chunks of at most 16 MiB", fmt::format("{} bytes", chunk_bytes),
                   s.body + 8};
    if (sectors > kMaxDiskBytes / v.sector_bytes)
      return Error{ErrorCode::corrupt, "ewf.volume.sector_count", "at most 2^60 bytes", fmt::format("{} sectors", sectors), s.body + 16};
    out_.sector_bytes = v.sector_bytes;
    out_.chunk_bytes = static_cast<std::uint32_t>(chunk_bytes);
    out_.disk_bytes = sectors * v.sector_bytes;
    return ok();
  }

  /// The id of the acquisition, which every segment of EnCase 5 and later repeats.
  void check_set(const io::ByteSource& source, const Section& s) {
    if (s.end - s.body < kVolumeBytes) return;
    const auto id = read_struct<Guid>(source, s.body + kSetIdAt, "ewf.volume.set_identifier");
    if (!id || *id == Guid{}) return;
    if (set_ == Guid{}) set_ = *id;
    if (set_ != *id) note(printable(out_.names.back()) + " belongs to another image, by its set identifier");
  }

  /// table2 repeats the table before it; alone it stands in for a table that was lost.
  Status take_table(const io::ByteSource& source, const Section& s, std::uint64_t sectors_end) {
    TQ_TRY(const TableHeader h, read_struct<TableHeader>(source, s.body, "ewf.table"));
    const std::uint64_t entries_at = s.body + sizeof h;
    const std::size_t segment = out_.sources.size() - 1;
    Table* last = out_.tables.empty() ? nullptr : &out_.tables.back();
    if (s.type == "table2" && last != nullptr && last->segment == segment && last->copy_offset == 0) {
      if (h.entries == last->entries) last->copy_offset = entries_at;
      return ok();
    }
    if (h.entries > kMaxTableEntries || std::uint64_t{h.entries} * 4 > source.size() - std::min(entries_at, source.size()))
      return Error{ErrorCode::corrupt, "ewf.table.entries", "entries inside the file", fmt::format("{}", std::uint32_t{h.entries}), s.body};
    if (h.entries == 0) return ok();
    if (out_.tables.size() >= kMaxTables) return Error{ErrorCode::limit, "ewf.tables", fmt::format("at most {}", kMaxTables), "more", s.at};
    // SMART keeps the chunks behind the entries in the table section itself.
    const std::uint64_t data_end = sectors_end != 0 ? sectors_end : s.end;
    out_.tables.push_back({segment, out_.chunks_listed, h.entries, h.base, entries_at, 0, data_end});
    out_.chunks_listed += h.entries;
    return ok();
  }

  void finish() {
    // Acquisitions from a stream do not know the size beforehand; some leave it out.
    if (out_.disk_bytes == 0) out_.disk_bytes = out_.chunks_listed * out_.chunk_bytes;
    const std::uint64_t wanted = (out_.disk_bytes + out_.chunk_bytes - 1) / out_.chunk_bytes;
    if (out_.chunks_listed < wanted)
      note(fmt::format("{} of {} chunks are listed; the rest of the disk cannot be read", out_.chunks_listed, wanted));
  }

  const File& file_;
  Segments out_;
  std::optional<Error> volume_error_;
  Guid set_{};
  bool done_ = false, more_ = false;
};

}  // namespace

bool has_signature(const io::ByteSource& file) {
  std::array<std::byte, 8> raw{};
  const auto n = file.read_at(0, raw);
  using namespace std::string_view_literals;
  return n && *n == raw.size() && Bytes(raw).chars() == "EVF\x09\r\n\xff\0"sv;
}

std::optional<std::string> next_name(std::string_view name) {
  if (name.size() < 4 || name[name.size() - 4] != '.') return std::nullopt;
  std::string out(name);
  char* s = out.data() + out.size() - 3;
  const bool lower = s[0] >= 'a';
  const char a = lower ? 'a' : 'A', z = lower ? 'z' : 'Z';
  if (is_digit(s[1]) && is_digit(s[2])) {
    const int number = (s[1] - '0') * 10 + (s[2] - '0') + 1;
    s[1] = number > 99 ? a : static_cast<char>('0' + number / 10);
    s[2] = number > 99 ? a : static_cast<char>('0' + number % 10);
    return out;
  }
  for (int i = 2; i >= 0; --i) {
    if (s[i] < a || s[i] > z) return std::nullopt;
    if (s[i] != z) {
      ++s[i];
      return out;
    }
    s[i] = a;
  }
  return std::nullopt;
}

Result<Segments> read_segments(const File& file) { return Reader(file).run(); }

}  // namespace tq::image::ewf_format
