// A renderer turns the report into one format. One file each; the build collects them.
#pragma once

#include <span>
#include <string>

#include "model/verdict.hpp"

namespace tq::report {

struct Options {
  bool color = false;
  bool verbose = false;
};

struct Renderer {
  const char* name;  ///< the word of --format
  std::string (*render)(const model::Report&, const Options&);
};

std::span<const Renderer* const> all();
const Renderer* find(std::string_view name);

}  // namespace tq::report
