#include "format/msi/database.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/text.hpp"

namespace tq::format::msi {
namespace {

// Column types as the _Columns table keeps them.
constexpr std::uint32_t kSizeMask = 0xFF, kString = 0x0800, kNullable = 0x1000, kValid = 0x0100;
constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._";
constexpr char16_t kTwo = 0x3800, kOne = 0x4800, kTable = 0x4840;

bool is_stream(std::uint32_t type) { return (type & ~kNullable) == (kString | kValid); }

Error bad(std::string place, std::string wanted, std::string found) {
  return {ErrorCode::corrupt, std::move(place), std::move(wanted), std::move(found)};
}

}  // namespace

std::string decode_name(std::u16string_view name) {
  std::string out;
  for (const char16_t c : name) {
    if (c == kTable && out.empty())
      out += '!';
    else if (c >= kTwo && c < kOne)
      out += {kAlphabet[(c - kTwo) & 0x3F], kAlphabet[(c - kTwo) >> 6 & 0x3F]};
    else if (c >= kOne && c < kTable)
      out += kAlphabet[(c - kOne) & 0x3F];
    else
      out += utf16_to_utf8(std::u16string_view(&c, 1));
  }
  return out;
}

std::u16string encode_name(std::string_view name, bool table) {
  std::u16string out;
  if (table) out += kTable;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const std::size_t a = kAlphabet.find(name[i]);
    if (a == std::string_view::npos) {
      out += static_cast<char16_t>(static_cast<unsigned char>(name[i]));
      continue;
    }
    const std::size_t b = i + 1 < name.size() ? kAlphabet.find(name[i + 1]) : std::string_view::npos;
    out += static_cast<char16_t>(b == std::string_view::npos ? kOne + a : kTwo + a + (b << 6));
    if (b != std::string_view::npos) ++i;
  }
  return out;
}

std::size_t Table::column(std::string_view wanted) const {
  return static_cast<std::size_t>(std::find(columns.begin(), columns.end(), wanted) - columns.begin());
}

Result<Database> Database::open(Bytes file, const Limits& most) {
  TQ_TRY(auto compound, CompoundFile::open(file));
  Database db(std::move(compound), most);
  for (const auto& s : db.file_.streams()) db.names_.push_back(decode_name(s.name));
  TQ_TRY([[maybe_unused]] const auto strings, db.read_strings());
  TQ_TRY([[maybe_unused]] const auto columns, db.read_columns());
  return db;
}

Result<std::vector<std::byte>> Database::stream(std::string_view name) const {
  const auto it = std::find(names_.begin(), names_.end(), name);
  if (it == names_.end()) return Error{ErrorCode::not_found, "msi." + std::string(name), "a stream", "none"};
  return file_.read(file_.streams()[static_cast<std::size_t>(it - names_.begin())]);
}

/// _StringPool: after four bytes of header, length and use count of each string in turn; _StringData: their bytes.
Status Database::read_strings() {
  TQ_TRY(const auto pool, stream("!_StringPool"));
  TQ_TRY(const auto data, stream("!_StringData"));
  const Bytes p = bytes_of(pool), d = bytes_of(data);
  TQ_TRY(const std::uint32_t head, p.get<le32>(0, "msi.string_pool.header"));
  wide_ids_ = (head & 0x80000000) != 0;
  strings_.emplace_back();
  std::uint64_t at = 0;
  for (std::uint64_t i = 4; i + 4 <= p.size(); i += 4) {
    std::uint64_t length = *p.try_get<le16>(i);
    const std::uint32_t uses = *p.try_get<le16>(i + 2);
    // A length of 0 that is used: the next entry holds the length, in 32 bits.
    if (length == 0 && uses != 0) {
      i += 4;
      TQ_TRY(length, p.get<le32>(i, "msi.string_pool.long_length"));
    }
    TQ_TRY(const Bytes raw, d.sub(at, length, "msi.string_data"));
    at += length;
    if (strings_.size() > most_.strings)
      return Error{ErrorCode::limit, "msi.string_pool", fmt::format("at most {} strings", most_.strings), "more"};
    // What conditions are made of is ASCII; the code page of other texts does not matter here.
    strings_.push_back(is_utf8(raw.chars()) ? std::string(raw.chars()) : latin1_to_utf8(raw));
  }
  return ok();
}

