// An inventory with a machine per row: CSV or NDJSON from whatever keeps such lists.
#include <fmt/format.h>

#include "core/limits.hpp"
#include "format/textcodec/textcodec.hpp"
#include "target/loader.hpp"

namespace tq::target {
namespace {

namespace inventory = format::inventory;

bool accepts_inventory_rows(const Input& in) {
  // With --map the columns are the user's own: any text is taken at his word.
  return in.kind == io::HostKind::file && !in.head_text.empty() && (!in.column_map.empty() || inventory::looks_like(in.head_text));
}

Result<std::vector<Source>> load_inventory_rows(const Input& in) {
  inventory::Mapping mapping;
  if (!in.column_map.empty()) {
    TQ_TRY(mapping, inventory::parse_map(in.column_map));
  }
  TQ_TRY(const auto content, in.read(limits::kInventoryBytes));
  const auto text = format::textcodec::decode(bytes_of(content));
  TQ_TRY(auto read, inventory::parse(text.utf8, mapping));
  std::vector<Source> out;
  for (auto& m : read.machines) {
    Source s;
    s.label = fmt::format("{}//line {}", in.label, m.line);
    s.kind = "inventory";
    s.text_note = text.encoding;
    s.inventory = std::move(m);
    out.push_back(std::move(s));
  }
  if (out.empty())
    return Error{ErrorCode::unsupported, in.label, "rows with a machine each", read.losses.empty() ? "none" : read.losses.front().text()};
  // Rows that could not be read belong to no machine; the first one carries the news, for nothing else would.
  if (read.lost_rows > 0)
    out.front().text_note +=
        fmt::format("; {} rows lost, first: {}", read.lost_rows, read.losses.empty() ? "" : read.losses.front().text());
  return out;
}

}  // namespace

extern const Loader inventory_rows;
const Loader inventory_rows{"inventory", 55, accepts_inventory_rows, load_inventory_rows};

}  // namespace tq::target
