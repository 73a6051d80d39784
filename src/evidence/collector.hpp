// A collector reads one kind of evidence from an opened machine into the facts. One file each; the build collects them.
#pragma once

#include <span>
#include <string>

#include "model/facts.hpp"
#include "target/source.hpp"

namespace tq::evidence {

struct Collector {
  const char* name;
  void (*collect)(const target::Source&, model::Facts&);
};

std::span<const Collector* const> all();

/// Everything that can be read of the machine, in the order of the collectors' names. A facts source is returned as it is.
model::Facts collect(const target::Source& source);

}  // namespace tq::evidence
