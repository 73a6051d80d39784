// Answers that outlive a run: a folder with a file for each, found by everything that the answer hangs on.
//
// An entry is named by the SHA-256 of the program asked about, of the program that answers (its own file: another build asks again),
// the question, and the budget. An entry that is damaged, of another kind, or about something else is no answer and is made again.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/exposure.hpp"
#include "analysis/gates.hpp"

namespace tq::analysis {

/// The answers of one folder, or none.
class KeptAnswers {
 public:
  /// Keeps nothing and knows nothing.
  KeptAnswers() = default;
  /// `folder` is there already. Nothing is written to it when it is, or lies below, one of `targets`.
  /// Errors: it is no folder, it lies in a target, or this program cannot read its own file.
  static Result<KeptAnswers> open(const std::string& folder, std::vector<std::string> targets);

  /// The kept answer about a file of this SHA-256, or a new one. What is answered at first sight is not kept: to find it again
  /// would cost more. May be called from several threads at once.
  GateReport gates(const std::string& sha256, Bytes file, const GateOptions& options) const;
  ExposureReport exposure(const std::string& sha256, Bytes file, const ExposureOptions& options) const;

 private:
  /// What is kept under `key`, when `read` understands it; else what `make` answers, which is kept then.
  template <class Report>
  Report answer(const std::string& key, std::optional<Report> (*read)(const std::vector<std::string>&),
                const std::function<Report()>& make) const;
  [[nodiscard]] std::string place(const std::string& key) const;
  [[nodiscard]] std::optional<std::vector<std::string>> find(const std::string& key) const;
  void keep(const std::string& key, const std::vector<std::string>& words) const;
  std::string folder_, engine_;
  std::vector<std::string> targets_;
};

}  // namespace tq::analysis
