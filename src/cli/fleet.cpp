// Many machines in one store: `fleet import | scan | merge | query | report | rejudge | serve`.
#include "cli/support/fleet.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <ctime>

#include "cli/support/common.hpp"
#include "core/text.hpp"
#include "fleet/ingest.hpp"
#include "fleet/pool.hpp"
#include "fleet/query.hpp"
#include "fleet/schema.hpp"
#include "fleet/store.hpp"
#include "io/output.hpp"

namespace tq::cli {
namespace {

constexpr Option kFleetOptions[] = {
    {"--store", "STORE", "a file, or postgresql://...; the default is fleet.tqdb"},
    {"--shard", "I/N", "scan, import: only this part of the items; auto, auto/N: as the scheduler's variables say"},
    {"--jobs", "N", "scan, import: workers; the default is one for each core"},
    {"--site", "NAME", "scan, import: the site of machines that name none"},
    {"--again", "", "scan, import: read again what was read before"},
    {"--as", "KIND", "scan, import: take every target as this kind"},
    {"--map", "NAME=COLUMN", "import: which column of an inventory holds what"},
    {"--goal", "GOAL", "what to judge by; the default is the store's own, or last", "public|esu|last"},
    {"--line", "LINE", "which line of updates to ask for", "auto|rollup|security-only"},
    {"--as-of", "DATE", "import, scan: the machines were seen on that day; query: the fleet as it stood then"},
    {"--since", "DATE", "query changes: from that day on"},
    {"--listen", "HOST:PORT", "serve: where to answer; the default is 127.0.0.1:8300, port 0 takes any that is free"},
    {"--token-file", "FILE", "serve: its first line has to be shown by whoever wants to look"},
    {"--insecure-http", "", "serve: allow an address that others reach, though nothing is encrypted on the way"},
    {"--host-name", "NAME", "serve: another name that this machine is asked for by; may be repeated"},
    {"--limit", "N", "query: at most N rows"},
    {"--format", "FORMAT", "query: how the answer is written; the default is text", "text|json|ndjson|csv"},
    kOutput,
    kCatalogFile,
    kQuiet,
};

using Action = int (*)(const FleetArgs&);
struct Named {
  const char* name;
  Action run;
};

constexpr Named kActions[] = {{"import", fleet_import}, {"scan", fleet_import},     {"query", fleet_query}, {"merge", fleet_merge},
                              {"report", fleet_report}, {"rejudge", fleet_rejudge}, {"serve", fleet_serve}};

int run_fleet(const Args& args) {
  FleetArgs fleet{args, args.get("--store", "fleet.tqdb"), args.positional.front(), {args.positional.begin() + 1, args.positional.end()}};
  for (const auto& a : kActions)
    if (fleet.action == a.name) return a.run(fleet);
  std::string known;
  for (const auto& a : kActions) known += (known.empty() ? "" : ", ") + std::string(a.name);
  complain("fleet wants one of " + known + "; found " + fleet.action);
  return kUsage;
}

}  // namespace

extern const Command fleet;
const Command fleet{"fleet", "many machines: import, scan, merge, query, report, serve, rejudge", "ACTION", kFleetOptions, run_fleet,
                    false};

}  // namespace tq::cli
