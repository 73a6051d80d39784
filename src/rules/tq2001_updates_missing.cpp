#include <fmt/format.h>

#include "rules/rule.hpp"

namespace tq::rules {
namespace {

/// One finding for each update to install: a line of updates is one of them, however long it has grown.
void find_tq2001(const Context& c, std::vector<Said>& out) {
  for (const auto& m : c.verdict.missing) {
    Said s{fmt::format("{} ({}, {}) is missing: {}", kb_text(m.kb), m.kind, m.released.text(), m.why)};
    if (!m.covers.empty()) s.detail += fmt::format("; it stands for {} earlier updates", m.covers.size());
    if (!m.approval.empty())
      s.detail += fmt::format("; vendor: {}{}", m.approval, m.approval_note.empty() ? "" : " (" + m.approval_note + ")");
    out.push_back(std::move(s));
  }
}

}  // namespace

extern const Rule tq2001_updates_missing;
const Rule tq2001_updates_missing{
    "TQ2001",
    model::Severity::high,
    "Updates up to the goal are missing",
    "The machine does not have the last update of its goal. Of a cumulative line only the newest is named: it stands for all between.",
    "The kernel's version, the packages or the hotfix list, as said beside each update.",
    "Install what is named. What came out after the end of extended support requires an Extended Security Updates licence.",
    "MSRC CVRF; data/catalog/nt60/updates.csv",
    find_tq2001,
};

}  // namespace tq::rules
