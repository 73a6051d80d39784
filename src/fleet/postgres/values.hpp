// Values as the server takes them: binary, so that nothing has to be quoted.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "fleet/db.hpp"
#include "fleet/postgres/libpq.hpp"

namespace tq::fleet {

/// The arrays that PQexecParams and its kin want. Points into the values, which must outlive it.
class Parameters {
 public:
  explicit Parameters(std::span<const Value> values);
  [[nodiscard]] int size() const { return static_cast<int>(values_.size()); }
  [[nodiscard]] const Oid* types() const { return types_.data(); }
  [[nodiscard]] const char* const* values() const { return values_.data(); }
  [[nodiscard]] const int* lengths() const { return lengths_.data(); }
  [[nodiscard]] const int* formats() const { return formats_.data(); }

 private:
  std::vector<std::string> numbers_;
  std::vector<Oid> types_;
  std::vector<const char*> values_;
  std::vector<int> lengths_, formats_;
};

/// Rows as COPY ... (FORMAT binary) takes them, with its header and its end.
std::string copy_text(std::span<const Value> values, std::size_t columns);

/// Types of the server whose values are numbers.
bool is_number(Oid type);

/// "\x0aff" as bytes. Empty when it is no such text.
std::vector<std::byte> from_hex_output(std::string_view text);

}  // namespace tq::fleet
