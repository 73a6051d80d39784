#include "tests/support/pe_builder.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "core/text.hpp"

namespace tq::test {
namespace {

using format::pe::Directory;
using format::pe::DirectoryEntry;
using format::pe::Import;
using format::pe::kDirectories;
using format::pe::Machine;

constexpr std::uint32_t kFileAlignment = 0x200;
constexpr std::uint32_t kNtAt = 0x80;
constexpr std::uint32_t kDelayUsesRva = 1;

/// Bytes that grow, with fields that are filled in later.
class Blob {
 public:
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(b_.size()); }
  void put(std::uint64_t v, int width) {
    for (int i = 0; i < width; ++i) b_.push_back(static_cast<std::byte>(v >> (8 * i)));
  }
  void u16(std::uint32_t v) { put(v, 2); }
  void u32(std::uint32_t v) { put(v, 4); }
  void zeros(std::uint32_t n) { b_.insert(b_.end(), n, std::byte{0}); }
  void align(std::uint32_t to) {
    while (size() % to != 0) b_.push_back(std::byte{0});
  }
  void asciiz(const std::string& s) {
    for (const char c : s) b_.push_back(static_cast<std::byte>(c));
    b_.push_back(std::byte{0});
  }
  void utf16z(const std::string& s) {
    for (const char16_t c : utf8_to_utf16(s)) u16(c);
    u16(0);
  }
  void add(const std::vector<std::byte>& other) { b_.insert(b_.end(), other.begin(), other.end()); }
  void set(std::uint32_t at, std::uint64_t v, int width) {
    for (int i = 0; i < width; ++i) b_[at + static_cast<std::uint32_t>(i)] = static_cast<std::byte>(v >> (8 * i));
  }
  std::vector<std::byte> take() { return std::move(b_); }
  [[nodiscard]] const std::vector<std::byte>& bytes() const { return b_; }

 private:
  std::vector<std::byte> b_;
};

/// Opens a version node; returns where its length stands. close_node() fills it in.
std::uint32_t open_node(Blob& b, std::uint32_t value_length, std::uint32_t type, const std::string& key) {
  b.align(4);
  const std::uint32_t at = b.size();
  b.u16(0);
  b.u16(value_length);
  b.u16(type);
  b.utf16z(key);
  b.align(4);
  return at;
}
void close_node(Blob& b, std::uint32_t at) { b.set(at, b.size() - at, 2); }

/// Section-relative places of an import's parts.
struct ImportPlace {
  std::uint32_t dll = 0, names = 0, addresses = 0;
};

struct SectionPart {
  const char* name;
  Blob data;
  std::uint32_t characteristics, rva, offset;
};

std::uint32_t round_up(std::uint32_t n, std::uint32_t to) { return (n + to - 1) / to * to; }

}  // namespace

class PeWriter {
 public:
  explicit PeWriter(const PeBuilder& b) : b_(b), plus_(b.machine_ != Machine::x86 && b.machine_ != Machine::arm) {}

  std::vector<std::byte> write() {
    add_section(".text", code(), 0x60000020);
    if (!b_.imports_.empty() || !b_.delayed_.empty() || !b_.exports_.empty()) {
      const std::uint32_t rva = next_rva();
      add_section(".rdata", tables(rva), 0xC0000040);
    }
    if (b_.resource_) {
      const std::uint32_t rva = next_rva();
      add_section(".rsrc", resources(rva), 0x40000040);
    }
    if (b_.dotnet_) directory(Directory::clr) = {sections_.front().rva, 72};
    return finish();
  }

 private:
  [[nodiscard]] std::uint32_t section_alignment() const { return b_.machine_ == Machine::ia64 ? 0x2000 : 0x1000; }
  DirectoryEntry& directory(Directory d) { return directories_[static_cast<std::size_t>(d)]; }
  [[nodiscard]] std::uint32_t next_rva() const {
    if (sections_.empty()) return section_alignment();
    return round_up(sections_.back().rva + std::max(sections_.back().data.size(), 1U), section_alignment());
  }
  void add_section(const char* name, Blob data, std::uint32_t characteristics) {
    const std::uint32_t rva = next_rva();
    sections_.push_back({name, std::move(data), characteristics, rva, 0});
  }
  Blob code() {
    Blob t;
    t.add(b_.code_);
    return t;
  }

  Blob tables(std::uint32_t rva) {
    Blob t;
    if (!b_.imports_.empty()) put_imports(t, rva);
    if (!b_.delayed_.empty()) put_delayed(t, rva);
    if (!b_.exports_.empty()) put_exports(t, rva);
    return t;
  }

  /// Hint/name records, DLL name and the two thunk tables of one DLL.
  ImportPlace put_thunks(Blob& t, std::uint32_t rva, const Import& import) {
    ImportPlace p;
    std::vector<std::uint64_t> thunks;
    for (const std::string& name : import.names) {
      if (!name.empty() && name[0] == '#') {
        std::uint64_t ordinal = 0;
        parse_u64(std::string_view(name).substr(1), ordinal);
        thunks.push_back(ordinal | (std::uint64_t{1} << (plus_ ? 63 : 31)));
        continue;
      }
      t.align(2);
      thunks.push_back(rva + t.size());
      t.u16(0);
      t.asciiz(name);
    }
    thunks.push_back(0);
    p.dll = rva + t.size();
    t.asciiz(import.dll);
    for (std::uint32_t* table : {&p.names, &p.addresses}) {
      t.align(8);
      *table = rva + t.size();
      for (const std::uint64_t v : thunks) t.put(v, plus_ ? 8 : 4);
    }
    return p;
  }

