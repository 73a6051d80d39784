#include "cli/support/fleet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "cli/support/common.hpp"
#include "cli/support/version.hpp"
#include "core/text.hpp"
#include "fleet/ingest.hpp"
#include "fleet/merge.hpp"
#include "fleet/page.hpp"
#include "fleet/pool.hpp"
#include "fleet/query.hpp"
#include "fleet/schema.hpp"
#include "fleet/store.hpp"
#include "io/output.hpp"

namespace tq::cli {
namespace {

constexpr unsigned kMostWorkers = 256;

/// What a store that is there was judged by; empty when there is none yet.
fleet::Judgement judged_before(const std::string& store) {
  const auto db = fleet::open_db(store, fleet::Access::read);
  if (!db || !fleet::check_schema(**db)) return {};
  const auto meta = fleet::read_meta(**db);
  return meta ? meta->judgement : fleet::Judgement{};
}

/// Seconds since 1970: now, or noon of --as-of.
std::optional<std::int64_t> seen_at(const Args& args) {
  if (!args.has("--as-of")) return static_cast<std::int64_t>(std::time(nullptr));
  const auto day = as_of(args);
  if (!day) return std::nullopt;
  return days_from_civil(*day) * 86400 + 43200;
}

std::string joined(const Args& args, const std::string& option) {
  std::string all;
  if (const auto it = args.given.find(option); it != args.given.end())
    for (const auto& m : it->second) all += (all.empty() ? "" : ",") + m;
  return all;
}

std::optional<fleet::IngestOptions> ingest_options(const FleetArgs& a) {
  fleet::IngestOptions o;
  o.store = a.store;
  o.command = a.action;
  o.workers = fleet::usable_cores();
  o.again = a.args.has("--again");
  o.site = a.args.get("--site");
  o.open.as = a.args.get("--as");
  o.open.column_map = joined(a.args, "--map");
  const auto at = seen_at(a.args);
  if (!at) return std::nullopt;
  o.at = *at;
  std::uint64_t jobs = 0;
  if (a.args.has("--jobs")) {
    if (!parse_u64(a.args.get("--jobs"), jobs) || jobs == 0 || jobs > kMostWorkers) {
      complain(fmt::format("--jobs wants 1 to {}, found {}", kMostWorkers, a.args.get("--jobs")));
      return std::nullopt;
    }
    o.workers = static_cast<unsigned>(jobs);
  }
  if (!a.args.has("--shard")) return o;
  auto shard = fleet::parse_shard(a.args.get("--shard"));
  if (!shard) {
    complain(shard.error().text());
    return std::nullopt;
  }
  o.shard = *shard;
  return o;
}

/// One moving line on a terminal.
std::function<void(const fleet::Ingested&)> progress(const Args& args) {
  if (args.has("--quiet") || !io::stderr_is_terminal()) return [](const fleet::Ingested&) {};
  return [last = std::time(nullptr)](const fleet::Ingested& done) mutable {
    if (std::time(nullptr) == last) return;
    last = std::time(nullptr);
    std::fprintf(stderr, "\rtourniquet: %llu machines, %llu not read\033[K", static_cast<unsigned long long>(done.machines),
                 static_cast<unsigned long long>(done.unread));
  };
}

void tell(const FleetArgs& a, const fleet::Ingested& done) {
  for (const auto& l : done.losses) complain(l);
  if (done.unread > done.losses.size())
    complain(fmt::format("and {} more: `tourniquet fleet query errors`", done.unread - done.losses.size()));
  if (a.args.has("--quiet")) return;
  if (done.rejudged) complain("the store had been judged by another catalog: all of it was judged anew");
  std::fprintf(stderr, "%s", io::stderr_is_terminal() ? "\r\033[K" : "");
  std::printf("%llu machines, %llu items unchanged, %llu not read, %llu new profiles\n", static_cast<unsigned long long>(done.machines),
              static_cast<unsigned long long>(done.unchanged), static_cast<unsigned long long>(done.unread),
              static_cast<unsigned long long>(done.new_profiles));
}

std::optional<fleet::Form> form_of(const std::string& word) {
  if (word == "json") return fleet::Form::json;
  if (word == "ndjson") return fleet::Form::ndjson;
  return word == "csv" ? fleet::Form::csv : fleet::Form::text;
}

/// A store, of whatever version. False after a message.
bool fleet_there(const FleetArgs& a) {
  const auto db = fleet::open_db(a.store, fleet::Access::read);
  const auto version = db ? fleet::schema_version(**db) : Result<std::int64_t>(db.error());
  if (version && *version > 0) return true;
  complain(version ? fleet::check_schema(**db).error().text() : version.error().text());
  return false;
}

}  // namespace

int fleet_failed(const Error& e) {
  complain(e.text());
  if (e.code == ErrorCode::usage) return kUsage;
  return e.code == ErrorCode::not_found || e.code == ErrorCode::unsupported ? kUnreadable : kInternal;
}

std::optional<fleet::Judge> fleet_judge(const FleetArgs& a, int& status) {
  status = kUsage;
  const auto before = judged_before(a.store);
  fleet::Judgement j;
  j.goal = a.args.get("--goal", before.goal);
  j.line = a.args.get("--line", before.line);
  const auto day = as_of(a.args);
  if (!day) return std::nullopt;
  j.as_of = *day;
  status = kCatalog;
  auto catalog = open_catalog(a.args);
  if (!catalog) return std::nullopt;
  return std::optional<fleet::Judge>(std::in_place, *std::move(catalog), std::move(j));
}

std::string fleet_store_name(const std::string& store) { return store.starts_with("postgres") ? "PostgreSQL store" : store; }

std::unique_ptr<fleet::Db> fleet_store(const FleetArgs& a) {
  auto db = fleet::open_db(a.store, fleet::Access::read);
  const auto checked = db ? fleet::check_schema(**db) : Status(db.error());
  if (checked) return *std::move(db);
  complain(checked.error().text());
  return nullptr;
}

int fleet_import(const FleetArgs& a) {
  if (a.operands.empty()) {
    complain("fleet " + a.action + " wants at least one PATH");
    return kUsage;
  }
  const auto options = ingest_options(a);
  if (!options) return kUsage;
  int status = kNothingFound;
  const auto judge = fleet_judge(a, status);
  if (!judge) return status;
  const auto done = fleet::ingest(a.operands, *judge, *options, progress(a.args));
  if (!done) return fleet_failed(done.error());
  tell(a, *done);
  if (done->unread == 0) return kNothingFound;
  return done->machines + done->unchanged == 0 ? kUnreadable : kIncomplete;
}

int fleet_query(const FleetArgs& a) {
  fleet::Question q;
  if (a.operands.empty() || a.operands.size() > 2) {
    complain("fleet query wants one of " + fleet::question_names());
    return kUsage;
  }
  q.name = a.operands[0];
  q.argument = a.operands.size() > 1 ? a.operands[1] : "";
  q.since = a.args.get("--since");
  q.as_of = a.args.get("--as-of");
  q.form = *form_of(a.args.get("--format", "text"));
  if (a.args.has("--limit")) {
    std::uint64_t n = 0;
    if (!parse_u64(a.args.get("--limit"), n)) {
      complain("--limit wants a number, found " + a.args.get("--limit"));
      return kUsage;
    }
    q.limit = n;
  }
  const auto db = fleet_store(a);
  if (!db) return kUnreadable;
  std::string held;
  const bool to_file = a.args.has("-o");
  bool written = true;  // a long answer that broke off must not look whole: the last part alone may fit again
  const auto answered = fleet::answer(*db, q, [&](std::string_view s) {
    if (to_file)
      held += s;
    else
      written = written && std::fwrite(s.data(), 1, s.size(), stdout) == s.size();
  });
  if (!answered) return fleet_failed(answered.error());
  if (to_file) return deliver(a.args, held, kNothingFound, {a.store});
  if (std::fflush(stdout) == 0 && written) return kNothingFound;
  complain("standard output did not take the whole answer");
  return kInternal;
}

int fleet_merge(const FleetArgs& a) {
  if (a.operands.empty()) {
    complain("fleet merge wants at least one SHARD");
    return kUsage;
  }
  int status = kNothingFound;
  const auto judge = fleet_judge(a, status);
  if (!judge) return status;
  const auto done = fleet::merge(a.operands, a.store, *judge);
  if (!done) return fleet_failed(done.error());
  if (!a.args.has("--quiet"))
    std::printf("%llu machines, %llu profiles, %llu not read\n", static_cast<unsigned long long>(done->machines),
                static_cast<unsigned long long>(done->profiles), static_cast<unsigned long long>(done->unread));
  return kNothingFound;
}

int fleet_report(const FleetArgs& a) {
  if (!a.operands.empty()) {
    complain("fleet report takes no operand; name the page with -o FILE.html");
    return kUsage;
  }
  const auto db = fleet_store(a);
  if (!db) return kUnreadable;
  const auto page = fleet::report_html(*db, fleet_store_name(a.store), kVersion);
  if (!page) return fleet_failed(page.error());
  return deliver(a.args, *page, kNothingFound, {a.store});
}

int fleet_rejudge(const FleetArgs& a) {
  int status = kNothingFound;
  const auto judge = fleet_judge(a, status);
  if (!judge) return status;
  if (!fleet_there(a)) return kUnreadable;
  auto store = fleet::Store::open(a.store, *judge);
  if (!store) return fleet_failed(store.error());
  if (!store->rejudged_on_opening()) {
    if (const auto done = store->rejudge(*judge); !done) return fleet_failed(done.error());
  }
  const auto profiles = fleet::number_of(store->db(), "SELECT count(*) FROM verdicts", {});
  if (!profiles) return fleet_failed(profiles.error());
  if (!a.args.has("--quiet"))
    std::printf("%lld profiles judged by catalog %s\n", static_cast<long long>(*profiles), judge->judgement().catalog_id.c_str());
  return kNothingFound;
}

}  // namespace tq::cli
