// Registry hives (regf): keys and values of a hive file, its unfinished writes replayed in memory, its damage named.
//
// A Key or a Value is a view into its Hive and must not outlive it (moving the Hive is fine).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/version.hpp"
#include "format/regf/image.hpp"
#include "format/regf/lists.hpp"
#include "format/regf/log.hpp"
#include "format/regf/scan.hpp"

namespace tq::format::regf {

/// Value types as stored; any other number may occur and is kept.
enum RegType : std::uint32_t {
  kRegNone = 0,
  kRegSz = 1,
  kRegExpandSz = 2,
  kRegBinary = 3,
  kRegDword = 4,
  kRegDwordBig = 5,
  kRegLink = 6,
  kRegMultiSz = 7,
  kRegQword = 11
};

/// A value of a key. Name, type and size are the cell's own; its data may be damaged all the same.
class Value {
 public:
  /// UTF-8; empty for the default value.
  [[nodiscard]] std::string name() const { return to_utf8(raw_name()); }
  [[nodiscard]] RawName raw_name() const { return value_name(node_); }
  [[nodiscard]] std::uint32_t type() const { return field<std::uint32_t>(node_, Vk::kType); }
  /// Length of the data as the value states it, in bytes.
  [[nodiscard]] std::uint32_t size() const { return field<std::uint32_t>(node_, Vk::kDataBytes) & ~Vk::kInline; }
  /// Absolute offset of the value's cell.
  [[nodiscard]] std::uint64_t offset() const { return image_->absolute(offset_); }
  /// A copy of the data. Errors: corrupt, with the place that is damaged.
  [[nodiscard]] Result<std::vector<std::byte>> data() const;
  /// The data without a copy where it lies in one piece; big data is put together in `scratch`. nullopt = damaged.
  [[nodiscard]] std::optional<Bytes> view(std::vector<std::byte>& scratch) const;
  /// REG_SZ or REG_EXPAND_SZ as UTF-8, up to the first NUL. nullopt for another type or damaged data.
  [[nodiscard]] std::optional<std::string> text() const;
  /// REG_MULTI_SZ, up to the first empty string.
  [[nodiscard]] std::optional<std::vector<std::string>> multi_text() const;
  /// REG_DWORD of either byte order, exactly 4 bytes.
  [[nodiscard]] std::optional<std::uint32_t> dword() const;
  /// REG_QWORD of exactly 8 bytes.
  [[nodiscard]] std::optional<std::uint64_t> qword() const;

 private:
  friend class Key;
  friend class Walker;
  Value(const Image* image, std::uint32_t offset, Bytes node) : image_(image), offset_(offset), node_(node) {}
  const Image* image_;
  std::uint32_t offset_;
  Bytes node_;
};

/// A key. Listing it looks at its cells again each time: nothing of a hive is kept but its bytes.
class Key {
 public:
  [[nodiscard]] std::string name() const { return to_utf8(raw_name()); }
  [[nodiscard]] RawName raw_name() const { return node_name(node_); }
  [[nodiscard]] FileTime last_written() const { return {field<std::uint64_t>(node_, Nk::kWritten)}; }
  /// Absolute offset of the key's cell.
  [[nodiscard]] std::uint64_t offset() const { return image_->absolute(offset_); }
  /// UTF-8; empty when there is none or it is damaged.
  [[nodiscard]] std::string class_name() const;
  [[nodiscard]] bool is_link() const { return (field<std::uint16_t>(node_, Nk::kFlags) & Nk::kLinkFlag) != 0; }
  /// In stored order (sorted by name in a healthy hive). Damaged ones are left out; Hive::walk names them.
  [[nodiscard]] std::vector<Key> subkeys() const;
  [[nodiscard]] std::vector<Value> values() const;
  /// Everything that the key itself counts could be read: what is not among its subkeys and values is not there.
  [[nodiscard]] bool whole() const;
  /// Case-insensitive. `name` is one component; a backslash in it is part of the name.
  [[nodiscard]] std::optional<Key> child(std::string_view name) const;
  /// Case-insensitive; "" is the default value.
  [[nodiscard]] std::optional<Value> value(std::string_view name) const;

 private:
  friend class Hive;
  friend class Walker;
  static std::optional<Key> at(const Image& image, std::uint32_t offset) {
    if (const auto node = node_at(image, offset)) return Key(&image, offset, *node);
    return std::nullopt;
  }
  Key(const Image* image, std::uint32_t offset, Bytes node) : image_(image), offset_(offset), node_(node) {}
  [[nodiscard]] std::optional<Key> child(const Needle& needle) const;
  const Image* image_;
  std::uint32_t offset_;
  Bytes node_;
};

/// use_logs: false reads the file as it is, whatever its logs hold.
struct OpenOptions {
  bool use_logs = true;
};

/// What a walk met.
struct WalkStats {
  std::uint64_t keys = 0;
  std::uint64_t values = 0;
  std::vector<Loss> lost;        ///< damage of the whole hive, that of the opening first; at most limits::kLossesListed
  std::uint64_t lost_total = 0;  ///< how many there were
};

/// A hive in memory. Damage anywhere in it costs what hangs on it, never the rest.
class Hive {
 public:
  /// Opens a hive and replays its logs into this private copy. Errors: only when nothing of a hive is there at all
  /// (too short, or neither a base block nor a first bin) or it is larger than limits::kHiveBytes.
  static Result<Hive> open(std::vector<std::byte> primary, std::optional<std::vector<std::byte>> log1 = {},
                           std::optional<std::vector<std::byte>> log2 = {}, std::optional<std::vector<std::byte>> log = {},
                           OpenOptions options = {});

