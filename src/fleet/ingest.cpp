#include "fleet/ingest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <unordered_map>

#include "core/hash.hpp"
#include "core/limits.hpp"
#include "core/path.hpp"
#include "fleet/chunks.hpp"
#include "fleet/examine.hpp"
#include "fleet/pool.hpp"
#include "fleet/profile.hpp"
#include "fs/archive.hpp"

namespace tq::fleet {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kPiecesEach = 64;                       // small texts that go to a worker together
constexpr std::size_t kPieceBytes = std::size_t{512} << 10;   // and their bytes
constexpr std::size_t kFlushMachines = 20'000;                // in one transaction
constexpr auto kFlushAfter = std::chrono::milliseconds(700);  // a killed scan repeats no more work than this
constexpr std::size_t kHeldMachines = 500'000;                // of an inventory whose rows of one machine lie apart
constexpr std::uint64_t kHeldRows = 4'000'000;

class Ingest {
 public:
  Ingest(Store& store, const Judge& judge, const IngestOptions& options, const std::function<void(const Ingested&)>& progress)
      : store_(store), judge_(judge), options_(options), progress_(progress) {}

  Status prepare() {
    TQ_TRY(known_.profiles, store_.profiles());
    if (!options_.again) {
      TQ_TRY(known_.contents, store_.contents());
    }
    return ok();
  }

  Status path(const std::string& root) {
    if (io::host_kind(root) == io::HostKind::missing) {
      TQ_TRY([[maybe_unused]] const auto noted, unread(root, "", Error{ErrorCode::not_found, root, "a file or folder", "nothing"}));
      return flush();
    }
    pool_.emplace(options_.workers, work(), [this](const Job& j, Answer& a) { return take(j, a); });
    std::vector<Error> failed;
    auto walked = walk(
        root, !options_.open.column_map.empty(), [&](const Item& i) { return item(root, i); },
        [&](const std::string& below, const Error& e) { (void)unread(root, below, e); });
    if (!walked) return walked;
    TQ_TRY([[maybe_unused]] const auto sent, send_pieces());
    TQ_TRY([[maybe_unused]] const auto drained, pool_->drain());
    pool_.reset();
    return flush();
  }

  Ingested result;

 private:
  Pool::Work work() {
    // The examiner is made in the worker, from a copy of what is known when it starts.
    auto held = std::make_shared<std::unique_ptr<Examiner>>();
    return [this, held](const Job& job) {
      if (!*held) {
        *held = std::make_unique<Examiner>(judge_, known_, options_.open, options_.site);
        (*held)->set_apart(apart_);
      }
      return (*held)->run(job);
    };
  }

  Status item(const std::string& root, const Item& i) {
    // Members of an archive and of no folder have their own paths, so an archive that was named is opened by every shard.
    const bool members = i.kind == ItemKind::archive && i.path.empty();
    if (options_.shard && !members && !options_.shard->holds(i.path.empty() ? std::string(last_component(root)) : i.path)) return ok();
    switch (i.kind) {
      case ItemKind::target: return piece(root, {i.path, {}}, JobKind::path, 0);
      case ItemKind::inventory:
        return whole(root + i.path, [&](const io::ByteSource& s) { return inventory(root + i.path, s, i.path.empty()); });
      case ItemKind::archive: return whole(root + i.path, [&](const io::ByteSource& s) { return archive(root + i.path, s, members); });
    }
    return ok();
  }

  // ---- texts that go to a worker together ----

  Status piece(const std::string& source, Piece p, JobKind kind, std::size_t bytes) {
    if (gathered_.source != source || gathered_.kind != kind) {
      TQ_TRY([[maybe_unused]] const auto sent, send_pieces());
      gathered_.source = source;
      gathered_.kind = kind;
    }
    gathered_bytes_ += bytes;
    gathered_.pieces.push_back(std::move(p));
    // Few items, perhaps large ones: every core gets its own; many: they travel together.
    const std::size_t most = kind == JobKind::bytes ? kPiecesEach : std::min<std::size_t>(kPiecesEach, 1 + sent_ / 64);
    return gathered_.pieces.size() >= most || gathered_bytes_ >= kPieceBytes ? send_pieces() : ok();
  }

