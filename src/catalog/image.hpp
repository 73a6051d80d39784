// A compiled catalog in memory: bounds are checked once when it is opened, rows are read where they lie.
#pragma once

#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/format.hpp"
#include "catalog/types.hpp"
#include "core/result.hpp"
#include "core/version.hpp"

namespace tq::catalog {

/// KB numbers as they lie in the file; each converts to std::uint32_t.
using KbList = std::span<const le32>;

/// Rows of a table, or the whole of it. `row_words` is the stride in the file, which may be wider than this program knows.
struct Table {
  std::span<const le32> words;
  std::uint32_t row_words = 1;
  std::uint32_t rows = 0;
};

/// How far open() looks. `structure`: header and directory. `everything`: the hash, and each reference in each row.
enum class Check : std::uint8_t { structure, everything };

class Image {
 public:
  /// Errors: truncated, corrupt (magic, hash, offsets, values), unsupported (version). `bytes` must outlive the image.
  static Result<Image> open(Bytes bytes, Check check);

  [[nodiscard]] const Table& table(TableId id) const { return tables_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] bool has(TableId id) const { return present_[static_cast<std::size_t>(id)]; }
  /// Words [first, first+count) of a table with one word a row; empty when they are not all inside.
  [[nodiscard]] std::span<const le32> range(TableId id, std::uint32_t first, std::uint32_t count) const;
  /// The two words of a row from column `at` on as a range of `into`.
  [[nodiscard]] std::span<const le32> linked(TableId links, std::uint32_t row, std::uint32_t at, TableId into) const;
  [[nodiscard]] std::string_view text(std::uint32_t offset) const;
  [[nodiscard]] KbList list(std::uint32_t first, std::uint32_t count) const { return range(TableId::words, first, count); }
  /// The i-th of the ranges that `groups` keeps: the alternatives of one requirement.
  [[nodiscard]] KbList group(std::uint32_t i) const;
  /// Lower-case hex of the stored hash of the content, 64 characters.
  [[nodiscard]] const std::string& sha256() const { return sha256_; }
  [[nodiscard]] std::uint64_t size() const { return bytes_.size(); }
  /// The whole file.
  [[nodiscard]] Bytes bytes() const { return bytes_; }

 private:
  Status read_directory(std::uint32_t tables);
  Status add_table(const DirectoryEntry& e, std::uint64_t at);
  Status require_tables() const;
  [[nodiscard]] Status check_rows() const;
  [[nodiscard]] Status check_row(const Schema& s, std::uint32_t row) const;
  [[nodiscard]] bool good(Field f, std::uint32_t a, std::uint32_t b) const;
  [[nodiscard]] bool good_text(std::uint32_t offset) const;
  [[nodiscard]] Status check_index() const;
  [[nodiscard]] Status check_links() const;
  [[nodiscard]] Status check_ranges(TableId links, std::uint32_t at, TableId into) const;
  [[nodiscard]] Status check_references(TableId references, TableId into) const;

  Bytes bytes_;
  Bytes strings_;
  std::array<Table, kTableIds> tables_;  ///< by id; a table that is not there has no row
  std::array<bool, kTableIds> present_{};
  std::string sha256_;
};

/// Reads the columns of one row from left to right, in the order of its Schema.
class RowReader {
 public:
  RowReader(const Image& image, TableId id, std::uint32_t row);
  std::uint32_t number() { return words_[at_++]; }
  bool flag() { return number() != 0; }
  std::string_view text() { return image_->text(number()); }
  Date date();
  std::optional<FileVersion> version();
  KbList kbs();
  Arches arches();
  [[nodiscard]] const Image& image() const { return *image_; }
  template <class E>
  E value() {
    return static_cast<E>(number());
  }

 private:
  const Image* image_;
  std::span<const le32> words_;
  std::size_t at_ = 0;
};

/// Goes over a list of rows by their numbers.
template <class List>
class RowIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = typename List::value_type;
  using difference_type = std::ptrdiff_t;
  using pointer = const value_type*;
  using reference = value_type;
  RowIterator() = default;
  RowIterator(const List& list, std::size_t at) : list_(list), at_(at) {}
  value_type operator*() const { return list_[at_]; }
  RowIterator& operator++() {
    ++at_;
    return *this;
  }
  RowIterator operator++(int) {
    RowIterator old = *this;
    ++at_;
    return old;
  }
  bool operator==(const RowIterator& o) const { return at_ == o.at_; }

 private:
  List list_;
  std::size_t at_ = 0;
};

/// Rows that are decoded when they are looked at. Read must be able to read any row of [first, first+count).
template <class T, T (*Read)(const Image&, std::uint32_t)>
class Rows {
 public:
  using value_type = T;
  Rows() = default;
  Rows(const Image* image, std::uint32_t first, std::uint32_t count) : image_(image), first_(first), count_(count) {}
  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  /// i < size().
  T operator[](std::size_t i) const { return Read(*image_, first_ + static_cast<std::uint32_t>(i)); }
  [[nodiscard]] RowIterator<Rows> begin() const { return {*this, 0}; }
  [[nodiscard]] RowIterator<Rows> end() const { return {*this, size()}; }

 private:
  const Image* image_ = nullptr;
  std::uint32_t first_ = 0, count_ = 0;
};

/// Rows that a list of row numbers picks, decoded when they are looked at.
template <class T, T (*Read)(const Image&, std::uint32_t)>
class IndexedRows {
 public:
  using value_type = T;
  IndexedRows() = default;
  IndexedRows(const Image* image, std::span<const le32> rows) : image_(image), rows_(rows) {}
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  /// i < size().
  T operator[](std::size_t i) const { return Read(*image_, rows_[i]); }

  [[nodiscard]] RowIterator<IndexedRows> begin() const { return {*this, 0}; }
  [[nodiscard]] RowIterator<IndexedRows> end() const { return {*this, size()}; }

 private:
  const Image* image_ = nullptr;
  std::span<const le32> rows_;
};

}  // namespace tq::catalog
