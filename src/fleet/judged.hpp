// A verdict as the store keeps it: the answers people ask a fleet for, without the proofs, which are made again when one is opened.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "judge/judge.hpp"
#include "model/facts.hpp"
#include "model/verdict.hpp"

namespace tq::fleet {

/// An update that is to be installed, or an older one that it stands for.
struct Lacking {
  std::uint32_t kb = 0;
  bool to_install = false;
  std::uint32_t closes = 0;  ///< missing CVEs that it repairs, alone or with the updates it replaces
};
/// A driver's gate as check --deep found it; `builds` is a text, parted by commas.
struct Gate {
  std::string path, sha256, gate, builds, detail;
};
/// A question about the machine that has no answer, and what would give one.
struct Undecided {
  std::string subject;  ///< "build", "level", "goal", "updates", "cves", "evidence"
  std::string why, resolve;
  std::uint32_t items = 1;
};
/// A rule that found something; its words are made again from the rule.
struct Found {
  std::string rule, severity;
};

/// The row of one profile: machines that share their facts share it.
struct Judged {
  std::string kind, product, nt_version, arch, product_type;
  std::uint32_t build = 0;     ///< 0: unknown
  std::int32_t revision = -1;  ///< -1: unknown
  std::int32_t service_pack = -1;
  std::string version, build_status;
  std::string level_month, level_status;  ///< "2019-04"; empty: unknown
  std::uint32_t level_kb = 0;
  std::string goal_reached;  ///< of the goal that was asked for: "yes", "no", "unknown"
  std::int32_t behind_public = -1, behind_esu = -1, behind_last = -1, behind = -1;  ///< months; -1: unknown; `behind`: of that goal
  std::vector<model::CveId> missing, unknown;                                       ///< rising
  std::uint32_t exploited = 0;                                                      ///< of `missing`
  std::vector<Lacking> lacking;
  std::uint32_t unknown_updates = 0;
  bool claims_6003 = false;  ///< it says 6003 somewhere, and is not, or is contradicted
  std::vector<Found> findings;
  std::string worst;  ///< highest severity; empty: no finding
  std::vector<Gate> gates;
  std::vector<Undecided> undecided;
};

template <class V>
void fields(V& v, Lacking& x) {
  v("kb", x.kb);
  v("to_install", x.to_install);
  v("closes", x.closes);
}
template <class V>
void fields(V& v, Gate& x) {
  v("path", x.path);
  v("sha256", x.sha256);
  v("gate", x.gate);
  v("builds", x.builds);
  v("detail", x.detail);
}
template <class V>
void fields(V& v, Undecided& x) {
  v("subject", x.subject);
  v("why", x.why);
  v("resolve", x.resolve);
  v("items", x.items);
}
template <class V>
void fields(V& v, Found& x) {
  v("rule", x.rule);
  v("severity", x.severity);
}
template <class V>
void fields(V& v, Judged& x) {
  v("kind", x.kind);
  v("product", x.product);
  v("nt_version", x.nt_version);
  v("arch", x.arch);
  v("product_type", x.product_type);
  v("build", x.build);
  v("revision", x.revision);
  v("service_pack", x.service_pack);
  v("version", x.version);
  v("build_status", x.build_status);
  v("level_month", x.level_month);
  v("level_status", x.level_status);
  v("level_kb", x.level_kb);
  v("goal_reached", x.goal_reached);
  v("behind_public", x.behind_public);
  v("behind_esu", x.behind_esu);
  v("behind_last", x.behind_last);
  v("behind", x.behind);
  v("missing", x.missing);
  v("unknown", x.unknown);
  v("exploited", x.exploited);
  v("lacking", x.lacking);
  v("unknown_updates", x.unknown_updates);
  v("claims_6003", x.claims_6003);
  v("findings", x.findings);
  v("worst", x.worst);
  v("gates", x.gates);
  v("undecided", x.undecided);
}

/// What a fleet is judged by. The store remembers it; two that differ are never mixed in one store.
struct Judgement {
  std::string catalog_id, data_as_of, goal = "last", line = "auto";
  Date as_of;
};

/// The CVEs that an update repairs, looked up once. Not for two threads.
class RepairedBy {
 public:
  explicit RepairedBy(catalog::Catalog catalog) : catalog_(std::move(catalog)) {}
  const std::vector<model::CveId>& operator()(std::uint32_t kb) const;

 private:
  catalog::Catalog catalog_;
  mutable std::unordered_map<std::uint32_t, std::vector<model::CveId>> known_;
};

/// Judges the machines of a fleet by one catalog, goal and day. Not for two threads.
class Judge {
 public:
  Judge(catalog::Catalog catalog, Judgement judgement);
  [[nodiscard]] const Judgement& judgement() const { return judgement_; }
  [[nodiscard]] const catalog::Catalog& catalog() const { return knowledge_.catalog(); }
  [[nodiscard]] const model::Wanted& wanted() const { return wanted_; }
  /// Of the facts of a machine or of a profile.
  [[nodiscard]] Judged judge(const model::Facts& facts) const;
  /// The same with all proofs and findings, for one machine that somebody looks at.
  [[nodiscard]] model::Machine whole(model::Facts facts) const;

 private:
  Judgement judgement_;
  judge::Knowledge knowledge_;
  judge::Options options_;
  model::Wanted wanted_;
  RepairedBy repaired_;
};

}  // namespace tq::fleet