  void put_imports(Blob& t, std::uint32_t rva) {
    std::vector<ImportPlace> places;
    for (const Import& i : b_.imports_) places.push_back(put_thunks(t, rva, i));
    t.align(4);
    directory(Directory::imports) = {rva + t.size(), static_cast<std::uint32_t>(20 * (places.size() + 1))};
    for (const ImportPlace& p : places)
      for (const std::uint32_t v : {p.names, 0U, 0U, p.dll, p.addresses}) t.u32(v);
    t.zeros(20);
  }

  void put_delayed(Blob& t, std::uint32_t rva) {
    std::vector<ImportPlace> places;
    for (const Import& i : b_.delayed_) places.push_back(put_thunks(t, rva, i));
    t.align(8);
    const std::uint32_t module = rva + t.size();
    t.zeros(8);
    directory(Directory::delay_imports) = {rva + t.size(), static_cast<std::uint32_t>(32 * (places.size() + 1))};
    for (const ImportPlace& p : places)
      for (const std::uint32_t v : {kDelayUsesRva, p.dll, module, p.addresses, p.names, 0U, 0U, 0U}) t.u32(v);
    t.zeros(32);
  }

  void put_exports(Blob& t, std::uint32_t rva) {
    t.align(4);
    const std::uint32_t start = t.size();
    const auto count = static_cast<std::uint32_t>(b_.exports_.size());
    std::vector<std::uint32_t> named;  // indexes, sorted by name as the loader's binary search wants
    for (std::uint32_t i = 0; i < count; ++i)
      if (!b_.exports_[i].name.empty()) named.push_back(i);
    std::sort(named.begin(), named.end(), [&](std::uint32_t x, std::uint32_t y) { return b_.exports_[x].name < b_.exports_[y].name; });
    const auto names = static_cast<std::uint32_t>(named.size());
    const std::uint32_t functions_at = start + 40, names_at = functions_at + 4 * count, ordinals_at = names_at + 4 * names;
    for (const std::uint32_t v : {0U, b_.time_stamp_, 0U, 0U, 1U, count, names, rva + functions_at, rva + names_at, rva + ordinals_at})
      t.u32(v);
    t.zeros(4 * count + 6 * names);
    t.set(start + 12, rva + t.size(), 4);
    t.asciiz(b_.export_dll_);
    for (std::uint32_t i = 0; i < count; ++i) {
      const bool forwarded = !b_.exports_[i].forwarder.empty();
      t.set(functions_at + 4 * i, forwarded ? rva + t.size() : sections_.front().rva, 4);
      if (forwarded) t.asciiz(b_.exports_[i].forwarder);
    }
    for (std::uint32_t i = 0; i < names; ++i) {
      t.set(names_at + 4 * i, rva + t.size(), 4);
      t.set(ordinals_at + 2 * i, named[i], 2);
      t.asciiz(b_.exports_[named[i]].name);
    }
    directory(Directory::exports) = {rva + start, t.size() - start};
  }

  /// type 16 -> name 1 -> language 0x409 -> data entry -> block.
  Blob resources(std::uint32_t rva) {
    Blob t;
    constexpr std::uint32_t kSub = 0x80000000;
    const std::uint32_t ids[] = {16, 1, 0x409};
    const std::uint32_t next[] = {24 | kSub, 48 | kSub, 72};
    for (int level = 0; level < 3; ++level) {
      t.zeros(12);
      t.u16(0);
      t.u16(1);
      t.u32(ids[level]);
      t.u32(next[level]);
    }
    const Blob block = version_block();
    t.u32(rva + 88);
    t.u32(block.size());
    t.u32(0);
    t.u32(0);
    t.add(block.bytes());
    directory(Directory::resources) = {rva, t.size()};
    return t;
  }

  Blob version_block() {
    Blob t;
    const std::uint32_t root = open_node(t, 52, 0, "VS_VERSION_INFO");
    const auto pair = [](std::uint16_t hi, std::uint16_t lo) { return (std::uint32_t{hi} << 16) | lo; };
    const FileVersion &f = b_.file_, &p = b_.product_;
    for (const std::uint32_t v : {b_.fixed_signature_, 0x10000U, pair(f.major, f.minor), pair(f.build, f.revision), pair(p.major, p.minor),
                                  pair(p.build, p.revision), 0x3FU, 0U, 0x40004U, 2U, 0U, 0U, 0U})
      t.u32(v);
    if (!b_.strings_.empty()) {
      put_strings(t);
      const std::uint32_t var = open_node(t, 0, 1, "VarFileInfo");
      const std::uint32_t translation = open_node(t, 4, 0, "Translation");
      t.u16(0x0409);
      t.u16(1200);
      close_node(t, translation);
      close_node(t, var);
    }
    close_node(t, root);
    return t;
  }