std::string Database::text(std::uint32_t id) const { return id < strings_.size() ? strings_[id] : std::string(); }

std::uint32_t Database::width(std::uint32_t type) const {
  if (is_stream(type)) return 2;
  if ((type & kString) != 0) return wide_ids_ ? 3 : 2;
  return (type & kSizeMask) <= 2 ? 2 : 4;
}

std::string Database::cell(std::uint32_t raw, std::uint32_t type) const {
  if (is_stream(type) || raw == 0) return {};
  if ((type & kString) != 0) return text(raw);
  // Numbers are kept with their sign bit turned, so that 0 can mean null.
  const std::int64_t bias = width(type) == 2 ? 0x8000 : 0x80000000LL;
  return std::to_string(static_cast<std::int64_t>(raw) - bias);
}

/// Rows lie column by column.
Result<std::vector<std::vector<std::string>>> Database::rows(std::string_view table, const std::vector<std::uint32_t>& types) const {
  std::vector<std::vector<std::string>> out;
  const auto content = stream("!" + std::string(table));
  // A table without rows has no stream.
  if (!content && content.error().code == ErrorCode::not_found) return out;
  if (!content) return content.error();
  std::uint64_t row_bytes = 0;
  for (const auto t : types) row_bytes += width(t);
  if (row_bytes == 0 || content->size() % row_bytes != 0)
    return bad("msi." + std::string(table), fmt::format("rows of {} bytes", row_bytes), fmt::format("{} bytes", content->size()));
  const std::uint64_t n = content->size() / row_bytes;
  if (n * types.size() > most_.cells)
    return Error{ErrorCode::limit, "msi." + std::string(table), fmt::format("at most {} cells", most_.cells), "more"};
  out.resize(n);
  std::uint64_t column_at = 0;
  for (const auto t : types) {
    const std::uint32_t w = width(t);
    for (std::uint64_t r = 0; r < n; ++r) {
      std::uint32_t raw = 0;
      for (std::uint32_t b = 0; b < w; ++b) raw |= static_cast<std::uint32_t>((*content)[column_at + r * w + b]) << (8 * b);
      out[r].push_back(cell(raw, t));
    }
    column_at += n * w;
  }
  return out;
}

Status Database::read_columns() {
  // The columns of these two tables are the same in every database.
  constexpr std::uint32_t kText = kString | kValid | 64, kNumber = kValid | 2;
  TQ_TRY(const auto names, rows("_Tables", {kText}));
  for (const auto& r : names) tables_.push_back(r[0]);
  TQ_TRY(const auto columns, rows("_Columns", {kText, kNumber, kText, kNumber}));
  if (columns.size() > most_.columns)
    return Error{ErrorCode::limit, "msi._Columns", fmt::format("at most {} columns", most_.columns), "more"};
  for (const auto& r : columns) {
    const auto number = [](const std::string& s) {
      int n = 0;  // stays so for a cell that holds none
      std::from_chars(s.data(), s.data() + s.size(), n);
      return static_cast<std::uint32_t>(n) & 0xFFFF;
    };
    columns_.push_back({r[0], r[2], number(r[1]), number(r[3])});
  }
  std::stable_sort(columns_.begin(), columns_.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  return ok();
}

Result<Table> Database::table(std::string_view name) const {
  Table t;
  t.name = name;
  std::vector<std::uint32_t> types;
  for (const auto& c : columns_) {
    if (c.table != name) continue;
    t.columns.push_back(c.name);
    types.push_back(c.type);
  }
  if (t.columns.empty()) return Error{ErrorCode::not_found, "msi." + t.name, "a table", "none"};
  TQ_TRY(t.rows, rows(name, types));
  return t;
}

Result<std::vector<std::byte>> Database::binary(std::string_view name) const { return stream("Binary." + std::string(name)); }

}  // namespace tq::format::msi
