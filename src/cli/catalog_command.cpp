// The knowledge itself: what is in it, is it whole, out as text, and a new one from feeds.
#include <fmt/format.h>

#include <cstdio>
#include <map>

#include "catalog/check.hpp"
#include "catalog/compile.hpp"
#include "catalog/csv_export.hpp"
#include "cli/support/catalog_update.hpp"
#include "cli/support/common.hpp"
#include "cli/support/problems.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "io/folder.hpp"
#include "io/output.hpp"

namespace tq::cli {
namespace {

constexpr Option kCatalogOptions[] = {
    {"--from", "PATH", "update: a folder of CVRF months, a wesng zip, a KEV list, a table of files; again for each, or several behind it"},
    {"--table", "NAME", "export: this table only"},
    {"--format", "FORMAT", "info: text or json; export: csv or ndjson", "text|json|csv|ndjson"},
    kOutput,
    {"--max-age", "DAYS", "info, verify: refuse a catalog whose data is older"},
    {"--as-of", "DATE", "the day for --max-age; today when not given"},
    kCatalogFile,
};

/// A file named behind `info` or `verify` is the catalog, as with --catalog.
Args with_operand_as_catalog(Args args) {
  if (args.positional.size() > 1) args.given["--catalog"] = {args.positional[1]};
  return args;
}

/// kNothingFound, or what is wrong with --max-age and --as-of, or kCatalog when the data is too old.
int judge_age(const Args& args, const catalog::Catalog& c) {
  const auto day = as_of(args);
  std::uint64_t most = 0;
  if (!day) return kUsage;
  if (!args.has("--max-age")) return kNothingFound;
  if (!parse_u64(args.get("--max-age"), most)) {
    complain("--max-age wants a number of days, found " + args.get("--max-age"));
    return kUsage;
  }
  const auto age = days_from_civil(*day) - days_from_civil(c.data_as_of());
  if (age <= static_cast<std::int64_t>(most)) return kNothingFound;
  complain(fmt::format("the catalog's data is of {}, {} days old: more than --max-age {}", c.data_as_of().text(), age, most));
  return kCatalog;
}

struct Summary {
  std::map<std::string, std::size_t> tables;
  std::map<std::string, std::size_t> updates_by_nt;
  std::map<std::string, std::string> feeds;
  std::size_t known_exploited = 0;
};

Summary summarise(const catalog::Catalog& c) {
  Summary s;
  for (const auto& schema : catalog::schemas()) s.tables[std::string(schema.stem)] = c.image().table(schema.id).rows;
  for (const auto& u : c.updates())
    for (const char* nt : {"5.0", "5.1", "5.2", "6.0", "6.1", "6.2", "6.3", "10.0"})
      if (u.is_for(nt)) ++s.updates_by_nt[nt];
  for (const auto& v : c.cves())
    if (v.known_exploited()) ++s.known_exploited;
  for (const auto& m : c.metas())
    if (m.key.starts_with("feeds.")) s.feeds[std::string(m.key)] = m.value;
  return s;
}

std::string info_text(const catalog::Catalog& c, const Summary& s) {
  std::string out =
      fmt::format("catalog         {}\nsha256          {}\nformat          {}\nsize            {} bytes\ndata as of      {}\n", c.id(),
                  c.sha256(), catalog::kFormatVersion, c.size_bytes(), c.data_as_of().text());
  for (const auto& [key, value] : s.feeds) out += fmt::format("{:<23} {}\n", printable(key), printable(value));
  out += "\nupdates\n";
  for (const auto& [nt, n] : s.updates_by_nt) out += fmt::format("  NT {:<12}{:>8}\n", nt, n);
  out += "\nrows\n";
  for (const auto& [table, n] : s.tables) out += fmt::format("  {:<20}{:>8}\n", table, n);
  return out + fmt::format("\nCVEs known to be exploited: {}\n", s.known_exploited);
}

std::string info_json(const catalog::Catalog& c, const Summary& s) {
  Json doc = {{"schema", "tourniquet.catalog/1"},    {"id", c.id()},           {"sha256", c.sha256()},
              {"format", catalog::kFormatVersion},   {"size", c.size_bytes()}, {"data_as_of", c.data_as_of().text()},
              {"known_exploited", s.known_exploited}};
  doc["updates"] = s.updates_by_nt;
  doc["rows"] = s.tables;
  auto& feeds = doc["feeds"] = Json::object();
  for (const auto& [key, value] : s.feeds) feeds[to_valid_utf8(key)] = to_valid_utf8(value);
  return doc.dump(2) + "\n";
}

int run_info(const Args& given) {
  const Args args = with_operand_as_catalog(given);
  const auto c = open_catalog(args);
  if (!c) return kCatalog;
  const Summary s = summarise(*c);
  return deliver(args, args.get("--format", "text") == "json" ? info_json(*c, s) : info_text(*c, s), judge_age(args, *c));
}

/// Everything that is checked of a catalog somebody else made, and all that the compiler checks of its own.
int run_verify(const Args& given) {
  const Args args = with_operand_as_catalog(given);
  const auto c = open_catalog(args);
  if (!c) return kCatalog;
  // The built-in catalog was opened by its structure alone.
  if (const auto whole = catalog::Catalog::open(c->image().bytes()); !whole) {
    complain("the catalog is refused: " + whole.error().text());
    return kCatalog;
  }
  const auto problems = catalog::check(*c, {});
  complain_of(problems);
  if (!problems.empty()) return kCatalog;
  return deliver(
      args,
      fmt::format("{}: whole; {} updates, {} CVEs, data of {}\n", c->id(), c->updates().size(), c->cves().size(), c->data_as_of().text()),
      judge_age(args, *c));
}

std::string table_text(const catalog::Catalog& c, const catalog::Schema& s, bool csv) {
  return csv ? catalog::table_csv(c, s) : catalog::table_ndjson(c, s);
}

/// Each table as a file of the folder.
int export_folder(const Args& args, const catalog::Catalog& c, bool csv) {
  for (const auto& s : catalog::schemas()) {
    const std::string path = args.get("-o") + "/" + std::string(s.stem) + (csv ? ".csv" : ".ndjson");
    if (const auto done = io::write_output(path, table_text(c, s, csv), {}); !done) {
      complain(done.error().text());
      return kInternal;
    }
  }
  return kNothingFound;
}

int run_export(const Args& args) {
  const auto c = open_catalog(args);
  if (!c) return kCatalog;
  const std::string format = args.get("--format", "csv");
  if (format != "csv" && format != "ndjson") {
    complain("catalog export: --format csv or ndjson");
    return kUsage;
  }
  const bool csv = format == "csv";
  if (args.has("--table")) {
    const auto* s = catalog::find_schema(args.get("--table"));
    if (s != nullptr) return deliver(args, table_text(*c, *s, csv), kNothingFound);
    std::string names;
    for (const auto& known : catalog::schemas()) names += " " + std::string(known.stem);
    complain("catalog export: no table " + args.get("--table") + "; there are" + names);
    return kUsage;
  }
  if (args.has("-o") && io::host_kind(args.get("-o")) == io::HostKind::folder) return export_folder(args, *c, csv);
  if (csv) {
    complain("catalog export: tables differ, so CSV wants one of them (--table NAME) or a folder for all (-o FOLDER)");
    return kUsage;
  }
  std::string all;
  for (const auto& s : catalog::schemas()) all += catalog::table_ndjson(*c, s);
  return deliver(args, all, kNothingFound);
}

int run_catalog(const Args& args) {
  const std::string& what = args.positional.front();
  if (what == "update") return run_catalog_update(args);
  if (args.has("--from")) {
    complain("--from belongs to catalog update");
    return kUsage;
  }
  if (what == "info") return run_info(args);
  if (what == "verify") return run_verify(args);
  if (what == "export") return run_export(args);
  complain("catalog: info, verify, export or update, not " + what);
  return kUsage;
}

}  // namespace

extern const Command catalog_command;
const Command catalog_command{"catalog", "the knowledge: info, verify, export, update", "WORD", kCatalogOptions, run_catalog};

}  // namespace tq::cli
