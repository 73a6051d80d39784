#include "tests/support/hive_writer.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "tests/support/hive_builder.hpp"

namespace tq::test {
namespace {

constexpr std::size_t kHeader = 4096, kBin = 4096, kBinHeader = 32;
constexpr std::size_t kSegment = 16344;     // big data is cut into pieces of this size
constexpr std::size_t kLeafElements = 500;  // more subkeys are split over several lists below an ri
constexpr std::uint32_t kNil = 0xFFFFFFFF;

/// Hands out cells. A cell never crosses a bin; what is left of a bin becomes one free cell.
class Cells {
 public:
  explicit Cells(std::vector<std::byte>& out, std::uint64_t time) : out_(out), time_(time) {}

  /// Offset (relative to the first bin) of a new allocated cell for `bytes` of content.
  std::uint32_t take(std::size_t bytes) {
    const std::size_t size = (bytes + 4 + 7) / 8 * 8;
    if (at_ + size > end_) open_bin(size);
    const std::size_t cell = at_;
    at_ += size;
    put32(out_, cell, static_cast<std::uint32_t>(-static_cast<std::int32_t>(size)));
    return static_cast<std::uint32_t>(cell - kHeader);
  }
  /// File position of the content of a cell.
  static std::size_t content(std::uint32_t cell) { return kHeader + cell + 4; }
  void close() {
    if (at_ < end_) put32(out_, at_, static_cast<std::uint32_t>(end_ - at_));
    at_ = end_;
  }

 private:
  void open_bin(std::size_t need) {
    close();
    const std::size_t begin = out_.size();
    const std::size_t size = (kBinHeader + need + kBin - 1) / kBin * kBin;
    out_.resize(begin + size);
    put_text(out_, begin, "hbin");
    put32(out_, begin + 4, static_cast<std::uint32_t>(begin - kHeader));
    put32(out_, begin + 8, static_cast<std::uint32_t>(size));
    if (begin == kHeader) put64(out_, begin + 20, time_);
    at_ = begin + kBinHeader;
    end_ = begin + size;
  }
  std::vector<std::byte>& out_;
  std::uint64_t time_;
  std::size_t at_ = 0, end_ = 0;
};

bool latin1(const std::u16string& s) {
  return std::all_of(s.begin(), s.end(), [](char16_t c) { return c < 0x100; });
}
std::size_t stored_bytes(const std::u16string& s) { return latin1(s) ? s.size() : s.size() * 2; }
void put_name(std::vector<std::byte>& out, std::size_t at, const std::u16string& s) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (latin1(s))
      out[at + i] = static_cast<std::byte>(s[i]);
    else
      put16(out, at + 2 * i, s[i]);
  }
}
void put_wide(std::vector<std::byte>& out, std::size_t at, const std::u16string& s) {
  for (std::size_t i = 0; i < s.size(); ++i) put16(out, at + 2 * i, s[i]);
}

std::uint32_t name_hash(const std::u16string& s) {
  std::uint32_t h = 0;
  for (const char16_t c : s) h = h * 37 + hive_upcase(c);
  return h;
}

/// Name order of subkey lists: by upper-case units.
bool sorts_before(const HiveKey* a, const HiveKey* b) {
  return std::lexicographical_compare(a->name.begin(), a->name.end(), b->name.begin(), b->name.end(),
                                      [](char16_t x, char16_t y) { return hive_upcase(x) < hive_upcase(y); });
}

std::uint32_t count_keys(const HiveKey& k) {
  std::uint32_t n = 1;
  for (const auto& c : k.children) n += count_keys(*c);
  return n;
}

class Writer {
 public:
  explicit Writer(const HiveSpec& spec) : spec_(spec), out_(kHeader), cells_(out_, spec.last_written.ticks) {}

  std::vector<std::byte> run() {
    const std::uint32_t root = cells_.take(76 + stored_bytes(spec_.root.name));
    security_ = write_security();
    write_key(spec_.root, root, kNil);
    cells_.close();
    write_base_block(root);
    return std::move(out_);
  }

 private:
  /// One descriptor for all keys: owner and group Administrators, no access list. It links to itself.
  std::uint32_t write_security() {
    const std::array<unsigned char, 52> descriptor{1, 0, 0,  0x80, 20, 0, 0,  0, 36, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  0, 1, 2, 0,  0, 0, 0,
                                                   0, 5, 32, 0,    0,  0, 32, 2, 0,  0, 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0};
    const std::uint32_t cell = cells_.take(20 + descriptor.size());
    const std::size_t p = Cells::content(cell);
    put_text(out_, p, "sk");
    put32(out_, p + 4, cell);
    put32(out_, p + 8, cell);
    put32(out_, p + 12, count_keys(spec_.root));
    put32(out_, p + 16, static_cast<std::uint32_t>(descriptor.size()));
    std::memcpy(out_.data() + p + 20, descriptor.data(), descriptor.size());
    return cell;
  }

