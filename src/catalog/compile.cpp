#include "catalog/compile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "catalog/check.hpp"
#include "catalog/links.hpp"
#include "core/hash.hpp"
#include "core/text.hpp"

namespace tq::catalog {
namespace {

class Compiler {
 public:
  Compiled run(std::vector<SourceFile> files) {
    // Sorted by path, so that neither the order of a directory nor of the arguments shows in the bytes.
    std::sort(files.begin(), files.end(), [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
    pools_.text("");
    for (const SourceFile& f : files) add_file(f);
    for (const Schema& s : schemas())
      if (!seen_.contains(s.id)) problem(std::string(s.stem) + ".csv", 0, "this table has no file");
    Compiled out;
    if (problems_.empty()) derived_ = link(drafts_, pools_, problems_);
    if (problems_.empty()) {
      out.bytes = write();
      check_whole(out.bytes);
    }
    if (!problems_.empty()) out.bytes.clear();
    std::sort(problems_.begin(), problems_.end(),
              [](const Problem& a, const Problem& b) { return std::tie(a.file, a.line, a.what) < std::tie(b.file, b.line, b.what); });
    out.problems = std::move(problems_);
    return out;
  }

 private:
  void problem(const std::string& file, std::size_t line, std::string what) { problems_.push_back({file, line, std::move(what)}); }

  void add_file(const SourceFile& f) {
    const std::size_t slash = f.path.rfind('/');
    std::string stem = slash == std::string::npos ? f.path : f.path.substr(slash + 1);
    if (stem.ends_with(".csv")) stem.resize(stem.size() - 4);
    const Schema* s = find_schema(stem);
    if (s == nullptr) return problem(f.path, 0, "no table has this name");
    seen_.insert(s->id);
    const std::vector<CsvRow> rows = read_csv(f, problems_);
    if (rows.empty()) return problem(f.path, 0, "no header");
    if (!good_header(*s, f, rows[0])) return;
    for (std::size_t i = 1; i < rows.size(); ++i) add_row(*s, f, rows[i]);
  }

  bool good_header(const Schema& s, const SourceFile& f, const CsvRow& header) {
    const bool same = std::equal(s.columns.begin(), s.columns.end(), header.cells.begin(), header.cells.end(),
                                 [](const Column& c, const std::string& cell) { return c.name == cell; });
    if (same) return true;
    std::vector<std::string_view> names;
    for (const Column& c : s.columns) names.push_back(c.name);
    problem(f.path, header.line, fmt::format("the header must be {}", fmt::join(names, ",")));
    return false;
  }

  void add_row(const Schema& s, const SourceFile& f, const CsvRow& row) {
    if (row.cells.size() != s.columns.size())
      return problem(f.path, row.line, fmt::format("{} cells, the header has {}", row.cells.size(), s.columns.size()));
    std::vector<std::uint32_t> words, of_row;
    std::array<std::uint32_t, 4> provenance{};
    const std::size_t own = s.columns.size() - provenance.size();
    for (std::size_t i = 0; i < s.columns.size(); ++i) {
      const Column& c = s.columns[i];
      const std::string& cell = row.cells[i];
      if (i == own) std::swap(words, of_row);
      if (trim(cell) != cell) problem(f.path, row.line, fmt::format("{}: blanks around \"{}\"", c.name, cell));
      if (c.required && cell.empty())
        problem(f.path, row.line, fmt::format("{}: must not be empty", c.name));
      else if (const auto wanted = encode(c.field, cell, pools_, words))
        problem(f.path, row.line, fmt::format("{}: wanted {}, found \"{}\"", c.name, *wanted, cell));
    }
    mark_unconfirmed(s, f, row, words);
    add_key(s, f, row);
    std::copy_n(words.begin(), std::min(words.size(), provenance.size()), provenance.begin());
    of_row.push_back(pools_.provenances.try_emplace(provenance, static_cast<std::uint32_t>(pools_.provenances.size())).first->second);
    Draft& d = drafts_[s.id];
    d.rows.push_back(std::move(of_row));
    d.origins.push_back({f.path, row.line});
  }

  /// A row that nobody can look up is worth nothing alone, whatever confidence it claims.
  void mark_unconfirmed(const Schema& s, const SourceFile& f, const CsvRow& row, std::vector<std::uint32_t>& words) {
    const std::size_t n = s.columns.size();
    const std::string &source = row.cells[n - 4], &retrieved = row.cells[n - 3];
    const bool none = is_no_source(source);
    if (none && words.size() == 4) words[2] = static_cast<std::uint32_t>(Confidence::unconfirmed);
    if (!none && !Date::parse(retrieved))
      problem(f.path, row.line, "retrieved: a row with a source needs the date it was read, YYYY-MM-DD");
    if (!none && is_vague_source(source))
      problem(f.path, row.line, "source: \"" + source + "\" is no source: name one, or write memory alone");
    if (none && !retrieved.empty()) problem(f.path, row.line, "retrieved: a row without a source cannot have been read anywhere");
  }

  void add_key(const Schema& s, const SourceFile& f, const CsvRow& row) {
    const std::string key = fmt::format("{}", fmt::join(row.cells.begin(), row.cells.begin() + s.key_columns, ", "));
    if (!drafts_[s.id].keys.insert(key).second) problem(f.path, row.line, "a second row of " + key);
  }

  [[nodiscard]] std::vector<std::byte> write() const;

  void check_whole(const std::vector<std::byte>& bytes) {
    const auto catalog = Catalog::open(bytes_of(bytes));
    if (!catalog) return problem("", 0, "the compiled catalog cannot be opened: " + catalog.error().text());
    Origins origins;
    for (const Schema& s : schemas()) origins[s.id] = drafts_[s.id].origins;
    for (Problem& p : check(*catalog, origins)) problems_.push_back(std::move(p));
  }

  Pools pools_;
  Drafts drafts_;
  std::vector<Derived> derived_;
  std::set<TableId> seen_;
  std::vector<Problem> problems_;
};

/// The file as it grows: tables first, header and directory put before them at the end.
class Writer {
 public:
  explicit Writer(std::size_t tables) : start_(sizeof(FileHeader) + tables * sizeof(DirectoryEntry)) {}

  void words(TableId id, std::uint32_t row_words, const std::vector<std::uint32_t>& words) {
    entry(id, row_words, static_cast<std::uint32_t>(words.size() / row_words));
    for (std::uint32_t w : words) put(body_, w, 4);
  }
  void bytes(TableId id, std::string_view s) {
    entry(id, 0, static_cast<std::uint32_t>(s.size()));
    body_ += s;
    while (body_.size() % 4 != 0) body_ += '\0';  // keeps the tables that follow aligned for a reader in C
  }
  [[nodiscard]] std::vector<std::byte> finish() const {
    const std::string content = directory_ + body_;
    std::string head(kMagic.begin(), kMagic.end());
    put(head, kFormatVersion, 4);
    put(head, directory_.size() / sizeof(DirectoryEntry), 4);
    put(head, sizeof(FileHeader) + content.size(), 8);
    const std::string digest = sha256_hex(bytes_of(content));
    for (std::size_t i = 0; i < digest.size(); i += 2) head += static_cast<char>(std::stoi(digest.substr(i, 2), nullptr, 16));
    put(head, 0, 8);
    const std::string all = head + content;
    const Bytes b = bytes_of(all);
    return {b.span().begin(), b.span().end()};
  }

 private:
  static void put(std::string& out, std::uint64_t v, int size) {
    for (int i = 0; i < size; ++i) out += static_cast<char>((v >> (8 * i)) & 0xFF);
  }
  void entry(TableId id, std::uint32_t row_words, std::uint32_t rows) {
    for (std::uint64_t v : {std::uint64_t{static_cast<std::uint32_t>(id)}, std::uint64_t{row_words}, std::uint64_t{rows},
                            std::uint64_t{start_ + body_.size()}})
      put(directory_, v, 4);
  }
  std::size_t start_;
  std::string directory_, body_;
};

std::vector<std::byte> Compiler::write() const {
  Writer w(1 + derived_.size() + schemas().size());
  w.bytes(TableId::strings, pools_.strings);
  for (const Derived& d : derived_) w.words(d.id, d.row_words, d.words);
  for (const Schema& s : schemas()) {
    std::vector<std::uint32_t> flat;
    if (const auto it = drafts_.find(s.id); it != drafts_.end())
      for (const auto& row : it->second.rows) flat.insert(flat.end(), row.begin(), row.end());
    w.words(s.id, row_words(s), flat);
  }
  return w.finish();
}

}  // namespace

std::string Problem::text() const {
  if (file.empty()) return what;
  return line == 0 ? fmt::format("{}: {}", file, what) : fmt::format("{}:{}: {}", file, line, what);
}

Compiled compile(std::vector<SourceFile> files) { return Compiler().run(std::move(files)); }

}  // namespace tq::catalog
