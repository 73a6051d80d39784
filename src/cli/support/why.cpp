#include "cli/support/why.hpp"

#include <fmt/format.h>

#include "core/json.hpp"
#include "core/text.hpp"
#include "model/json_words.hpp"

namespace tq::cli {
namespace {

void lines(std::string& out, const char* label, const std::vector<std::string>& items) {
  for (std::size_t i = 0; i < items.size(); ++i) out += fmt::format("  {:<10}{}\n", i == 0 ? label : "", printable(items[i]));
}

}  // namespace

std::string proofs_text(const std::vector<MachineProof>& proofs) {
  std::string out;
  for (const auto& [machine, p] : proofs) {
    out += fmt::format("{}  {}: {}\n", printable(machine), p.subject, p.answer);
    lines(out, "Because", {p.rule});
    lines(out, "Found", p.found.empty() ? std::vector<std::string>{"nothing that names it"} : p.found);
    lines(out, "Searched", p.searched);
    lines(out, "Catalog", p.rows);
    out += "\n";
  }
  return out;
}

std::string proofs_json(const std::vector<MachineProof>& proofs) {
  Json doc = {{"schema", "tourniquet.why/1"}};
  auto all = Json::array();
  for (const auto& [machine, p] : proofs)
    all.push_back({{"target", to_valid_utf8(machine)},
                   {"subject", p.subject},
                   {"answer", p.answer},
                   {"because", to_valid_utf8(p.rule)},
                   {"found", model::texts(p.found)},
                   {"searched", model::texts(p.searched)},
                   {"catalog", model::texts(p.rows)}});
  doc["proofs"] = std::move(all);
  return doc.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tq::cli