  Status send_pieces() {
    if (gathered_.pieces.empty()) return ok();
    ++sent_;
    gathered_bytes_ = 0;
    Job job = std::move(gathered_);
    gathered_ = Job{};
    return pool_->submit(std::move(job));
  }

  // ---- files that hold many machines: read to their end once, then passed over while they stay the same ----

  Status whole(const std::string& path, const std::function<Status(const io::ByteSource&)>& read) {
    TQ_TRY([[maybe_unused]] const auto sent, send_pieces());
    const auto file = io::open_file(path);
    if (!file) return unread(path, "", file.error());
    TQ_TRY(const std::string content, content_of(**file));
    TQ_TRY(const auto source, row_of(path));
    TQ_TRY(const auto before, store_.finished_content(source));
    if (before == content && !options_.again) {
      ++result.unchanged;
      return ok();
    }
    auto done = read(**file);
    if (!done && damaged_) {
      damaged_ = false;
      return unread(path, "", done.error());
    }
    if (!done) return done;
    TQ_TRY([[maybe_unused]] const auto more, send_pieces());
    TQ_TRY([[maybe_unused]] const auto drained, pool_->drain());
    TQ_TRY([[maybe_unused]] const auto flushed, flush());
    return store_.finish_source(source, content);
  }

  /// With the shard: another shard of the same file is another part of it.
  Result<std::string> content_of(const io::ByteSource& file) const {
    Sha256 digest;
    std::vector<std::byte> block(std::size_t{1} << 20);
    for (std::uint64_t at = 0; at < file.size(); at += block.size()) {
      TQ_TRY(const std::size_t n, file.read_at(at, block));
      digest.add(Bytes(std::span(block).first(n)));
      if (n == 0) break;
    }
    return digest.hex() + (options_.shard ? fmt::format(" {}/{}", options_.shard->index, options_.shard->count) : "");
  }

  Status archive(const std::string& path, const io::ByteSource&, bool members) {
    auto file = io::open_file(path);
    auto opened = file ? fs::open_archive(*std::move(file), path) : Result<std::unique_ptr<fs::Archive>>(file.error());
    if (!opened) return damaged(opened.error());
    std::string bytes;
    bool too_long = false;
    Status failed = ok();
    const auto streamed = (*opened)->stream([&](const std::string& name, Bytes chunk) {
      if (!failed) return;
      if (!chunk.empty()) {
        too_long = too_long || bytes.size() + chunk.size() > limits::kTextBytes;
        if (!too_long) bytes.append(chunk.chars());
        return;
      }
      if (!members || !options_.shard || options_.shard->holds(name)) {
        const std::size_t n = bytes.size();
        failed = too_long
                     ? unread(path, "//" + name, Error{ErrorCode::limit, name, "a text of at most 64 MiB", "more", {}, "unpack it first"})
                     : piece(path, {"//" + name, std::move(bytes)}, JobKind::bytes, n);
      }
      bytes.clear();
      too_long = false;
    });
    if (!failed) return failed;
    if (!streamed) return damaged(streamed.error());
    for (const auto& e : (*opened)->lost()) {
      TQ_TRY([[maybe_unused]] const auto noted, unread(path, "//" + e.place, e));
    }
    return ok();
  }

  Status inventory(const std::string& path, const io::ByteSource& file, bool named) {
    TQ_TRY([[maybe_unused]] const auto before, pool_->drain());
    TQ_TRY(const auto names, names_apart(path, file, named || !options_.open.column_map.empty()));
    apart_ = names;
    held_.clear();
    held_rows_ = 0;
    Pool rows(options_.workers, work(), [this](const Job& j, Answer& a) { return take_rows(j, a); });
    TQ_TRY([[maybe_unused]] const auto read, each_chunk(path, file, rows, JobKind::rows, true));
    TQ_TRY([[maybe_unused]] const auto joined, send_held(path, rows));
    apart_.clear();
    return ok();
  }

