// Which machines a list shows: conditions that people pick, as SQL over the store's views.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fleet/db.hpp"
#include "fleet/query.hpp"
#include "fleet/serve/http.hpp"

namespace tq::fleet::serve {

/// A condition that a column of text holds what somebody typed, in either case; `mark` stands for searched() of that.
std::string column_holds(std::string_view column, std::string_view mark);
std::string searched(std::string_view typed);

/// One condition as the address names it, and in words.
struct Chosen {
  std::string name, value, words;
};

class Filters {
 public:
  /// Takes the parameters that are filters; others are left to the caller. Errors: usage (a value that can be none), those of the store.
  static Result<Filters> of(Db& db, const Params& params);

  [[nodiscard]] const std::vector<Chosen>& chosen() const { return chosen_; }
  /// The conditions as parameters of an address, without `but`; begins with '&' unless empty.
  [[nodiscard]] std::string address(std::string_view but = {}) const;
  /// How many machines there are; nullopt when only looking at each would tell.
  Result<std::optional<std::int64_t>> count(Db& db) const;
  /// Rows of v_machines, ordered by name. `columns`: of the view. `few`: count() is small, so they are found by profile.
  [[nodiscard]] Sql rows(const std::string& columns, bool few, const std::string& after_name = {}, std::int64_t after_machine = -1) const;

 private:
  friend struct FilterKind;
  std::string text(const std::string& value);
  std::string number(std::int64_t value);
  [[nodiscard]] std::string profiles() const;

  std::vector<Chosen> chosen_;
  std::vector<std::string> of_verdict_;  ///< conditions on verdicts v
  std::vector<std::string> texts_;       ///< stand as {t0}, {t1}... in the conditions
  std::vector<std::int64_t> numbers_;    ///< as {n0}...
  std::optional<std::string> site_;
  std::optional<std::int64_t> site_row_;  ///< of site_; empty: machines that name none
  std::string search_;                    ///< searched(); empty: any name
};

}  // namespace tq::fleet::serve
