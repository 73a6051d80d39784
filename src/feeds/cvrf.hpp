// One month of MSRC's security data as CVRF 1.1 XML, read as it streams by. docs/formats/feeds.md.
#pragma once

#include <memory>
#include <string>

#include "core/bytes.hpp"
#include "feeds/limits.hpp"
#include "feeds/statement.hpp"

namespace tq::feeds {

/// Hands over each (update, CVE, product) of the vendor fixes when its vulnerability ends.
/// Refuses: a document type or an entity declaration, another root than cvrfdoc, ill-formed XML, more than 64 levels, a text
/// above 1 MiB, a product number that the document does not name, a vendor fix whose vulnerability has no CVE.
class CvrfReader {
 public:
  CvrfReader(std::string name, Sink& sink, std::uint32_t most_products = limits::kNames);
  ~CvrfReader();
  /// The next piece, of any size. After an error there is no going on.
  Status put(Bytes chunk);
  /// After the last piece. Errors: the document is not whole.
  Status finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tq::feeds
