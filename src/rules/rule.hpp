// A rule turns facts and verdict into at most a few findings. One file each, named as its id; the build collects them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "model/facts.hpp"
#include "model/verdict.hpp"

namespace tq::rules {

struct Context {
  const model::Facts& facts;
  const model::Verdict& verdict;
  const catalog::Catalog& catalog;
  std::string goal;
  Date as_of;
};

/// What a rule says of this machine. The general text (what it means, what to do) stays in the rule.
struct Said {
  std::string detail;
  std::vector<std::string> evidence = {};
  std::optional<model::Severity> severity = {};  ///< when this machine's case differs from the rule's own
};

struct Rule {
  const char* id;
  model::Severity severity;
  const char* title;
  const char* meaning;  ///< `explain`: what it means
  const char* proof;    ///< what proves it
  const char* action;   ///< what to do
  const char* sources;
  void (*judge)(const Context&, std::vector<Said>&);
};

/// Every rule of this folder, by its id.
std::span<const Rule* const> all();

/// Findings of all rules, by falling severity, then id.
std::vector<model::Finding> run(const Context& context);

}  // namespace tq::rules