  Status each_chunk(const std::string& path, const io::ByteSource& file, Pool& pool, JobKind kind, bool tell) {
    auto opened = RowChunks::open(file);
    if (!opened) return damaged(opened.error());
    while (true) {
      auto chunk = opened->next();
      if (!chunk) return damaged(chunk.error());
      if (!*chunk) break;
      Job job;
      job.kind = kind;
      job.source = path;
      job.header = opened->header();
      job.text = std::move((*chunk)->text);
      job.first_line = (*chunk)->first_line;
      TQ_TRY([[maybe_unused]] const auto sent, pool.submit(std::move(job)));
    }
    TQ_TRY([[maybe_unused]] const auto drained, pool.drain());
    for (const auto line : opened->endless_lines()) {
      if (!tell) break;
      TQ_TRY([[maybe_unused]] const auto noted,
             unread(path, fmt::format("//line {}", line),
                    Error{ErrorCode::limit, fmt::format("inventory line {}", line), "a row of at most 16 MiB", "more"}));
    }
    return ok();
  }

  /// Machines whose rows stand in more than one piece of the file: their rows are put together here. Hashes of names, rising.
  /// `nameless`: a table that names no machine is taken for one of machines all the same.
  Result<std::vector<std::uint64_t>> names_apart(const std::string& path, const io::ByteSource& file, bool nameless) {
    std::vector<std::uint64_t> all;
    Pool pool(options_.workers, work(), [&](const Job&, Answer& a) {
      all.insert(all.end(), a.names.begin(), a.names.end());
      return ok();
    });
    TQ_TRY([[maybe_unused]] const auto read, each_chunk(path, file, pool, JobKind::names, false));
    if (all.empty() && !nameless)
      return damaged(Error{ErrorCode::unsupported,
                           path,
                           "a name for each machine",
                           "none",
                           {},
                           "name the file by itself, or tell with --map name=COLUMN which column names them"})
          .error();
    std::sort(all.begin(), all.end());
    std::vector<std::uint64_t> apart;
    for (std::size_t i = 1; i < all.size(); ++i)
      if (all[i] == all[i - 1] && (apart.empty() || apart.back() != all[i])) apart.push_back(all[i]);
    if (apart.size() > kHeldMachines)
      return damaged(Error{ErrorCode::limit,
                           path,
                           fmt::format("the rows of one machine near each other, for all but {} machines", kHeldMachines),
                           fmt::format("{} machines whose rows lie apart", apart.size()),
                           {},
                           "sort the file by the machine's name"})
          .error();
    return apart;
  }

  Status take_rows(const Job& job, Answer& a) {
    for (auto& m : a.machines) {
      held_rows_ += m.rows;
      const auto [it, fresh] = held_.try_emplace(name_hash(m.name));
      if (fresh)
        it->second = std::move(m);
      else
        format::inventory::join(it->second, std::move(m));
    }
    if (held_rows_ > kHeldRows)
      return damaged(Error{ErrorCode::limit,
                           job.source,
                           fmt::format("at most {} rows of machines whose rows lie apart", kHeldRows),
                           "more",
                           {},
                           "sort the file by the machine's name"});
    return take(job, a);
  }

  Status send_held(const std::string& path, Pool& pool) {
    std::vector<format::inventory::Machine*> by_line;
    for (auto& [hash, m] : held_) by_line.push_back(&m);
    std::sort(by_line.begin(), by_line.end(), [](const auto* a, const auto* b) { return a->line < b->line; });
    Job job;
    for (std::size_t i = 0; i < by_line.size(); ++i) {
      auto& kbs = by_line[i]->kbs;
      std::sort(kbs.begin(), kbs.end());
      kbs.erase(std::unique(kbs.begin(), kbs.end()), kbs.end());
      job.kind = JobKind::machines;
      job.source = path;
      job.machines.push_back(std::move(*by_line[i]));
      if (job.machines.size() < 1000 && i + 1 < by_line.size()) continue;
      TQ_TRY([[maybe_unused]] const auto sent, pool.submit(std::move(job)));
      job = Job{};
    }
    held_.clear();
    return pool.drain();
  }

