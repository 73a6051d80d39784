// How the layouts hand over what they read.
#pragma once

#include <array>
#include <string_view>

#include "format/qfe/qfe.hpp"

namespace tq::format::qfe {

/// Properties of Win32_QuickFixEngineering that are kept, and where else they stand under another name.
enum class Field { none, caption, computer, description, id, installed_on, service_pack };
inline constexpr std::size_t kFields = 7;

/// Property of a column or key name, case ignored; `known` tells whether the name belongs to such lists at all.
Field field_of(std::string_view name, bool* known = nullptr);

class Record {
 public:
  void set(Field f, std::string_view value) { value_[static_cast<std::size_t>(f)] = value; }
  [[nodiscard]] std::string_view get(Field f) const { return value_[static_cast<std::size_t>(f)]; }
  void clear() { value_ = {}; }

 private:
  std::array<std::string_view, kFields> value_{};
};

class Collector {
 public:
  Collector(QfeList& out, std::string_view utf8);
  /// Adds the record when it has an id; a record without any is none. The last line of a text without a line end may be cut: what is not
  /// sure there is named as lost.
  void add(const Record& r, std::uint32_t line);
  /// A last line that was cut before its id is lost, and so is a record that the text ends in; other lines without an id are none.
  void no_id(std::uint32_t line, bool record_begun = false);
  void lose(Error e);
  /// Settles the computer and the order of day and month over all entries.
  void finish();

 private:
  void lose_end(std::uint32_t line, std::string_view found);
  QfeList& out_;
  std::string_view text_;
  std::optional<std::uint32_t> open_line_;  ///< number of the last line when no line end follows it
  bool full_ = false;
};

/// Each is false when the text has not this layout. The views of a record live as long as the text.
bool read_table(std::string_view utf8, Collector& out);
bool read_list(std::string_view utf8, Collector& out);
bool read_csv(std::string_view utf8, Collector& out);
bool read_json(std::string_view utf8, Collector& out);
bool read_plain(std::string_view utf8, Collector& out);

/// Gives dates to the entries whose text has two readings, by what the others of the list show.
void settle_dates(QfeList& list);

}  // namespace tq::format::qfe
