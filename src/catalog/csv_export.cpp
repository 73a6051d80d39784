#include "catalog/csv_export.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "core/text.hpp"

namespace tq::catalog {
namespace {

using Cells = std::vector<std::string>;

std::string kb_list(const KbList& kbs) {
  std::string out;
  for (const std::uint32_t kb : kbs) out += (out.empty() ? "" : ";") + std::to_string(kb);
  return out;
}

std::string arch_list(std::uint32_t bits) {
  std::string out;
  for (std::uint32_t i = 1; i < kCount<ProductArch>; ++i)
    if ((bits >> (i - 1) & 1) != 0) out += std::string(out.empty() ? "" : ";") + to_string(static_cast<ProductArch>(i));
  return out;
}

std::string date_text(std::uint32_t v) { return v == 0 ? "" : fmt::format("{:04}-{:02}-{:02}", v / 10000, v / 100 % 100, v % 100); }

std::string version_text(std::uint32_t high, std::uint32_t low) {
  return high == 0 && low == 0 ? "" : fmt::format("{}.{}.{}.{}", high >> 16, high & 0xFFFF, low >> 16, low & 0xFFFF);
}

/// Stored words back to the text of a cell.
class CellPrinter {
 public:
  explicit CellPrinter(const Catalog& catalog) : catalog_(catalog), image_(catalog.image()) {}

  [[nodiscard]] std::string cell(Field f, std::uint32_t a, std::uint32_t b) const {
    switch (f) {
      case Field::text: return std::string(image_.text(a));
      case Field::number: return a == 0 ? "" : std::to_string(a);
      case Field::flag: return a != 0 ? "y" : "n";
      case Field::date: return date_text(a);
      case Field::version: return version_text(a, b);
      case Field::kb: return a == 0 ? "" : std::to_string(a);
      case Field::kbs: return kb_list(image_.list(a, b));
      case Field::kb_groups: return groups(a, b);
      case Field::arches: return arch_list(a);
      case Field::cve: return cve_text(a);
      case Field::cves: return cves(a);
      default: return word(f, a);
    }
  }

  [[nodiscard]] std::string cves(std::uint32_t set) const {
    const Table& t = image_.table(TableId::cves);
    std::string out;
    for (const std::uint32_t row : catalog_.cve_set(set))
      if (row < t.rows) out += (out.empty() ? "" : ";") + cve_text(t.words[std::size_t{row} * t.row_words]);
    return out;
  }

 private:
  [[nodiscard]] std::string groups(std::uint32_t first, std::uint32_t count) const {
    std::string out;
    for (std::uint32_t i = 0; i < count; ++i) {
      std::string any = kb_list(image_.group(first + i));
      std::replace(any.begin(), any.end(), ';', '|');
      out += (out.empty() ? "" : ";") + any;
    }
    return out;
  }

  static std::string word(Field f, std::uint32_t v) {
    switch (f) {
      case Field::kind: return to_string(static_cast<UpdateKind>(v));
      case Field::basis: return to_string(static_cast<VersionBasis>(v));
      case Field::confidence: return to_string(static_cast<Confidence>(v));
      case Field::verdict: return to_string(static_cast<BeliefVerdict>(v));
      case Field::branch: return to_string(static_cast<Branch>(v));
      case Field::treatment: return to_string(static_cast<KernelTreatment>(v));
      case Field::product_class: return to_string(static_cast<ProductClass>(v));
      case Field::product_arch: return to_string(static_cast<ProductArch>(v));
      case Field::component: return to_string(static_cast<Component>(v));
      case Field::rating: return to_string(static_cast<Rating>(v));
      case Field::file_branch: return to_string(static_cast<FileBranch>(v));
      case Field::correction: return to_string(static_cast<CorrectionKind>(v));
      default: return {};
    }
  }

