// The definitions of wesng (github.com/bitsadmin/wesng): one CSV row per update, CVE and product, made from MSRC's data.
#pragma once

#include <memory>
#include <string>

#include "core/bytes.hpp"
#include "feeds/statement.hpp"

namespace tq::feeds {

/// Rows of a CVEs_*.csv as they come in. A row of another width, or with a date that is none, refuses the feed.
class WesngReader {
 public:
  WesngReader(std::string name, Sink& sink);
  ~WesngReader();
  /// The next piece, of any size. After an error there is no going on.
  Status put(Bytes chunk);
  /// After the last piece. Errors: the document is not whole.
  Status finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The definitions among the members of the zip ("CVEs_20260628.csv"); other members are passed over.
bool is_wesng_member(std::string_view path);

}  // namespace tq::feeds
