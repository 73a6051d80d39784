// Three values: what was not read is unknown, never no.
#pragma once
#include <string_view>

namespace tq::model {

enum class Tri { no, yes, unknown };
/// "present" words differ by field; the wire names here are the plain ones.
const char* to_string(Tri t);
bool from_string(std::string_view s, Tri& out);

}  // namespace tq::model
