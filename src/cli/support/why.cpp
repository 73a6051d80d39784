#include "cli/support/why.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/text.hpp"

namespace tq::cli {
namespace {

void lines(std::string& out, const char* label, const std::vector<std::string>& items) {
  for (std::size_t i = 0; i < items.size(); ++i) out += fmt::format("  {:<10}{}\n", i == 0 ? label : "", printable(items[i]));
}

nlohmann::ordered_json list(const std::vector<std::string>& items) {
  auto a = nlohmann::ordered_json::array();
  for (const auto& s : items) a.push_back(to_valid_utf8(s));
  return a;
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
  nlohmann::ordered_json doc = {{"schema", "tourniquet.why/1"}};
  auto all = nlohmann::ordered_json::array();
  for (const auto& [machine, p] : proofs)
    all.push_back({{"target", to_valid_utf8(machine)},
                   {"subject", p.subject},
                   {"answer", p.answer},
                   {"because", to_valid_utf8(p.rule)},
                   {"found", list(p.found)},
                   {"searched", list(p.searched)},
                   {"catalog", list(p.rows)}});
  doc["proofs"] = std::move(all);
  return doc.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace tq::cli