  void put_strings(Blob& t) {
    const std::uint32_t info = open_node(t, 0, 1, "StringFileInfo");
    const std::uint32_t table = open_node(t, 0, 1, "040904b0");
    for (const auto& [key, value] : b_.strings_) {
      const std::uint32_t node = open_node(t, static_cast<std::uint32_t>(utf8_to_utf16(value).size() + 1), 1, key);
      t.utf16z(value);
      close_node(t, node);
    }
    close_node(t, table);
    close_node(t, info);
  }

  std::vector<std::byte> finish() {
    const std::uint32_t headers =
        round_up(kNtAt + 24 + optional_size() + 40 * static_cast<std::uint32_t>(sections_.size()), kFileAlignment);
    std::uint32_t at = headers;
    for (SectionPart& s : sections_) {
      s.offset = at;
      at += round_up(s.data.size(), kFileAlignment);
    }
    const std::uint32_t certificate = round_up(b_.certificate_, 8);
    if (certificate != 0) directory(Directory::certificates) = {at, certificate};
    Blob out = head(headers);
    for (const SectionPart& s : sections_) {
      out.add(s.data.bytes());
      out.align(kFileAlignment);
    }
    put_certificate(out, certificate);
    const std::uint32_t checksum_at = kNtAt + 24 + 64;
    out.set(checksum_at, checksum(out.bytes()), 4);
    return out.take();
  }

  [[nodiscard]] std::uint32_t optional_size() const { return plus_ ? 240 : 224; }

  Blob head(std::uint32_t headers) {
    Blob h;
    h.u16(0x5A4D);
    h.zeros(0x3A);
    h.u32(kNtAt);
    h.zeros(kNtAt - 0x40);
    h.u32(0x00004550);
    h.u16(format::pe::machine_number(b_.machine_));
    h.u16(static_cast<std::uint32_t>(sections_.size()));
    h.u32(b_.time_stamp_);
    h.zeros(8);
    h.u16(optional_size());
    h.u16(0x0002U | (plus_ ? 0x20U : 0x100U) | (b_.dll_ ? 0x2000U : 0U));
    put_optional(h, headers);
    for (const SectionPart& s : sections_) {
      std::string name = s.name;
      name.resize(8, '\0');
      for (const char c : name) h.put(static_cast<unsigned char>(c), 1);
      for (const std::uint32_t v : {s.data.size(), s.rva, round_up(s.data.size(), kFileAlignment), s.offset, 0U, 0U, 0U, s.characteristics})
        h.u32(v);
    }
    h.align(kFileAlignment);
    return h;
  }

  void put_optional(Blob& h, std::uint32_t headers) {
    h.u16(plus_ ? 0x20B : 0x10B);
    h.u16(8);  // linker 8.0
    for (const std::uint32_t v :
         {round_up(sections_.front().data.size(), kFileAlignment), 0U, 0U, sections_.front().rva, sections_.front().rva})
      h.u32(v);
    if (!plus_) h.u32(0);
    h.put(plus_ ? 0x180000000 : 0x10000000, plus_ ? 8 : 4);
    h.u32(section_alignment());
    h.u32(kFileAlignment);
    for (const std::uint32_t v : {6U, 0U, 6U, 0U, 6U, 0U}) h.u16(v);
    h.u32(0);
    h.u32(next_rva());
    h.u32(headers);
    h.u32(0);  // the checksum, written last
    h.u16(3);  // console
    h.u16(0);
    for (const std::uint32_t v : {0x100000U, 0x1000U, 0x100000U, 0x1000U}) h.put(v, plus_ ? 8 : 4);
    h.u32(0);
    h.u32(kDirectories);
    for (const DirectoryEntry& d : directories_) {
      h.u32(d.rva);
      h.u32(d.size);
    }
  }

  static void put_certificate(Blob& out, std::uint32_t size) {
    if (size == 0) return;
    const std::uint32_t start = out.size();
    out.u32(size);
    out.u16(0x0200);  // WIN_CERT_REVISION_2_0
    out.u16(0x0002);  // WIN_CERT_TYPE_PKCS_SIGNED_DATA
    while (out.size() - start < size) out.put(0x30, 1);
  }

  /// Written apart from the reader's version on purpose: two implementations check each other.
  static std::uint32_t checksum(const std::vector<std::byte>& b) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < b.size(); i += 2) {
      sum += std::to_integer<std::uint32_t>(b[i]);
      if (i + 1 < b.size()) sum += std::to_integer<std::uint32_t>(b[i + 1]) << 8;
      sum = (sum & 0xFFFF) + (sum >> 16);
    }
    return sum + static_cast<std::uint32_t>(b.size());
  }

  const PeBuilder& b_;
  bool plus_;
  std::array<DirectoryEntry, kDirectories> directories_{};
  std::vector<SectionPart> sections_;
};

std::vector<std::byte> PeBuilder::build() const { return PeWriter(*this).write(); }

}  // namespace tq::test
