#include <nlohmann/json.hpp>

#include "core/brackets.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "format/inventory/columns.hpp"
#include "format/inventory/reader.hpp"
#include "format/textcodec/lines.hpp"
#include "format/textcodec/scan.hpp"

namespace tq::format::inventory {
namespace {

using nlohmann::json;

constexpr int kDepth = 16;
constexpr std::size_t kLineBytes = std::size_t{16} << 20;

/// Deepest nesting outside strings. Tested before parsing, because printing a value of any depth recurses.
int depth_of(std::string_view s) {
  int depth = 0, deepest = 0;
  each_bracket(s, 0, [&](std::size_t, char bracket) {
    if (bracket == '[' || bracket == '{')
      deepest = std::max(deepest, ++depth);
    else
      --depth;
    return true;
  });
  return deepest;
}

/// Text of a value: strings as they are, lists joined with blanks, an update object by its id, the rest as JSON.
std::string text_of(const json& v) {
  if (v.is_null()) return {};
  if (v.is_string()) return v.get<std::string>();
  if (v.is_array()) {
    std::string out;
    for (const auto& item : v) {
      if (!out.empty()) out += ' ';
      out += text_of(item);
    }
    return out;
  }
  if (v.is_object())
    for (const auto& [key, value] : v.items())
      if (const std::string plain = plain_name(key); (plain == "hotfixid" || plain == "kb" || plain == "id") && value.is_string())
        return value.get<std::string>();
  return v.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<std::monostate> take_object(const json& object, const Mapping& mapping, Row& row) {
  std::vector<std::string> names;
  for (const auto& [key, value] : object.items()) names.push_back(key);
  TQ_TRY(const Columns columns, assign(names, mapping));
  std::size_t i = 0;
  for (const auto& [key, value] : object.items()) take_cell(row, columns.key[i++], key, text_of(value));
  return ok();
}

Error damaged(std::uint32_t line, const char* wanted, std::string found) {
  return Error{ErrorCode::corrupt, "inventory line " + std::to_string(line), wanted, std::move(found)};
}

class NdjsonSource : public RowSource {
 public:
  NdjsonSource(std::string_view utf8, Mapping mapping) : lines_(utf8), mapping_(std::move(mapping)) {}

  Got next(Row& row, Error& error) override {
    std::string_view line;
    while (lines_.next(line)) {
      line = trim(line);
      if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
      if (line.empty()) continue;
      row.line = lines_.number();
      return take(line, row, error);
    }
    return Got::end;
  }

 private:
  Got take(std::string_view line, Row& row, Error& error) {
    if (line.size() > kLineBytes) {
      error = damaged(row.line, "an object of at most 16 MiB", std::to_string(line.size()) + " bytes");
      return Got::damaged;
    }
    if (depth_of(line) > kDepth) {
      error = damaged(row.line, "an object nested at most 16 deep", "a deeper one");
      return Got::damaged;
    }
    const json object = json::parse(line.begin(), line.end(), nullptr, /*allow_exceptions=*/false);
    if (!object.is_object()) {
      error = damaged(row.line, "a JSON object", std::string(line.substr(0, 80)));
      return Got::damaged;
    }
    const auto taken = take_object(object, mapping_, row);
    if (taken) return Got::row;
    error = taken.error();
    error.place = "inventory line " + std::to_string(row.line);
    return Got::damaged;
  }

  textcodec::LineReader lines_;
  Mapping mapping_;
};

class ArraySource : public RowSource {
 public:
  ArraySource(json array, Mapping mapping) : array_(std::move(array)), mapping_(std::move(mapping)) {}

  Got next(Row& row, Error& error) override {
    if (at_ >= array_.size()) return Got::end;
    const json& object = array_[at_++];
    row.line = static_cast<std::uint32_t>(at_);
    if (!object.is_object()) {
      error = Error{ErrorCode::corrupt, "inventory object " + std::to_string(at_), "a JSON object", object.type_name()};
      return Got::damaged;
    }
    const auto taken = take_object(object, mapping_, row);
    if (taken) return Got::row;
    error = taken.error();
    error.place = "inventory object " + std::to_string(at_);
    return Got::damaged;
  }

 private:
  json array_;
  Mapping mapping_;
  std::size_t at_ = 0;
};

/// The first line that holds a JSON object, for the names in it.
json first_object(std::string_view utf8) {
  textcodec::LineReader lines(utf8);
  for (std::string_view line; lines.next(line);) {
    line = trim(line);
    if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    if (line.empty()) continue;
    if (line.size() > kLineBytes || !line.starts_with("{") || depth_of(line) > kDepth) return nullptr;
    return json::parse(line.begin(), line.end(), nullptr, false);
  }
  return nullptr;
}

json whole_array(std::string_view utf8) {
  const std::string_view s = trim(utf8);
  if (s.size() > limits::kTextBytes || !s.starts_with("[") || depth_of(s) > kDepth + 1) return nullptr;
  return json::parse(s.begin(), s.end(), nullptr, false);
}

}  // namespace

Opened open_ndjson(std::string_view utf8, const Mapping& mapping) {
  // One damaged line must not hide the inventory: any of the first lines may be the one that is an object.
  constexpr int kTries = 8;
  textcodec::LineReader lines(utf8);
  std::string_view line;
  bool object = false;
  for (int i = 0; i < kTries && !object && lines.next(line); ++i) object = first_object(line).is_object();
  if (!object) return Error{ErrorCode::not_found, "inventory", "a JSON object per line", "none"};
  return std::unique_ptr<RowSource>(std::make_unique<NdjsonSource>(utf8, mapping));
}

Opened open_json_array(std::string_view utf8, const Mapping& mapping) {
  json array = whole_array(utf8);
  if (!array.is_array() || array.empty())
    return Error{ErrorCode::not_found,
                 "inventory",
                 "a JSON array of objects",
                 "none",
                 std::nullopt,
                 "give one object per line for more than 64 MiB"};
  return std::unique_ptr<RowSource>(std::make_unique<ArraySource>(std::move(array), mapping));
}

std::vector<std::string> json_names(std::string_view utf8) {
  json object = first_object(utf8);
  if (!object.is_object() && trim(utf8).starts_with("[")) {
    // Callers may hand in the head of a file only: the first object of an array stands for all.
    const std::string_view first = textcodec::first_json_object(utf8.substr(0, kLineBytes));
    object = json::parse(first.begin(), first.end(), nullptr, false);
  }
  std::vector<std::string> names;
  if (!object.is_object()) return names;
  for (const auto& [key, value] : object.items()) names.push_back(key);
  return names;
}

}  // namespace tq::format::inventory
