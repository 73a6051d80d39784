// What imported functions do to a followed state. A model writes what the function writes and sets the result.
#pragma once

#include <string>
#include <string_view>

#include "analysis/engine.hpp"

namespace tq::analysis {

/// One imported function.
struct Model {
  const char* name;
  void (*apply)(Engine& e, State& s, const CallSite& c);
};

/// Writes what a caller may not want: nothing when `to` is null.
void store_unless_null(Engine& e, State& s, const Value& to, unsigned size, const Value& v);

/// The model of an imported function; null when it has none.
const Model* model_of(const std::string& name, bool clock);
/// Is a library (lower case) a C run time? Its functions leave their arguments on the stack.
bool is_run_time(const std::string& dll);
/// A function that never comes back.
bool is_noreturn(const std::string& name);
/// Takes texts apart, compares or searches memory: what it gives hangs on what lies behind the pointers it is handed.
bool looks_behind_pointers(std::string_view name);
/// Gives a number with a fraction.
bool gives_fraction(std::string_view name);
/// Formats or prints what it is given: its result decides nothing.
bool is_printer(const std::string& name);

/// How many bytes an imported function writes through its argument `index`; nullopt for one that is not known.
std::optional<std::uint64_t> bytes_written(const std::string& name, unsigned index, unsigned word);

struct Arity {
  unsigned words = 0;          ///< stack words of the 32-bit stdcall form; about the number of arguments
  bool register_call = false;  ///< 32-bit fastcall: the first two in ecx and edx
};
/// How many arguments a function of Windows takes; nullopt when it is not in the table.
std::optional<Arity> arity_of(const std::string& name);

}  // namespace tq::analysis
