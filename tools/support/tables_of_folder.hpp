// The CSV files of a folder, as the catalog compiler takes them. For tools: the program itself has its catalog built in.
#pragma once

#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "catalog/compile.hpp"
#include "core/limits.hpp"
#include "io/byte_source.hpp"

namespace tq::tools {

/// Every *.csv below `dir`; paths relative to it, with '/'. Sets `error` when something cannot be read.
inline std::vector<tq::catalog::SourceFile> tables_of_folder(const std::filesystem::path& dir, std::string& error) {
  std::vector<tq::catalog::SourceFile> files;
  std::error_code ec;
  for (auto it = std::filesystem::recursive_directory_iterator(dir, ec); !ec && it != std::filesystem::recursive_directory_iterator();
       it.increment(ec)) {
    if (it->path().extension() != ".csv") continue;
    const auto bytes = tq::io::read_file(it->path().string(), tq::limits::kTextBytes);
    if (!bytes)
      error = bytes.error().text();
    else
      files.push_back({it->path().lexically_relative(dir).generic_string(), std::string(tq::bytes_of(*bytes).chars())});
  }
  if (ec) error = dir.string() + ": " + ec.message();
  return files;
}

}  // namespace tq::tools
