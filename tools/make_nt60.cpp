// make_nt60 DATA_DIR OUT_DIR FEED...: writes the tables of NT 6.0 that follow from feeds (docs/catalog.md, "Refreshing").
// DATA_DIR is data/catalog: its reviewed rows and corrections are taken as they are, what an earlier run wrote is not.
#include <cstdio>
#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "catalog/compile.hpp"
#include "catalog/csv_export.hpp"
#include "feeds/load.hpp"
#include "feeds/tables.hpp"
#include "io/output.hpp"
#include "tools/support/tables_of_folder.hpp"

namespace {

int fail(const std::string& what) {
  std::fprintf(stderr, "make_nt60: %s\n", what.c_str());
  return 1;
}

/// The reviewed tables alone; one that only feeds fill is empty here.
std::vector<tq::catalog::SourceFile> reviewed(std::vector<tq::catalog::SourceFile> files) {
  std::erase_if(files, [](const auto& f) { return f.path.find("/feeds/") != std::string::npos; });
  for (const auto& s : tq::catalog::schemas()) files.push_back({"empty/" + std::string(s.stem) + ".csv", tq::catalog::csv_header(s)});
  return files;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return fail("usage: make_nt60 DATA_DIR OUT_DIR FEED...");
  std::string error;
  const auto compiled = tq::catalog::compile(reviewed(tq::tools::tables_of_folder(argv[1], error)));
  if (!error.empty()) return fail(error);
  for (const auto& p : compiled.problems) fail(p.text());
  const auto base = tq::catalog::Catalog::open(compiled.bytes);
  if (!base) return fail(base.error().text());
  tq::feeds::Gather gather(*base, "6.0");
  if (auto s = tq::feeds::load({argv + 3, argv + argc}, gather); !s) return fail(s.error().text());
  const auto tables = tq::feeds::make_tables(*base, gather);
  if (!tables) return fail(tables.error().text());
  for (const auto& f : tables->files) {
    const std::string path = std::string(argv[2]) + f.path.substr(f.path.rfind('/'));
    // A site's own table of files is never part of the catalog that is built in.
    if (f.path.ends_with("/files.csv")) continue;
    if (auto s = tq::io::write_output(path, f.text, {}); !s) return fail(s.error().text());
  }
  const auto& c = tables->counts;
  std::printf(
      "%llu statements, %zu updates, %zu products, %zu CVEs, %zu fixes; edges dropped %zu, to unknown updates %zu; builds passed over "
      "%zu\n",
      static_cast<unsigned long long>(gather.statements), c.updates, c.products, c.cves, c.fixes, c.dropped_edges, c.unknown_edges,
      c.odd_builds);
  return 0;
}
