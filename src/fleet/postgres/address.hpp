// Where a store on a server lies, and how to speak of it: the address may hold a password, which no message repeats.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "fleet/postgres/libpq.hpp"

namespace tq::fleet {

class Address {
 public:
  /// Errors: usage (no address that libpq understands; the message names no part of it).
  static Result<Address> parse(const LibPq& api, const std::string& uri);

  /// "postgresql://host:port/database", without user, password and options.
  [[nodiscard]] std::string label() const;
  /// The words and values that libpq connects by, both ended by a null pointer; valid while this lives.
  [[nodiscard]] std::vector<const char*> words() const;
  [[nodiscard]] std::vector<const char*> values() const;
  /// A message of libpq or of the server on one line, with the password taken out wherever it stands.
  [[nodiscard]] std::string tidy(std::string message) const;

 private:
  [[nodiscard]] std::string of(std::string_view word) const;
  std::vector<std::pair<std::string, std::string>> options_;
};

}  // namespace tq::fleet
