// Until when the product was, or is, served.
#include "judge/parts.hpp"

namespace tq::judge {

void judge_lifecycle(const Case& c, model::Verdict& verdict) {
  const auto& facts = c.facts;
  if (!verdict.build.number || facts.identity.nt_version.empty() || facts.identity.product_type.empty()) return;
  const bool server = facts.identity.product_type != "client";
  const auto row = c.knowledge.catalog().lifecycle(facts.identity.nt_version, *verdict.build.number, server);
  if (!row) return;
  auto& l = verdict.lifecycle;
  l.extended_end = row->extended_end.text();
  l.esu_end = row->esu_end.text();
  l.last_patch = row->last_patch.text();
  l.patch_source = row->patch_source;
}

}  // namespace tq::judge
