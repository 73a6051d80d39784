// Facts + catalog -> verdict. Sees no bytes and no clock: `as_of` comes from the caller.
#pragma once

#include <string>

#include "catalog/catalog.hpp"
#include "core/version.hpp"
#include "judge/knowledge.hpp"
#include "model/facts.hpp"
#include "model/verdict.hpp"
#include "model/wanted.hpp"

namespace tq::judge {

/// Which of Windows' two lines `missing` follows; automatic: the one this machine has followed.
enum class UpdateLine { automatic, rollup, security_only };

struct Options {
  std::string goal = "last";  ///< "public", "esu" or "last"
  Date as_of;
  UpdateLine line = UpdateLine::automatic;
  bool migration = true;  ///< what the machine can become, too
};

/// Facts to a verdict. Never fails: what facts or catalog do not hold is unknown in it, with the reason. Same input, same verdict.
model::Verdict judge(const model::Facts& facts, const Knowledge& knowledge, const Options& options);
/// The same for a single machine: makes the knowledge and throws it away.
model::Verdict judge(const model::Facts& facts, const catalog::Catalog& catalog, const Options& options);

/// What this catalog wants to know of the files of a machine.
model::Wanted wanted(const catalog::Catalog& catalog);

/// The proof of one verdict: what was asked, the answer, what was searched and found, which rule decided, which rows it used.
struct Proof {
  std::string subject;  ///< the KB or CVE that was asked for, as this program writes it
  std::string answer;   ///< "installed", "covered", "waiting", "missing", "unknown", "not_applicable", "repaired", "not_in_catalog"
  std::string rule;     ///< the sentence that decided
  std::vector<std::string> searched, found, rows;
};
/// `subject`: "KB..." or "CVE-..."/"ADV...". nullopt when it is neither.
std::optional<Proof> prove(const model::Facts& facts, const Knowledge& knowledge, const Options& options, const std::string& subject);

}  // namespace tq::judge
