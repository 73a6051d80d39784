// `inspect --dump`: one item a line, tab-separated, sorted, escaped.
#pragma once

#include <string>

#include "format/pe/pe.hpp"
#include "format/regf/hive.hpp"
#include "model/facts.hpp"

namespace tq::cli {

/// Walks the hive; with `out` also writes "key path TAB value name TAB type TAB data in hex", a key without values as one line
/// with three empty fields, sorted by path and name.
format::regf::WalkStats dump_hive(const format::regf::Hive& hive, std::string* out);
std::string dump_imports(const format::pe::ImportTable& imports);
/// "group TAB name TAB value TAB where" of everything that was read.
std::string dump_facts(const model::Facts& facts);

}  // namespace tq::cli
