// Folders and printers that are shared by name. Each value of the key is one share: lines "Path=C:\x", "Type=0", ...
#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

constexpr const char* kSharesKey = "CurrentControlSet\\Services\\LanmanServer\\Shares";
constexpr std::size_t kMostShares = 4096;

std::string line(const std::vector<std::string>& lines, std::string_view name) {
  for (const auto& l : lines)
    if (istarts_with(l, name)) return l.substr(name.size());
  return {};
}

void collect_shares(const target::Source& source, model::Facts& facts) {
  const auto* reg = source.registry("SYSTEM");
  if (reg == nullptr) return;
  const target::Certainty sure(*reg);
  const auto values = reg->values(kSharesKey);
  if (!values) return;
  auto& c = facts.configuration;
  bool cut = false;
  for (const auto& v : *values) {
    const auto lines = v.texts();
    if (!lines || v.name.empty()) continue;
    if (c.shares.size() == kMostShares) {
      cut = true;
      break;
    }
    c.shares.push_back({v.name, line(*lines, "Path="), v.where});
  }
  c.shares_read = sure.whole(kSharesKey) && !cut ? model::Tri::yes : model::Tri::unknown;
  cover(facts, "shares", model::CoverageStatus::read, std::to_string(c.shares.size()) + " shares" + (cut ? "; the rest was not read" : ""));
}

}  // namespace

extern const Collector shares;
const Collector shares{"shares", collect_shares};

}  // namespace tq::evidence
