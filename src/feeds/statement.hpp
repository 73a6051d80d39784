// What the readers of feeds hand over: "this update repairs this CVE in this product", one at a time.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/result.hpp"
#include "core/version.hpp"

namespace tq::feeds {

enum class Feed : std::uint8_t { cvrf, wesng };

/// Views live only until take() returns.
struct Statement {
  Feed feed = Feed::cvrf;
  std::uint32_t kb = 0;        ///< 0: a CVE without an update for this product
  std::string_view cve;        ///< "CVE-2019-0708", "ADV190009"; empty or odd in a few rows
  std::string_view product;    ///< in the feed's spelling
  std::string_view component;  ///< what of the product; free text, often empty
  std::string_view title, severity, impact;
  std::string_view supersedes;   ///< KB numbers parted by anything
  std::string_view subtype;      ///< "Monthly Rollup"; CVRF only
  std::string_view fixed_build;  ///< free text; CVRF only
  std::uint32_t download = 0;    ///< the KB that the download link asks for, when it is another; CVRF only
  Date date;                     ///< of the row (wesng), of the month's document (CVRF)
  Date first;                    ///< first publication of the CVE, when the feed says it
};

class Sink {
 public:
  virtual ~Sink() = default;
  /// An error ends the reading of the feed.
  virtual Status take(const Statement& s) = 0;
  /// The day up to which a feed speaks.
  virtual void as_of(Feed feed, const Date& day) = 0;
};

}  // namespace tq::feeds
