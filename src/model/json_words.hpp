// How facts and verdicts become JSON in every report: texts as valid UTF-8, and null for what is not known.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "core/text.hpp"
#include "model/tri.hpp"

namespace tq::model {

inline Json text_or_null(const std::string& s) { return s.empty() ? Json(nullptr) : Json(to_valid_utf8(s)); }
/// true, false or null.
inline Json tri_or_null(Tri t) { return t == Tri::unknown ? Json(nullptr) : Json(t == Tri::yes); }
template <class T>
Json value_or_null(const std::optional<T>& v) {
  return v ? Json(*v) : Json(nullptr);
}
inline Json texts(const std::vector<std::string>& list) {
  Json out = Json::array();
  for (const auto& s : list) out.push_back(to_valid_utf8(s));
  return out;
}

}  // namespace tq::model
