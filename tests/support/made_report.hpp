// A report made by hand: one machine that has something of everything, and one whose every text is an attack on the place it is printed in.
#pragma once

#include <string>
#include <vector>

#include "report/renderer.hpp"

namespace tq::test {

/// Markup, quotes, a terminal's escape, a change of direction, a line end with a formula behind it, a lone surrogate, bytes of no text.
inline constexpr const char* kHostile = "<script>alert(1)</script>\"'&=1+1\x1b[31m\xE2\x80\xAE,\n@SUM(A1);=2\x7f\xED\xA0\x80\xFF\\";

model::Machine full_machine(const std::string& name);
/// The same, with kHostile for every text that comes from a target.
model::Machine hostile_machine();
/// With one target that could not be read.
model::Report report_of(std::vector<model::Machine> machines);

/// The report in that format. "nothing", and a visible skip, where this build or system lacks what the format needs.
std::string render(const char* format, const model::Report& r);

}  // namespace tq::test
