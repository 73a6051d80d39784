#include "tests/support/json_at.hpp"

#include <nlohmann/json.hpp>

namespace tq::test {

using nlohmann::json;

json parsed(const std::string& text) { return json::parse(text, nullptr, false); }

std::string at(const json& doc, const std::string& pointer) {
  const json::json_pointer place(pointer);
  if (!doc.contains(place)) return "(nothing)";
  const json& value = doc.at(place);
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::size_t size_at(const json& doc, const std::string& pointer) {
  const json::json_pointer place(pointer);
  return doc.contains(place) ? doc.at(place).size() : 0;
}

}  // namespace tq::test
