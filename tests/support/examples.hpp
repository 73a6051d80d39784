// The committed examples: one of each kind of target, made by the builders. A test rebuilds them byte for byte.
#pragma once

#include "tests/support/machine_builder.hpp"

namespace tq::test {
/// Path below examples/ -> bytes.
FileMap examples();
}  // namespace tq::test
