#include "fleet/merge.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/hash.hpp"
#include "core/text.hpp"
#include "fleet/profile.hpp"
#include "fleet/schema.hpp"
#include "fleet/store.hpp"

namespace tq::fleet {
namespace {

constexpr std::size_t kBatch = 20'000;

struct Rows {
  std::map<std::string, std::string> profiles;                  ///< sha -> packed facts
  std::map<std::string, std::vector<Machine>> machines;         ///< by source
  std::map<std::string, std::map<std::string, Unread>> unread;  ///< by source, then item
  std::vector<Store::Past> past;
  std::int64_t newest = 0;
};

std::string text(const Row& r, std::size_t c) { return std::string(r.text(c)); }

Status read_machines(Db& db, Rows& out) {
  return db.run(
      "SELECT m.name, m.ident, p.sha, coalesce(si.name, ''), s.path, m.item, coalesce(l.labels, ''), m.content, m.since, m.seen FROM "
      "machines m "
      "JOIN profiles p ON p.id = m.profile JOIN sources s ON s.id = m.source LEFT JOIN sites si ON si.id = m.site LEFT JOIN label_sets l "
      "ON "
      "l.id = m.labels",
      {}, [&](const Row& r) {
        Machine m;
        m.name = text(r, 0);
        m.ident = r.integer(1);
        m.profile_sha = hex(r.blob(2));
        m.site = text(r, 3);
        m.item = text(r, 5);
        m.labels = text(r, 6);
        m.content = r.integer(7);
        m.since = r.integer(8);
        m.seen = r.integer(9);
        out.newest = std::max(out.newest, m.seen);
        out.machines[text(r, 4)].push_back(std::move(m));
        return true;
      });
}

Status read_rest(Db& db, Rows& out) {
  TQ_TRY([[maybe_unused]] const auto profiles, db.run("SELECT sha, facts FROM profiles", {}, [&](const Row& r) {
    out.profiles.emplace(hex(r.blob(0)), std::string(r.blob(1).chars()));
    return true;
  }));
  TQ_TRY(
      [[maybe_unused]] const auto past,
      db.run("SELECT m.name, p.sha, m.ident, h.at FROM history h JOIN machines m ON m.id = h.machine JOIN profiles p ON p.id = h.profile",
             {}, [&](const Row& r) {
               out.past.push_back({text(r, 0), hex(r.blob(1)), r.integer(2), r.integer(3)});
               return true;
             }));
  return db.run("SELECT s.path, e.item, e.place, e.what FROM errors e JOIN sources s ON s.id = e.source", {}, [&](const Row& r) {
    out.unread[text(r, 0)].insert_or_assign(text(r, 1), Unread{text(r, 1), text(r, 2), text(r, 3)});
    return true;
  });
}

Result<Rows> read_shards(const std::vector<std::string>& shards) {
  Rows out;
  for (const auto& name : shards) {
    TQ_TRY(const auto db, open_db(name, Access::read));
    auto read = check_schema(*db);
    if (read) read = read_machines(*db, out);
    if (read) read = read_rest(*db, out);
    if (read) continue;
    Error e = read.error();
    if (e.place == "store") e.place = store_label(name);
    return e;
  }
  return out;
}

/// Rows of every source in an order that only their content gives.
void settle(Rows& rows) {
  for (auto& [source, machines] : rows.machines) {
    std::sort(machines.begin(), machines.end(), [](const Machine& a, const Machine& b) {
      return std::tuple(lower_ascii(a.name), a.ident, a.seen, a.since, a.profile_sha) <
             std::tuple(lower_ascii(b.name), b.ident, b.seen, b.since, b.profile_sha);
    });
    const auto errors = rows.unread.find(source);
    if (errors == rows.unread.end()) continue;
    for (const auto& m : machines) errors->second.erase(m.item);
  }
}

Status write_profiles(Store& store, const Judge& judge, const Rows& rows) {
  constexpr std::int64_t kNoSource = 0;  // profiles come from no place of their own
  TQ_TRY(const auto known, store.profiles());
  Batch batch;
  for (const auto& [sha, packed] : rows.profiles) {
    if (known.contains(first_number(sha))) continue;
    TQ_TRY(const auto facts, unpack(bytes_of(packed)));
    batch.profiles.push_back({sha, packed, judge.judge(facts)});
    if (batch.profiles.size() < 1000) continue;
    TQ_TRY([[maybe_unused]] const auto written, store.write(kNoSource, batch));
    batch = Batch{};
  }
  return store.write(kNoSource, batch);
}

Status write_machines(Store& store, Rows& rows) {
  std::set<std::string> sources;
  for (const auto& [path, machines] : rows.machines) sources.insert(path);
  for (const auto& [path, errors] : rows.unread) sources.insert(path);
  for (const auto& path : sources) {
    TQ_TRY(const auto source, store.source(path));
    auto& machines = rows.machines[path];
    for (std::size_t at = 0; at < machines.size(); at += kBatch) {
      Batch batch;
      const auto end = std::min(machines.size(), at + kBatch);
      std::move(machines.begin() + static_cast<std::ptrdiff_t>(at), machines.begin() + static_cast<std::ptrdiff_t>(end),
                std::back_inserter(batch.machines));
      TQ_TRY([[maybe_unused]] const auto written, store.write(source, batch));
    }
    Batch batch;
    for (const auto& [item, u] : rows.unread[path]) batch.unread.push_back(u);
    TQ_TRY([[maybe_unused]] const auto noted, store.write(source, batch));
  }
  return store.write_history(rows.past);
}

}  // namespace

Result<Merged> merge(const std::vector<std::string>& shards, const std::string& store_name, const Judge& judge) {
  for (const auto& s : shards)
    if (s == store_name)
      return Error{
          ErrorCode::usage, "fleet merge", "shards other than the store itself", store_label(s), {}, "name the result with --store"};
  TQ_TRY(Rows rows, read_shards(shards));
  settle(rows);
  Merged out;
  out.profiles = rows.profiles.size();
  for (const auto& [source, machines] : rows.machines) out.machines += machines.size();
  for (const auto& [source, errors] : rows.unread) out.unread += errors.size();
  TQ_TRY(auto store, Store::open(store_name, judge));
  TQ_TRY([[maybe_unused]] const auto run, store.begin_run("merge", rows.newest));
  TQ_TRY([[maybe_unused]] const auto profiles, write_profiles(store, judge, rows));
  TQ_TRY([[maybe_unused]] const auto written, write_machines(store, rows));
  TQ_TRY([[maybe_unused]] const auto ended, store.end_run());
  return out;
}

}  // namespace tq::fleet
