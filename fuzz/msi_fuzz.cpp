// A Windows Installer database: every table, every condition, on two builds.
#include <fmt/format.h>

#include "analysis/gates.hpp"
#include "format/msi/database.hpp"
#include "fuzz/sink.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tq;
  const Bytes file(std::as_bytes(std::span(data, size)));
  const auto db = format::msi::Database::open(file);
  if (!db) return 0;
  for (const auto& name : db->tables())
    if (const auto t = db->table(name))
      for (const auto& row : t->rows)
        for (const auto& cell : row) print(cell);
  const auto report = analysis::find_gates(file, {});
  for (const auto& why : report.why) print(why);
  for (const auto& site : report.sites) print(site.comparison);
  return 0;
}
