// A profile: what is true of a machine apart from whose it is. Machines of one profile are judged once and share its facts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "model/facts.hpp"

namespace tq::fleet {

/// The part of the facts that is the machine's own.
struct Own {
  std::string name;
  std::string target;  ///< how it is cited everywhere in its facts
  std::string site;
  std::vector<model::Reading> labels;
};

/// What machines share.
struct Profile {
  std::string sha;     ///< 64 hex digits over every fact that remains
  model::Facts facts;  ///< without name, target and labels; the target inside of places is one mark
};

/// Takes the machine's own part out of its facts. reunite() gives them back exactly.
Profile split(model::Facts facts, Own& own);
/// The facts of a machine: what it shares with others and what is its own.
model::Facts reunite(model::Facts shared, const Own& own);

/// The facts packed for the store, and back. Errors: corrupt.
std::string pack(const model::Facts& facts);
/// What pack() made. Errors: corrupt, for bytes that are none or hold another number of machines than one.
Result<model::Facts> unpack(Bytes packed);

/// The first eight bytes of a SHA-256 as a number: enough to tell the items of one fleet apart.
std::int64_t short_hash(std::string_view bytes);

/// The same of a hash that is written as hex digits already.
std::int64_t first_number(std::string_view hex);

}  // namespace tq::fleet