  // ---- answers, and the store ----

  Status take(const Job& job, Answer& a) {
    auto& to = pending_[job.source];
    const auto append = [](auto& into, auto& from) { std::move(from.begin(), from.end(), std::back_inserter(into)); };
    result.machines += a.batch.machines.size();
    result.unchanged += a.batch.unchanged;
    result.rows += a.rows;
    pending_machines_ += a.batch.machines.size();
    for (const auto& p : a.batch.profiles) result.new_profiles += learn(p.sha) ? 1U : 0U;
    for (const auto& u : a.batch.unread) tell(job.source + u.item, u.what);
    append(to.machines, a.batch.machines);
    append(to.profiles, a.batch.profiles);
    append(to.unread, a.batch.unread);
    append(to.done, a.batch.done);
    progress_(result);
    if (pending_machines_ >= kFlushMachines || Clock::now() - flushed_ > kFlushAfter) return flush();
    return ok();
  }

  bool learn(const std::string& sha) { return known_.profiles.insert(first_number(sha)).second; }

  void tell(const std::string& target, const std::string& what) {
    ++result.unread;
    if (result.losses.size() < kLossesTold) result.losses.push_back(what.starts_with(target) ? what : target + ": " + what);
  }

  Status unread(const std::string& source, const std::string& item, const Error& e) {
    tell(source + item, e.text());
    pending_[source].unread.push_back({item, e.place, e.text()});
    return ok();
  }

  /// This input is damaged, the store is not: the next input goes on.
  Status damaged(const Error& e) {
    damaged_ = true;
    return e;
  }

  Result<std::int64_t> row_of(const std::string& source) {
    const auto it = sources_.find(source);
    if (it != sources_.end()) return it->second;
    TQ_TRY(const auto row, store_.source(source));
    sources_[source] = row;
    return row;
  }

  Status flush() {
    // Profiles first: a machine of one source may share one that another source brought.
    Batch profiles;
    for (auto& [source, batch] : pending_) {
      std::move(batch.profiles.begin(), batch.profiles.end(), std::back_inserter(profiles.profiles));
      batch.profiles.clear();
    }
    if (!profiles.profiles.empty()) {
      TQ_TRY([[maybe_unused]] const auto written, store_.write(0, profiles));
    }
    for (const auto& [source, batch] : pending_) {
      TQ_TRY(const auto row, row_of(source));
      TQ_TRY([[maybe_unused]] const auto written, store_.write(row, batch));
    }
    pending_.clear();
    pending_machines_ = 0;
    flushed_ = Clock::now();
    return ok();
  }

  Store& store_;
  const Judge& judge_;
  const IngestOptions& options_;
  const std::function<void(const Ingested&)>& progress_;
  Known known_;
  std::vector<std::uint64_t> apart_;
  std::optional<Pool> pool_;
  Job gathered_;
  std::size_t gathered_bytes_ = 0, sent_ = 0;
  bool damaged_ = false;
  std::unordered_map<std::uint64_t, format::inventory::Machine> held_;
  std::uint64_t held_rows_ = 0;
  std::map<std::string, Batch> pending_;
  std::size_t pending_machines_ = 0;
  Clock::time_point flushed_ = Clock::now();
  std::unordered_map<std::string, std::int64_t> sources_;
};

}  // namespace

Result<Ingested> ingest(const std::vector<std::string>& paths, const Judge& judge, const IngestOptions& options,
                        const std::function<void(const Ingested&)>& progress) {
  TQ_TRY(auto store, Store::open(options.store, judge));
  TQ_TRY([[maybe_unused]] const auto run, store.begin_run(options.command, options.at));
  Ingest work(store, judge, options, progress);
  TQ_TRY([[maybe_unused]] const auto prepared, work.prepare());
  for (const auto& path : paths) {
    TQ_TRY([[maybe_unused]] const auto done, work.path(path));
  }
  TQ_TRY([[maybe_unused]] const auto ended, store.end_run());
  work.result.rejudged = store.rejudged_on_opening();
  return work.result;
}

}  // namespace tq::fleet
