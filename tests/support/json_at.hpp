// Places of JSON documents for tests to compare, as text: comparing the library's own values takes a compiler seconds a case.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace tq::test {

/// The text as a document; a value of the kind "discarded" when it is none.
nlohmann::json parsed(const std::string& text);
/// What stands at a JSON pointer ("/runs/0/tool"): a string without its quotes, anything else as JSON, "(nothing)" when it is not there.
std::string at(const nlohmann::json& doc, const std::string& pointer);
/// How many elements or members; 0 when it is not there.
std::size_t size_at(const nlohmann::json& doc, const std::string& pointer);

}  // namespace tq::test
