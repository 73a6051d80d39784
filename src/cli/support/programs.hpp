// The programs a user named: files as they are, folders as the PE files in them, whole machines as what their services load.
// Shared by `drivers` and `time32`.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/kept.hpp"
#include "cli/command.hpp"
#include "core/bytes.hpp"
#include "core/result.hpp"

namespace tq::cli {

struct NamedProgram {
  std::string path;  ///< as shown
  std::string note;  ///< how the machine loads it: "acpi, boot driver"; empty outside of whole targets
  std::function<Result<std::vector<std::byte>>()> read;
};

/// Every program of the operands, in the order a machine loads them where that is known, else by name. A Windows tree, an
/// image or an archive stands for what its services load. What could not be listed is complained about and counted in
/// `unread`.
std::vector<NamedProgram> programs_of(const std::vector<std::string>& operands, int& unread);

/// Reads each program and hands its bytes to `work`, on `jobs` threads; `work` writes to its own slot only.
/// Errors of reading are handed on as an Error.
void for_each_program(const std::vector<NamedProgram>& programs, unsigned jobs,
                      const std::function<void(std::size_t, const Result<std::vector<std::byte>>&)>& work);

inline constexpr Option kAnswerCache{"--cache", "FOLDER", "keep answers about programs here, and use those that are there",
                                     "",        nullptr,  true};
/// What --cache names, or a cache that keeps nothing. nullopt (message printed) when it cannot be used.
std::optional<analysis::KeptAnswers> kept_answers(const Args& args);

}  // namespace tq::cli