  /// nullopt when the root is lost: see orphan_roots().
  [[nodiscard]] std::optional<Key> root() const;
  /// Only when the root is lost: the top-most keys that a scan of all cells finds, by offset. Empty otherwise.
  [[nodiscard]] std::vector<Key> orphan_roots() const;
  /// A key by its path from the root, components separated by backslashes, case-insensitive; "" is the root.
  /// Follows symbolic links that stay inside the hive (at most 16) and, in a SYSTEM hive, CurrentControlSet
  /// through Select\Current. nullopt when the root is lost: what path an orphan had is not known.
  /// `nearest` is given the last key on the way that is there, which is the key itself when it is found.
  std::optional<Key> find(std::string_view path, std::optional<Key>* nearest = nullptr) const;

  /// State of the file as it was given, before any replay.
  [[nodiscard]] bool dirty() const { return dirty_; }
  [[nodiscard]] const LogReport& log() const { return log_; }
  /// The last writes to it lie in logs that were not at hand or not used: what it does not hold may be there all the same.
  [[nodiscard]] bool stale() const { return dirty_ && log_.state != LogState::replayed; }
  [[nodiscard]] std::uint32_t seq1() const { return seq1_; }
  [[nodiscard]] std::uint32_t seq2() const { return seq2_; }
  /// After the replay:
  [[nodiscard]] std::string file_name() const;
  [[nodiscard]] FileTime last_written() const { return {image_->header().last_written}; }
  [[nodiscard]] std::uint32_t minor_version() const { return image_->header().minor_version; }
  /// Keys, values and losses by a full walk.
  [[nodiscard]] WalkStats count() const;
  [[nodiscard]] std::uint64_t key_count() const { return count().keys; }
  [[nodiscard]] std::uint64_t value_count() const { return count().values; }
  /// The file as it is after the replay.
  [[nodiscard]] const std::vector<std::byte>& bytes() const { return image_->file(); }

  /// Visits every key depth-first, children in stored order, then each key's values:
  ///   visitor.key(std::string_view path, const Key&);  visitor.value(std::string_view path, const Key&, const Value&);
  /// `path` has no leading backslash; the root is "". When anything was lost, keys that hang on nothing follow:
  /// their paths begin with "{orphan 0x1020}\Name" (the absolute offset of the top-most one).
  template <class Visitor>
  WalkStats walk(Visitor&& visitor) const;

 private:
  friend class Walker;
  explicit Hive(std::vector<std::byte> bytes) : image_(std::make_unique<const Image>(std::move(bytes))) {}
  void settle_root();
  [[nodiscard]] std::optional<Key> find_from_root(std::string_view path, int hops, std::optional<Key>* nearest = nullptr) const;
  [[nodiscard]] std::optional<Key> follow(const Key& link, int hops) const;
  [[nodiscard]] std::optional<Key> current_control_set(const Key& root) const;
  std::unique_ptr<const Image> image_;  // on the heap: views stay good when the Hive is moved
  std::optional<std::uint32_t> root_;
  std::vector<std::uint32_t> orphans_;
  bool dirty_ = false;
  std::uint32_t seq1_ = 0, seq2_ = 0;
  LogReport log_;
};

/// The walk as a pull: next() steps to a key, values() fills its values. A key that two lists name is given twice,
/// but its subkeys once, so the walk ends whatever the links say.
class Walker {
 public:
  explicit Walker(const Hive& hive);
  /// The next key; nullopt at the end.
  std::optional<Key> next();
  [[nodiscard]] std::string_view path() const { return path_; }
  /// Values of `key`, valid until the next call. Also checks that their data is there.
  const std::vector<Value>& values(const Key& key);
  /// What was met so far.
  [[nodiscard]] WalkStats stats() &&;

 private:
  struct Frame {
    std::size_t next, end;  // into pending_
    std::size_t path_bytes;
  };
  std::optional<Key> enter(std::uint32_t offset, std::size_t parent_path_bytes);
  bool more_roots();
  void check_data(std::uint32_t offset, Bytes value);
  const Image& image_;
  std::vector<std::uint32_t> roots_;
  std::size_t next_root_ = 0;
  bool orphans_ = false;
  CellSet visited_;
  ListBudget key_budget_, value_budget_;
  std::vector<std::uint32_t> pending_, value_offsets_;
  std::vector<Frame> frames_;
  std::vector<Value> values_;
  std::string path_;
  Losses losses_;
  WalkStats stats_;
};

template <class Visitor>
WalkStats Hive::walk(Visitor&& visitor) const {
  Walker walker(*this);
  while (const auto key = walker.next()) {
    visitor.key(walker.path(), *key);
    for (const Value& value : walker.values(*key)) visitor.value(walker.path(), *key, value);
  }
  return std::move(walker).stats();
}

}  // namespace tq::format::regf
