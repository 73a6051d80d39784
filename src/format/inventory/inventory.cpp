#include "format/inventory/inventory.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "format/inventory/columns.hpp"
#include "format/inventory/reader.hpp"

namespace tq::format::inventory {

class Reader::Impl {
 public:
  explicit Impl(std::unique_ptr<RowSource> source) : source_(std::move(source)) {}

  std::optional<Row> next() {
    while (rows_ < kRows) {
      Row row;
      Error error;
      switch (source_->next(row, error)) {
        case RowSource::Got::end: return std::nullopt;
        case RowSource::Got::damaged: lose(std::move(error), row.name); break;
        case RowSource::Got::row:
          ++rows_;
          finish_row(row);
          return row;
      }
    }
    if (rows_ == kRows)
      lose(Error{ErrorCode::limit, "inventory", "at most " + std::to_string(kRows) + " rows", "more", std::nullopt, "split the file"}, {});
    rows_ = kRows + 1;  // says so once
    return std::nullopt;
  }

  std::vector<Error> losses;
  std::uint64_t lost_rows = 0;
  std::set<std::string> lost_names;  ///< in lower case
  bool lost_nameless = false;

 private:
  void lose(Error e, std::string_view name) {
    ++lost_rows;
    if (name.empty() || lost_names.size() >= limits::kLossesListed)
      lost_nameless = true;
    else
      lost_names.insert(lower_ascii(name));
    if (losses.size() < limits::kLossesListed) losses.push_back(std::move(e));
  }
  std::unique_ptr<RowSource> source_;
  std::uint64_t rows_ = 0;
};

Reader::Reader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

Result<Reader> Reader::open(std::string_view utf8, const Mapping& mapping) {
  if (utf8.size() > limits::kInventoryBytes)
    return Error{
        ErrorCode::limit, "inventory",     "at most " + std::to_string(limits::kInventoryBytes) + " bytes", std::to_string(utf8.size()),
        std::nullopt,     "split the file"};
  if (utf8.starts_with("\xEF\xBB\xBF")) utf8.remove_prefix(3);
  const std::string_view start = trim(utf8.substr(0, 4096));
  Opened source = start.starts_with("{")   ? open_ndjson(utf8, mapping)
                  : start.starts_with("[") ? open_json_array(utf8, mapping)
                                           : open_csv(utf8, mapping);
  // A text whose first line is damaged: NDJSON if any of its lines is an object.
  if (!source && !start.starts_with("[") && !start.starts_with("{"))
    if (Opened again = open_ndjson(utf8, mapping)) source = std::move(again);
  if (!source) return source.error();
  return Reader(std::make_unique<Impl>(*std::move(source)));
}

std::optional<Row> Reader::next() { return impl_->next(); }
const std::vector<Error>& Reader::losses() const { return impl_->losses; }
std::uint64_t Reader::lost_rows() const { return impl_->lost_rows; }
bool Reader::may_have_lost(std::string_view name) const { return impl_->lost_nameless || impl_->lost_names.contains(lower_ascii(name)); }

namespace {

/// Takes over a value that the machine has not yet; two that differ are a conflict.
template <class T>
void join_value(Machine& m, const char* what, T& to, T& from, const Row& row) {
  const T none{};
  if (from == none || from == to) return;
  if (to == none) {
    to = std::move(from);
    return;
  }
  if (m.conflicts.size() < kLabels)
    m.conflicts.push_back(Error{ErrorCode::corrupt, "inventory line " + std::to_string(row.line),
                                std::string("the same ") + what + " as in line " + std::to_string(m.line), "another"});
}

void join_labels(Machine& m, std::vector<std::pair<std::string, std::string>>& labels) {
  for (auto& label : labels) {
    const bool there = std::find(m.labels.begin(), m.labels.end(), label) != m.labels.end();
    if (!there && m.labels.size() < kLabels) m.labels.push_back(std::move(label));
  }
}

/// Takes the news of a cut row over to the machine that it belongs to.
void note_cut(Machine& m, std::optional<Error>& cut) {
  if (!cut) return;
  m.updates_cut = true;
  if (m.conflicts.size() < kLabels) m.conflicts.push_back(*cut);
  cut.reset();
}

}  // namespace

void join(Machine& m, Machine&& more) {
  m.updates_cut = m.updates_cut || more.updates_cut;
  m.rows += more.rows - 1;
  for (auto& e : more.conflicts)
    if (m.conflicts.size() < kLabels) m.conflicts.push_back(std::move(e));
  join(m, static_cast<Row&&>(std::move(more)));
}

void join(Machine& m, Row&& row) {
  ++m.rows;
  join_value(m, "product", m.product, row.product, row);
  join_value(m, "version", m.version_text, row.version_text, row);
  join_value(m, "major version", m.major, row.major, row);
  join_value(m, "minor version", m.minor, row.minor, row);
  join_value(m, "build", m.build, row.build, row);
  join_value(m, "revision", m.revision, row.revision, row);
  join_value(m, "service pack", m.service_pack, row.service_pack, row);
  join_value(m, "architecture", m.arch, row.arch, row);
  join_value(m, "site", m.site, row.site, row);
  join_value(m, "kernel version", m.kernel_text, row.kernel_text, row);
  if (!m.kernel) m.kernel = row.kernel;
  m.builds_disagree = m.builds_disagree || row.builds_disagree;
  m.updates_given = m.updates_given || row.updates_given;
  // Sorted once at the end: a machine may have a row per update, and 200,000 of them.
  if (m.kbs.size() < limits::kHotfixes)
    m.kbs.insert(m.kbs.end(), row.kbs.begin(), row.kbs.end());
  else
    m.updates_cut = m.updates_cut || !row.kbs.empty();
  if (m.other_ids.size() < limits::kHotfixes) std::move(row.other_ids.begin(), row.other_ids.end(), std::back_inserter(m.other_ids));
  join_labels(m, row.labels);
  note_cut(m, row.cut);
}

Result<Inventory> parse(std::string_view utf8, const Mapping& mapping) {
  TQ_TRY(Reader reader, Reader::open(utf8, mapping));
  Inventory out;
  std::unordered_map<std::string, std::size_t> by_name;
  while (auto row = reader.next()) {
    ++out.rows;
    if (!row->name.empty()) {
      const auto [it, fresh] = by_name.emplace(lower_ascii(row->name), out.machines.size());
      if (!fresh) {
        join(out.machines[it->second], *std::move(row));
        continue;
      }
    }
    out.machines.push_back(Machine{*std::move(row), 1, {}, false});
    note_cut(out.machines.back(), out.machines.back().cut);
  }
  // Where machines have a row for each update, a lost row may have held one.
  const bool row_for_each = std::any_of(out.machines.begin(), out.machines.end(), [](const Machine& m) { return m.rows > 1; });
  for (auto& m : out.machines) {
    m.updates_cut = m.updates_cut || (row_for_each && reader.may_have_lost(m.name));
    std::sort(m.kbs.begin(), m.kbs.end());
    m.kbs.erase(std::unique(m.kbs.begin(), m.kbs.end()), m.kbs.end());
  }
  out.losses = reader.losses();
  out.lost_rows = reader.lost_rows();
  return out;
}

bool looks_like(std::string_view utf8) {
  if (utf8.starts_with("\xEF\xBB\xBF")) utf8.remove_prefix(3);
  const std::string_view start = trim(utf8.substr(0, 4096));
  const bool json = start.starts_with("{") || start.starts_with("[");
  const std::vector<std::string> names = json ? json_names(utf8) : csv_names(utf8);
  if (names.size() < 2) return false;
  const auto columns = assign(names, {});
  return columns && is_inventory(*columns, names);
}

}  // namespace tq::format::inventory
