// A collector reads one kind of evidence from an opened machine into the facts. One file each; the build collects them.
#pragma once

#include <span>
#include <string>

#include "model/facts.hpp"
#include "model/wanted.hpp"
#include "target/source.hpp"

namespace tq::evidence {

struct Collector {
  const char* name;
  void (*collect)(const target::Source&, model::Facts&);  ///< null when the list below is all it works from
  void (*collect_wanted)(const target::Source&, const model::Wanted&, model::Facts&) = nullptr;
};

/// Every collector of this folder, by name: the order in which they are asked.
std::span<const Collector* const> all();

/// Everything that can be read of the machine, in the order of the collectors' names. A facts source is returned as it is.
/// `wanted`: what the catalog asks for beyond that; without it the files of single updates are not looked for.
model::Facts collect(const target::Source& source, const model::Wanted& wanted = {});

}  // namespace tq::evidence