  void write_key(const HiveKey& k, std::uint32_t cell, std::uint32_t parent) {
    std::vector<const HiveKey*> sorted;
    for (const auto& c : k.children) sorted.push_back(c.get());
    std::sort(sorted.begin(), sorted.end(), sorts_before);
    std::vector<std::uint32_t> below;
    for (const HiveKey* c : sorted) below.push_back(cells_.take(76 + stored_bytes(c->name)));
    const std::uint32_t list = write_subkey_list(sorted, below);
    const std::uint32_t values = write_values(k);
    const std::uint32_t cls = write_class(k);
    const std::size_t p = Cells::content(cell);
    put_text(out_, p, "nk");
    put16(out_, p + 2, static_cast<std::uint16_t>((latin1(k.name) ? 0x20 : 0) | (k.link ? 0x10 : 0) | (parent == kNil ? 0x0C : 0)));
    put64(out_, p + 4, (k.last_written.ticks != 0 ? k.last_written : spec_.last_written).ticks);
    put32(out_, p + 16, parent == kNil ? 0 : parent);
    put32(out_, p + 20, static_cast<std::uint32_t>(below.size()));
    put32(out_, p + 28, list);
    put32(out_, p + 32, kNil);
    put32(out_, p + 36, static_cast<std::uint32_t>(k.values.size()));
    put32(out_, p + 40, values);
    put32(out_, p + 44, security_);
    put32(out_, p + 48, cls);
    put_largest(k, p);
    put16(out_, p + 72, static_cast<std::uint16_t>(stored_bytes(k.name)));
    put16(out_, p + 74, static_cast<std::uint16_t>(k.class_name.size() * 2));
    put_name(out_, p + 76, k.name);
    for (std::size_t i = 0; i < sorted.size(); ++i) write_key(*sorted[i], below[i], cell);
  }

  void put_largest(const HiveKey& k, std::size_t p) {
    std::size_t key_name = 0, class_name = 0, value_name = 0, data = 0;
    for (const auto& c : k.children) {
      key_name = std::max(key_name, c->name.size() * 2);
      class_name = std::max(class_name, c->class_name.size() * 2);
    }
    for (const HiveValue& v : k.values) {
      value_name = std::max(value_name, v.name.size() * 2);
      data = std::max(data, v.data.size());
    }
    put32(out_, p + 52, static_cast<std::uint32_t>(key_name));
    put32(out_, p + 56, static_cast<std::uint32_t>(class_name));
    put32(out_, p + 60, static_cast<std::uint32_t>(value_name));
    put32(out_, p + 64, static_cast<std::uint32_t>(data));
  }

  std::uint32_t write_subkey_list(const std::vector<const HiveKey*>& keys, const std::vector<std::uint32_t>& cells) {
    if (keys.empty()) return kNil;
    std::vector<std::uint32_t> leaves;
    for (std::size_t i = 0; i < keys.size(); i += kLeafElements)
      leaves.push_back(write_leaf(keys, cells, i, std::min(keys.size(), i + kLeafElements)));
    if (leaves.size() == 1) return leaves[0];
    const std::uint32_t cell = cells_.take(4 + leaves.size() * 4);
    const std::size_t p = Cells::content(cell);
    put_text(out_, p, "ri");
    put16(out_, p + 2, static_cast<std::uint16_t>(leaves.size()));
    for (std::size_t i = 0; i < leaves.size(); ++i) put32(out_, p + 4 + 4 * i, leaves[i]);
    return cell;
  }

  std::uint32_t write_leaf(const std::vector<const HiveKey*>& keys, const std::vector<std::uint32_t>& cells, std::size_t from,
                           std::size_t to) {
    const std::string kind = !spec_.list_kind.empty() ? spec_.list_kind : spec_.minor_version >= 5 ? "lh" : "lf";
    const std::size_t stride = kind == "li" ? 4 : 8;
    const std::uint32_t cell = cells_.take(4 + (to - from) * stride);
    std::size_t p = Cells::content(cell);
    put_text(out_, p, kind);
    put16(out_, p + 2, static_cast<std::uint16_t>(to - from));
    p += 4;
    for (std::size_t i = from; i < to; ++i, p += stride) {
      put32(out_, p, cells[i]);
      if (kind == "lh") put32(out_, p + 4, name_hash(keys[i]->name));
      if (kind == "lf" && latin1(keys[i]->name)) put_name(out_, p + 4, keys[i]->name.substr(0, 4));
    }
    return cell;
  }

