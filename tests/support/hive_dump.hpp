// A hive as lines, to compare two of them.
#pragma once

#include <string>
#include <vector>

#include "format/regf/hive.hpp"

namespace tq::test {

/// One line a key ("path") and one a value ("path\tname\ttype\thex data"; "damaged" in place of data that cannot be read), sorted.
std::vector<std::string> dump_lines(const format::regf::Hive& hive);
/// Line of a value as dump_lines writes it.
std::string dump_line(std::string_view path, std::string_view name, std::uint32_t type, Bytes data);

}  // namespace tq::test
