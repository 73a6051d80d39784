// What a plan starts from: the few things of a machine that decide which steps are needed. Derived from facts and verdict.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "core/version.hpp"
#include "model/facts.hpp"
#include "model/verdict.hpp"

namespace tq::plan {

using model::Tri;

/// Every field that was not read says so (empty, nullopt, unknown): a plan asks for it instead of guessing.
struct State {
  std::string name, product;  ///< for people only; never in a generated script
  std::string nt_version;     ///< "6.0"; empty: not known
  std::string arch;           ///< "x86", "x64", "ia64"; empty: not known
  std::optional<catalog::ProductClass> product_class;
  std::optional<int> service_pack;
  std::optional<std::uint32_t> build, revision;
  std::set<std::uint32_t> in_place;  ///< installed, or installed once and superseded
  std::set<std::uint32_t> waiting;   ///< installed, but the restart that finishes them is still to come
  bool packages_complete = false;    ///< the packages were read as a whole: what is not among them is absent
  std::optional<FileVersion> stack;
  Tri sha2 = Tri::unknown;
  bool no_preparation = false;  ///< the judge is sure that no licensing preparation is there
  Tri licensed = Tri::unknown;  ///< yes only where a live answer said so: keys in the store prove nothing
  Tri restart_pending = Tri::unknown;
  std::map<std::string, Tri> reached;          ///< goal -> what the judge says
  std::set<std::uint32_t> wanted;              ///< missing updates of other lines (.NET, Internet Explorer, single fixes)
  std::optional<std::uint32_t> install_stamp;  ///< InstallDate of the registry, seconds since 1970: tells two machines apart
};

/// What a plan starts from: the verdict, and of the facts only what steps depend on.
State state_of(const model::Facts& facts, const model::Verdict& verdict, const catalog::Catalog& catalog);

/// True for the updates that carry a month of Windows itself.
bool is_line(catalog::UpdateKind kind);
/// True for what only prepares the way: stacks, SHA-2, preparation packages, the service pack.
bool is_groundwork(catalog::UpdateKind kind);
/// The update exists for this Windows and processor; a processor that is not known rules nothing out.
bool made_for(const catalog::Update& update, const State& state);

/// Which updates are on a machine, answered from its state and from what the catalog says they replace and need.
class Presence {
 public:
  Presence(const State& state, const catalog::Catalog& catalog);
  /// yes: in place, replaced by something in place, or needed by something in place. no: only with evidence.
  [[nodiscard]] Tri of(const catalog::Update& update) const;

 private:
  void cover(std::uint32_t kb);
  void imply(const catalog::Update& update);
  [[nodiscard]] Tri service_pack(const catalog::Update& update) const;
  [[nodiscard]] Tri stack(const catalog::Update& update) const;
  [[nodiscard]] Tri otherwise() const;

  const State& state_;
  const catalog::Catalog& catalog_;
  std::set<std::uint32_t> covered_, implied_, denied_;
  std::optional<Date> newest_rollup_, newest_stack_, newest_preparation_;
};

}  // namespace tq::plan
