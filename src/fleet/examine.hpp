// The work of one worker: opens targets, reads their evidence, tells their profiles, judges those that are new.
#pragma once

#include "fleet/job.hpp"
#include "fleet/judged.hpp"
#include "target/loader.hpp"

namespace tq::fleet {

/// Where a machine lies and what tells it from others of its name.
struct Place {
  std::string item;   ///< below the source
  std::string ident;  ///< what its identity is made of beside the name
  std::int64_t content = 0;
  bool alone = false;  ///< the user named this one target, and it holds one machine
};

class Examiner {
 public:
  Examiner(const Judge& judge, const Known& known, target::OpenOptions open, std::string site)
      : judge_(judge), contents_(known.contents), profiles_(known.profiles), open_(std::move(open)), site_(std::move(site)) {}

  /// Hashes of names, rising: rows of these machines are given back, because more of them stand elsewhere.
  void set_apart(std::vector<std::uint64_t> apart) { apart_ = std::move(apart); }
  /// Never fails: what cannot be read is in the answer, with the reason.
  Answer run(const Job& job);

 private:
  void take_path(const std::string& source, const std::string& item, Batch& out);
  void take_bytes(const std::string& source, const Piece& piece, Batch& out);
  void take_input(const target::Input& input, const std::string& source, const std::string& item, std::int64_t content, Batch& out);
  void take_names(const Job& job, Answer& out);
  void take_rows(const Job& job, Answer& out);
  void take_machine(const target::Source& machine, const std::string& source, const Place& place, Batch& out);
  [[nodiscard]] target::Source row_source(const Job& job, format::inventory::Machine machine) const;

  const Judge& judge_;
  const std::unordered_set<std::int64_t>& contents_;  ///< may be a million: not copied
  std::unordered_set<std::int64_t> profiles_;
  target::OpenOptions open_;
  std::string site_;
  std::vector<std::uint64_t> apart_;
};

}  // namespace tq::fleet
