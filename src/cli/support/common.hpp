// What several commands share: the catalog, colours, dates, and the writing of what they print.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "cli/command.hpp"
#include "core/version.hpp"

namespace tq::cli {

/// The catalog of --catalog, or the embedded one. On failure the message is printed and nullopt returned: exit kCatalog.
std::optional<catalog::Catalog> open_catalog(const Args& args);
/// The day to judge as: --as-of or today. nullopt (message printed) when the option is no date.
std::optional<Date> as_of(const Args& args);
/// --color; "auto" is yes on a terminal, without -o and without NO_COLOR.
bool use_color(const Args& args);
/// Writes to -o or standard output. Returns `status`, or kInternal (kUsage when refused) after a message.
int deliver(const Args& args, const std::string& content, int status, const std::vector<std::string>& targets = {});
/// "text|json" of an option that takes only these; empty when it takes anything.
std::string closed_choices(const Option& option);
/// --jobs, or the number of processors.
unsigned jobs_of(const std::string& given);
/// "tourniquet: ..." on standard error, escaped.
void complain(const std::string& message);

inline constexpr Option kFormatTextJson{"--format", "FORMAT", "text or json", "text|json"};
inline constexpr Option kOutput{"-o,--output", "FILE", "write the result to FILE", "", nullptr, true};
inline constexpr Option kCatalogFile{"--catalog", "FILE", "use this catalog instead of the built-in one"};
inline constexpr Option kQuiet{"--quiet", "", "nothing on standard error but errors"};
inline constexpr Option kStats{"--stats", "", "print what was read, on standard error"};
inline constexpr Option kColor{"--color", "WHEN", "colour on a terminal", "auto|always|never"};

}  // namespace tq::cli