  std::uint32_t write_values(const HiveKey& k) {
    if (k.values.empty()) return kNil;
    const std::uint32_t list = cells_.take(4 * k.values.size());
    for (std::size_t i = 0; i < k.values.size(); ++i) {
      const std::uint32_t v = write_value(k.values[i]);
      put32(out_, Cells::content(list) + 4 * i, v);
    }
    return list;
  }

  std::uint32_t write_value(const HiveValue& v) {
    const std::uint32_t cell = cells_.take(20 + stored_bytes(v.name));
    const std::size_t p = Cells::content(cell);
    put_text(out_, p, "vk");
    put16(out_, p + 2, static_cast<std::uint16_t>(stored_bytes(v.name)));
    put32(out_, p + 12, v.type);
    put16(out_, p + 16, latin1(v.name) ? 1 : 0);
    put_name(out_, p + 20, v.name);
    const auto size = static_cast<std::uint32_t>(v.data.size());
    if (size <= 4) {
      put32(out_, p + 4, size | 0x80000000);
      put_data(p + 8, v.data, 0, size);
      return cell;
    }
    put32(out_, p + 4, size);
    const std::uint32_t data = write_data(v.data);
    put32(out_, p + 8, data);
    return cell;
  }

  std::uint32_t write_data(const std::vector<std::byte>& data) {
    if (data.size() <= kSegment || spec_.minor_version <= 3) {
      const std::uint32_t cell = cells_.take(data.size());
      put_data(Cells::content(cell), data, 0, data.size());
      return cell;
    }
    const std::size_t segments = (data.size() + kSegment - 1) / kSegment;
    const std::uint32_t head = cells_.take(8);
    const std::uint32_t list = cells_.take(4 * segments);
    put_text(out_, Cells::content(head), "db");
    put16(out_, Cells::content(head) + 2, static_cast<std::uint16_t>(segments));
    put32(out_, Cells::content(head) + 4, list);
    for (std::size_t i = 0; i < segments; ++i) {
      const std::size_t n = std::min(kSegment, data.size() - i * kSegment);
      const std::uint32_t cell = cells_.take(n + 4);  // Windows leaves four bytes behind each segment
      put_data(Cells::content(cell), data, i * kSegment, n);
      put32(out_, Cells::content(list) + 4 * i, cell);
    }
    return head;
  }

  std::uint32_t write_class(const HiveKey& k) {
    if (k.class_name.empty()) return kNil;
    const std::uint32_t cell = cells_.take(k.class_name.size() * 2);
    put_wide(out_, Cells::content(cell), k.class_name);
    return cell;
  }

  void put_data(std::size_t at, const std::vector<std::byte>& data, std::size_t from, std::size_t n) {
    if (n != 0) std::memcpy(out_.data() + at, data.data() + from, n);
  }

  void write_base_block(std::uint32_t root) {
    put_text(out_, 0, "regf");
    put32(out_, 4, spec_.sequence);
    put32(out_, 8, spec_.sequence);
    put64(out_, 12, spec_.last_written.ticks);
    put32(out_, 20, 1);
    put32(out_, 24, spec_.minor_version);
    put32(out_, 32, 1);
    put32(out_, 36, root);
    put32(out_, 40, static_cast<std::uint32_t>(out_.size() - kHeader));
    put32(out_, 44, 1);
    // The field keeps the last 31 characters of the path.
    const std::size_t n = std::min<std::size_t>(spec_.file_name.size(), 31);
    put_wide(out_, 48, spec_.file_name.substr(spec_.file_name.size() - n));
    fix_checksum(out_);
  }

  const HiveSpec& spec_;
  std::vector<std::byte> out_;
  Cells cells_;
  std::uint32_t security_ = 0;
};

}  // namespace

char16_t hive_upcase(char16_t c) {
  if (c >= u'a' && c <= u'z') return static_cast<char16_t>(c - 32);
  if (c == 0xFF) return 0x178;
  return c >= 0xE0 && c <= 0xFE && c != 0xF7 ? static_cast<char16_t>(c - 32) : c;
}

void put16(std::vector<std::byte>& out, std::size_t at, std::uint16_t v) { std::memcpy(out.data() + at, &v, sizeof v); }
void put32(std::vector<std::byte>& out, std::size_t at, std::uint32_t v) { std::memcpy(out.data() + at, &v, sizeof v); }
void put64(std::vector<std::byte>& out, std::size_t at, std::uint64_t v) { std::memcpy(out.data() + at, &v, sizeof v); }
void put_text(std::vector<std::byte>& out, std::size_t at, std::string_view ascii) {
  std::memcpy(out.data() + at, ascii.data(), ascii.size());
}

std::vector<std::byte> write_hive(const HiveSpec& spec) { return Writer(spec).run(); }

}  // namespace tq::test
