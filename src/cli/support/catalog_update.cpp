#include "cli/support/catalog_update.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "catalog/compile.hpp"
#include "cli/support/common.hpp"
#include "cli/support/problems.hpp"
#include "feeds/load.hpp"
#include "feeds/merge.hpp"
#include "io/output.hpp"

namespace tq::cli {
namespace {

std::vector<std::string> feeds_of(const Args& args) {
  std::vector<std::string> paths;
  if (const auto it = args.given.find("--from"); it != args.given.end()) paths = it->second;
  paths.insert(paths.end(), args.positional.begin() + 1, args.positional.end());
  return paths;
}

int refuse(const Error& e) {
  complain("the feeds are refused, no catalog was written: " + e.text());
  return kCatalog;
}

}  // namespace

int run_catalog_update(const Args& args) {
  const auto paths = feeds_of(args);
  if (paths.empty() || !args.has("-o") || args.get("-o") == "-") {
    complain("catalog update --from PATH... -o FILE: at least one feed and the file to write");
    return kUsage;
  }
  const auto base = open_catalog(args);
  if (!base) return kCatalog;
  std::vector<catalog::SourceFile> files;
  feeds::Counts counts;
  {
    feeds::Gather gather(*base, "");
    if (const auto s = feeds::load(paths, gather); !s) return refuse(s.error());
    auto tables = feeds::make_tables(*base, gather);
    if (!tables) return refuse(tables.error());
    counts = tables->counts;
    files = feeds::merge(*base, gather, std::move(*tables));
  }
  const auto compiled = catalog::compile(std::move(files));
  if (!compiled.problems.empty()) {
    complain_of(compiled.problems);
    return refuse(
        {ErrorCode::corrupt, "feeds", "data that agrees with itself", fmt::format("{} contradictions", compiled.problems.size())});
  }
  const auto c = catalog::Catalog::open(bytes_of(compiled.bytes));
  if (!c) return refuse(c.error());
  const std::string said =
      fmt::format("{}: {} updates ({} new), {} CVEs, {} products, data of {}, {} bytes\n", c->id(), c->updates().size(), counts.updates,
                  c->cves().size(), c->products().size(), c->data_as_of().text(), c->size_bytes());
  // The feeds are inputs: -o over one of them is refused, as everywhere.
  if (const auto s = io::write_output(args.get("-o"), bytes_of(compiled.bytes).chars(), paths); !s) {
    complain(s.error().text());
    return s.error().code == ErrorCode::usage ? kUsage : kInternal;
  }
  std::fputs(said.c_str(), stdout);
  return kNothingFound;
}

}  // namespace tq::cli
