// Bounded, streaming XML for servicing files: elements only, no document type, no entities, damage located.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace tq::format::manifest {

/// Attributes by their local name ("mum2:name" is found as "name").
class Attributes {
 public:
  explicit Attributes(const char** pairs) : pairs_(pairs) {}
  /// Empty when absent. Cut to 4096 bytes: no honest attribute is longer.
  [[nodiscard]] std::string get(std::string_view name) const;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> all() const;

 private:
  const char** pairs_;
};

/// Receives elements. `path` holds the local names from the root to the element itself.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void start(const std::vector<std::string>& path, const Attributes& attributes) = 0;
  virtual void end(const std::vector<std::string>& path) = 0;
};

/// Feeds the handler. Returns what stopped the reading early, if anything: the elements before it have been delivered.
/// Stops at: ill-formed text, a document type or entity declaration, more than 64 levels, more than `limit` bytes.
std::optional<Error> read_xml(Bytes text, std::uint64_t limit, Handler& handler);

/// The part after a colon.
std::string_view local_name(std::string_view qualified);

}  // namespace tq::format::manifest
