// A renderer turns the report into one format. One file each; the build collects them.
#pragma once

#include <span>
#include <string>

#include "core/result.hpp"
#include "model/verdict.hpp"

namespace tq::report {

struct Options {
  bool color = false;
  bool verbose = false;
  std::string sign_key = {};  ///< PEM of an Ed25519 private key: `bundle` is signed with it; empty: unsigned
};

struct Renderer {
  const char* name;  ///< the word of --format
  /// The whole output; most formats cannot fail. Errors: unsupported (a library is not installed), usage (the key is none).
  Result<std::string> (*render)(const model::Report&, const Options&);
};

/// Every format of this folder, by name.
std::span<const Renderer* const> all();
/// Null: there is no such format.
const Renderer* find(std::string_view name);

}  // namespace tq::report
