#include "feeds/file_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/text.hpp"
#include "feeds/csv_stream.hpp"

namespace tq::feeds {
namespace {

enum FileColumn : std::size_t { kFileKb, kFileName, kFileArch, kFileBranch, kFileVersion, kFileSource };

template <class E>
std::optional<E> word_or_any(std::string_view cell) {
  return cell.empty() ? E::any : catalog::from_string<E>(lower_ascii(cell));
}

}  // namespace

Result<std::vector<FileRow>> read_file_table(const std::string& name, Bytes text, std::uint32_t most_rows) {
  std::vector<FileRow> rows;
  std::optional<CsvColumns> columns;
  CsvStream csv(name, [&](const std::vector<std::string_view>& cells, std::uint64_t line) -> Status {
    const auto damage = [&](const char* wanted, std::string_view found) {
      return Error{ErrorCode::corrupt, name + ":" + std::to_string(line), wanted, std::string(found.substr(0, 80))};
    };
    if (!columns) {
      TQ_TRY(columns, CsvColumns::of(name, cells, {"kb", "file", "arch", "branch", "version", "source"}));
      return ok();
    }
    if (cells.size() != columns->width()) return damage("as many cells as the header", std::to_string(cells.size()));
    if (rows.size() >= most_rows)
      return Error{ErrorCode::limit, fmt::format("{}:{}", name, line), fmt::format("at most {} rows", most_rows), "more"};
    const auto cell = [&](FileColumn c) { return trim(columns->cell(cells, c)); };
    const auto kb = parse_kb(cell(kFileKb));
    const auto arch = word_or_any<catalog::ProductArch>(cell(kFileArch));
    const auto branch = word_or_any<catalog::FileBranch>(cell(kFileBranch));
    const auto version = FileVersion::parse(cell(kFileVersion));
    if (!kb) return damage("kb: a KB number", cell(kFileKb));
    if (!arch) return damage("arch: x86, x64, ia64, arm, arm64 or nothing", cell(kFileArch));
    if (!branch) return damage("branch: gdr, ldr or nothing", cell(kFileBranch));
    if (!version || *version == FileVersion{}) return damage("version: a version 6.0.6002.18005", cell(kFileVersion));
    const std::string file = lower_ascii(cell(kFileName));
    if (file.empty() || file.find_first_of("/\\:") != std::string::npos || !is_utf8(file))
      return damage("file: a name without a folder", file);
    if (!is_utf8(cell(kFileSource))) return damage("source: UTF-8", "other bytes");
    rows.push_back({*kb, file, *arch, *branch, *version, std::string(cell(kFileSource))});
    return ok();
  });
  if (auto s = csv.put(text); !s) return s.error();
  if (auto s = csv.finish(); !s) return s.error();
  if (!columns) return Error{ErrorCode::corrupt, name, "a header row", "an empty file"};
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

}  // namespace tq::feeds
