// What `inspect` says of one kind of file. Each kind is one file, inspect_<kind>.cpp; inspect.cpp holds the list.
#pragma once

#include <string>

#include "cli/command.hpp"
#include "core/json.hpp"
#include "target/loader.hpp"

namespace tq::cli {

struct Inspected {
  std::string kind;  ///< the contract's word: "hive", "pe", "image", "volume", "archive", ...
  Json about;        ///< the fields of this kind
  std::string dump;  ///< with --dump: the content, one item a line
};

struct Inspector {
  bool (*accepts)(const target::Input&);
  Result<Inspected> (*inspect)(const target::Input&, const Args&);
};

extern const Inspector inspect_hive, inspect_pe, inspect_image, inspect_archive, inspect_target;

}  // namespace tq::cli
