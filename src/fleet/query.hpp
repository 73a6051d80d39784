// `fleet query`: the questions people ask, each answered from the views.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fleet/db.hpp"

namespace tq::fleet {

/// How an answer is written.
enum class Form { text, json, ndjson, csv };

/// A question as the command line asks it.
struct Question {
  std::string name, argument;
  std::string since;  ///< ISO date: `changes`
  std::string as_of;  ///< ISO date: the fleet as it stood at the end of that day (then.hpp); empty: now
  Form form = Form::text;
  std::optional<std::uint64_t> limit;  ///< rows; the default is kTextRows for text, all for the other forms
};
inline constexpr std::uint64_t kTextRows = 100;
inline constexpr std::uint64_t kSortedRows = 20'000;

/// What a question means in SQL.
struct Sql {
  std::string count;  ///< one number; empty: the rows are counted while they are read
  std::string rows;
  std::vector<std::string> texts;     ///< values $1, $2, ... of both
  std::vector<std::int64_t> numbers;  ///< values behind the texts
  std::string order;                  ///< of the rows, unless a few of very many are wanted: sorting a million for a hundred costs seconds
  std::string what;                   ///< "machines miss CVE-..."
};
/// Errors: usage (no such question, an argument that is missing or no CVE, KB, build).
Result<Sql> sql_of(Db& db, const Question& question);

/// The columns of v_machines that programs get.
std::string machine_columns();
/// The sets that hold a CVE; its number is to follow. Atoms first, then the few sets that hold them: no machine is looked at.
inline constexpr const char* kSetsOfCve = "SELECT a.cve_set FROM set_atoms a JOIN cves c ON a.atom IN (c.atom, c.lone) WHERE c.cve =";

/// The rows of a statement in the question's form. Errors: io.
Status answer_with(Db& db, const Question& question, const Sql& sql, const std::function<void(std::string_view)>& out);
/// Hands out the answer in pieces, so that a million rows never lie in memory. Errors: usage, io.
Status answer(Db& db, const Question& question, const std::function<void(std::string_view)>& out);

/// "machines|machine|missing|...", for messages.
std::string question_names();

}  // namespace tq::fleet
