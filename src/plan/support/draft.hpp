// The making of the steps: gathers what is needed, chooses between alternatives, orders, puts in licence and restarts.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "plan/plan.hpp"

namespace tq::plan {

class Draft {
 public:
  Draft(const State& state, const catalog::Catalog& catalog, const Options& options, Line line)
      : state_(state), catalog_(catalog), options_(options), presence_(state, catalog), line_(line) {}

  /// What the plan has to bring, and with it all that it requires.
  void want(const Targets& targets);
  /// In the order of their requirements, with the restarts, keys and builds between them.
  [[nodiscard]] std::vector<Step> steps(const catalog::Goal& goal);
  /// Updates that are in place already and that a step of the plan needs.
  [[nodiscard]] std::vector<std::uint32_t> relied_on() const { return {relied_on_.begin(), relied_on_.end()}; }

 private:
  struct Node {
    catalog::Update update;
    Need need = Need::yes;
    std::vector<std::uint32_t> after;  ///< nodes that come first
    std::vector<std::uint32_t> shown;  ///< chosen requirements, also those in place
    std::string why;
  };

  void need(const catalog::Update& update, const std::string& why);
  std::optional<catalog::Update> choose(std::span<const le32> alternatives) const;
  [[nodiscard]] bool rejected(std::uint32_t kb) const;
  [[nodiscard]] std::vector<std::uint32_t> order() const;
  [[nodiscard]] Step update_step(const Node& node) const;
  void add(Step step);
  void restart(Need need, const std::string& why);
  void licence(const std::vector<std::uint32_t>& order, std::size_t from);
  void number_builds();

  const State& state_;
  const catalog::Catalog& catalog_;
  const Options& options_;
  Presence presence_;
  Line line_;
  std::map<std::uint32_t, Node> nodes_;
  std::set<std::uint32_t> relied_on_;
  std::vector<Step> steps_;
};

}  // namespace tq::plan