  const Catalog& catalog_;
  const Image& image_;
};

void add_provenance(Cells& cells, const Provenance& p) {
  cells.insert(cells.end(), {std::string(p.source), std::string(p.retrieved), to_string(p.confidence), std::string(p.note)});
}

/// The provenance that a stored row's last own word points to.
void add_shared(const Image& image, std::uint32_t row, Cells& cells) {
  RowReader r(image, TableId::provenances, row);
  cells.emplace_back(r.text());
  cells.emplace_back(r.text());
  cells.emplace_back(to_string(r.value<Confidence>()));
  cells.emplace_back(r.text());
}

std::vector<Cells> plain_rows(const Catalog& catalog, const Schema& s) {
  const CellPrinter printer(catalog);
  const Table& t = catalog.image().table(s.id);
  std::vector<Cells> out;
  for (std::uint32_t row = 0; row < t.rows; ++row) {
    Cells cells;
    std::size_t at = std::size_t{row} * t.row_words;
    for (const Column& c : s.stored) {
      const std::uint32_t n = words_of(c.field);
      if (c.field == Field::provenance)
        add_shared(catalog.image(), t.words[at], cells);
      else
        cells.push_back(printer.cell(c.field, t.words[at], n == 2 ? static_cast<std::uint32_t>(t.words[at + 1]) : 0));
      if (c.field == Field::number && c.required && cells.back().empty()) cells.back() = "0";
      at += n;
    }
    out.push_back(std::move(cells));
  }
  return out;
}

/// Fixes of one update with the same CVEs, fixed build and provenance are one line, the products by id.
std::vector<Cells> fix_rows(const Catalog& catalog) {
  const CellPrinter printer(catalog);
  using Key = std::tuple<std::uint32_t, std::uint32_t, std::string, Cells>;
  std::map<Key, std::string> lines;
  for (const Fix& f : catalog.fixes()) {
    Cells shared;
    add_provenance(shared, catalog.provenance(f));
    std::string& names = lines[{catalog.brief(f.update).kb, f.set, f.fixed_build ? f.fixed_build->text() : "", std::move(shared)}];
    names.append(names.empty() ? "" : ";").append(catalog.products()[f.product].id);
  }
  std::vector<Cells> out;
  for (const auto& [key, names] : lines) {
    const auto& [kb, set, build, shared] = key;
    Cells cells{std::to_string(kb), names, build, printer.cves(set)};
    cells.insert(cells.end(), shared.begin(), shared.end());
    out.push_back(std::move(cells));
  }
  // By KB and products: the number of a set is no order that a reader could follow.
  std::sort(out.begin(), out.end(),
            [](const Cells& a, const Cells& b) { return std::tuple(a[0].size(), a[0], a[1]) < std::tuple(b[0].size(), b[0], b[1]); });
  return out;
}

std::vector<Cells> rows_of(const Catalog& catalog, const Schema& s) {
  return s.id == TableId::fixes ? fix_rows(catalog) : plain_rows(catalog, s);
}

std::string json_text(std::string_view s) {
  std::string out = "\"";
  for (const char c : to_valid_utf8(s)) {
    if (c == '"' || c == '\\')
      out.append("\\").append(1, c);
    else if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    else
      out += c;
  }
  return out + '"';
}

}  // namespace

std::string csv_line(const std::vector<std::string>& cells) {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out += ',';
    if (cells[i].find_first_of(",\"\r\n") == std::string::npos) {
      out += cells[i];
      continue;
    }
    out += '"';
    for (const char c : cells[i]) out.append(c == '"' ? 2 : 1, c);
    out += '"';
  }
  return out + "\n";
}

std::string csv_header(const Schema& schema) {
  Cells names;
  for (const Column& c : schema.columns) names.emplace_back(c.name);
  return csv_line(names);
}

std::string table_csv(const Catalog& catalog, const Schema& schema) {
  std::string out = csv_header(schema);
  for (const Cells& cells : rows_of(catalog, schema)) out += csv_line(cells);
  return out;
}

std::string table_ndjson(const Catalog& catalog, const Schema& schema) {
  std::string out;
  for (const Cells& cells : rows_of(catalog, schema)) {
    out += "{\"table\":" + json_text(schema.stem);
    for (std::size_t i = 0; i < schema.columns.size() && i < cells.size(); ++i)
      out += "," + json_text(schema.columns[i].name) + ":" + json_text(cells[i]);
    out += "}\n";
  }
  return out;
}

}  // namespace tq::catalog
