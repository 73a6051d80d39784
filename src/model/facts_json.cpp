#include "model/facts_json.hpp"

#include <limits>
#include <type_traits>

#include "core/json.hpp"
#include "core/text.hpp"
#include "model/fields.hpp"

namespace tq::model {
namespace {

/// A struct that model/fields.hpp lists.
template <class T, class V>
concept Fielded = requires(T& x, V& v) { fields(v, x); };

struct Writer {
  Json& out;
  template <class T>
  void operator()(const char* name, T& x) {
    out[name] = put(x);
  }

  static Json put(const std::string& s) { return is_utf8(s) ? s : to_valid_utf8(s); }
  static Json put(bool b) { return b; }
  static Json put(int n) { return n; }
  static Json put(std::uint32_t n) { return n; }
  static Json put(const FileVersion& v) { return v.text(); }
  template <class E>
    requires std::is_enum_v<E>
  static Json put(E e) {
    return to_string(e);
  }
  template <class T>
  static Json put(const std::optional<T>& o) {
    return o ? put(*o) : Json(nullptr);
  }
  template <class T>
  static Json put(std::vector<T>& v) {
    Json a = Json::array();
    for (T& x : v) a.push_back(put(x));
    return a;
  }
  template <class T>
    requires(Fielded<T, Writer>)
  static Json put(T& x) {
    Json o = Json::object();
    Writer w{o};
    fields(w, x);
    return o;
  }
};

struct Reader {
  const Json& in;
  std::string place;
  std::optional<Error>& error;

  template <class T>
  void operator()(const char* name, T& x) {
    if (error) return;
    const auto it = in.find(name);
    if (it != in.end()) get(*it, place + "." + name, x);
  }

  void wrong(const std::string& where, const char* wanted, const Json& j) const {
    error = Error{ErrorCode::corrupt, where, wanted, j.type_name()};
  }
  void get(const Json& j, const std::string& where, std::string& s) {
    if (j.is_string())
      s = j.get<std::string>();
    else
      wrong(where, "a string", j);
  }
  void get(const Json& j, const std::string& where, bool& b) {
    if (j.is_boolean())
      b = j.get<bool>();
    else
      wrong(where, "true or false", j);
  }
  template <class N>
    requires(std::is_same_v<N, int> || std::is_same_v<N, std::uint32_t>)
  void get(const Json& j, const std::string& where, N& n) {
    const bool fits = j.is_number_unsigned()
                          ? j.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<N>::max())
                          : j.is_number_integer() && std::is_signed_v<N> && j.get<std::int64_t>() >= std::numeric_limits<int>::min();
    if (fits)
      n = j.get<N>();
    else
      wrong(where, "an integer in range", j);
  }
  void get(const Json& j, const std::string& where, FileVersion& v) {
    const auto parsed = j.is_string() ? FileVersion::parse(j.get<std::string>()) : std::nullopt;
    if (parsed)
      v = *parsed;
    else
      wrong(where, "a version a.b.c.d", j);
  }
  template <class E>
    requires std::is_enum_v<E>
  void get(const Json& j, const std::string& where, E& e) {
    if (!j.is_string() || !from_string(j.get<std::string>(), e)) wrong(where, "a known word", j);
  }
  template <class T>
  void get(const Json& j, const std::string& where, std::optional<T>& o) {
    if (j.is_null()) return;
    T x{};
    get(j, where, x);
    o = std::move(x);
  }
  template <class T>
  void get(const Json& j, const std::string& where, std::vector<T>& v) {
    if (!j.is_array()) return wrong(where, "a list", j);
    v.reserve(j.size());
    for (const Json& item : j) {
      T x{};
      get(item, where + "[]", x);
      if (error) return;
      v.push_back(std::move(x));
    }
  }
  template <class T>
    requires(Fielded<T, Reader>)
  void get(const Json& j, const std::string& where, T& x) {
    if (!j.is_object()) return wrong(where, "an object", j);
    Reader r{j, where, error};
    fields(r, x);
  }
};

}  // namespace

std::string facts_to_json(const std::vector<Facts>& machines) {
  Json doc = Json::object();
  doc["schema"] = kFactsSchema;
  Json list = Json::array();
  for (Facts f : machines) list.push_back(Writer::put(f));
  doc["machines"] = std::move(list);
  return doc.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<std::vector<Facts>> facts_from_json(std::string_view text) {
  const Json doc = Json::parse(text, nullptr, false);
  if (doc.is_discarded() || !doc.is_object()) return Error{ErrorCode::corrupt, "facts file", "a JSON object", "something else"};
  const auto schema = doc.find("schema");
  if (schema == doc.end() || !schema->is_string() || schema->get<std::string>() != kFactsSchema)
    return Error{ErrorCode::unsupported, "facts file schema", kFactsSchema, schema == doc.end() ? "nothing" : schema->dump()};
  const auto machines = doc.find("machines");
  if (machines == doc.end() || !machines->is_array()) return Error{ErrorCode::corrupt, "facts file machines", "a list", "nothing"};
  std::vector<Facts> out;
  std::optional<Error> error;
  Reader r{doc, "facts", error};
  r("machines", out);
  if (error) return *error;
  return out;
}

}  // namespace tq::model
