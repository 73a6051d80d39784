// Holds the readings of one machine against each other, before any catalog is asked.
#pragma once

#include "model/facts.hpp"

namespace tq::facts {

/// Fills what one reading implies of another (product class from the product's name, when nothing better was read) and
/// lists in `conflicts` the readings of one witness that disagree. Idempotent: a facts file passes through unchanged.
void reconcile(model::Facts& facts);

}  // namespace tq::facts
