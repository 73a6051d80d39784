// The fleet store: machines, the profiles they share, what is judged of those, and the targets that could not be read.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "fleet/atoms.hpp"
#include "fleet/db.hpp"
#include "fleet/judged.hpp"

namespace tq::fleet {

/// A machine as a scan found it. Its identity is name and ident: `ident` is 0 where the name alone tells machines apart.
struct Machine {
  std::string name, item, profile_sha, site, labels;
  std::int64_t ident = 0;
  std::int64_t content = 0;          ///< of the item it came from; 0 when that holds machines that are known by name
  std::int64_t since = 0, seen = 0;  ///< seconds since 1970; 0: the time of this run
};
/// An item that holds machines known by name: read again only when its content changes.
struct DoneItem {
  std::int64_t item = 0;  ///< short_hash() of its source and place
  std::int64_t content = 0;
};
/// A profile that this scan saw for the first time.
struct NewProfile {
  std::string sha, packed;
  Judged judged;
};
/// A target, or part of one, that could not be read.
struct Unread {
  std::string item, place, what;
};
struct Batch {
  std::vector<Machine> machines;
  std::vector<NewProfile> profiles;
  std::vector<Unread> unread;
  std::vector<DoneItem> done;
  std::uint64_t unchanged = 0;  ///< items whose content the store holds already
};
template <class V>
void fields(V& v, Machine& x) {
  v("name", x.name);
  v("item", x.item);
  v("profile_sha", x.profile_sha);
  v("site", x.site);
  v("labels", x.labels);
  v("ident", x.ident);
  v("content", x.content);
  v("since", x.since);
  v("seen", x.seen);
}
template <class V>
void fields(V& v, DoneItem& x) {
  v("item", x.item);
  v("content", x.content);
}
template <class V>
void fields(V& v, NewProfile& x) {
  v("sha", x.sha);
  v("packed", x.packed);
  v("judged", x.judged);
}
template <class V>
void fields(V& v, Unread& x) {
  v("item", x.item);
  v("place", x.place);
  v("what", x.what);
}
template <class V>
void fields(V& v, Batch& x) {
  v("machines", x.machines);
  v("profiles", x.profiles);
  v("unread", x.unread);
  v("done", x.done);
  v("unchanged", x.unchanged);
}

/// What a store says of itself.
struct StoreMeta {
  Judgement judgement;  ///< catalog_id empty: nothing was judged yet
};
/// What a store was judged with: catalog, goal, line, day. Errors: the store's.
Result<StoreMeta> read_meta(Db& db);

/// A text the store can hold on every engine: well-formed UTF-8, NUL written as \x00, at most 4 KiB.
std::string storable(std::string_view s);
/// The same for what rows are told apart by: at most 2 KiB, and two that differ beyond that still differ.
std::string storable_key(std::string_view s);

class Store {
 public:
  /// Opens for writing, making what is not there. A store judged by another catalog is judged anew first.
  static Result<Store> open(const std::string& name, const Judge& judge);

  [[nodiscard]] Db& db() { return *db_; }
  /// Notes the command that writes; `at`: seconds since 1970 that its machines are seen at.
  Status begin_run(const std::string& command, std::int64_t at);
  /// After the last write: the engine learns what its tables hold now.
  Status end_run();
  [[nodiscard]] std::int64_t at() const { return at_; }
  /// The number of a source by its path; a new one when it has none yet.
  Result<std::int64_t> source(const std::string& path);
  /// Content that a source had when it was last read to its end; empty: never.
  Result<std::string> finished_content(std::int64_t source);
  /// The source was read to its end with this content: the same need not be read again.
  Status finish_source(std::int64_t source, const std::string& content);
  /// short_hash() of every content, and the first eight bytes of every profile, that the store holds.
  Result<std::unordered_set<std::int64_t>> contents();
  Result<std::unordered_set<std::int64_t>> profiles();
  /// All of it in one transaction, or nothing.
  Status write(std::int64_t source, const Batch& batch);
  /// A state that a machine had earlier, as another store remembers it.
  struct Past {
    std::string name, profile_sha;
    std::int64_t ident = 0, at = 0;
  };
  /// Puts the states of another store behind those that are there.
  Status write_history(const std::vector<Past>& states);
  /// Judges every profile again.
  Status rejudge(const Judge& judge);
  [[nodiscard]] bool rejudged_on_opening() const { return rejudged_; }

 private:
  explicit Store(std::unique_ptr<Db> db, const Judge& judge) : db_(std::move(db)), judge_(&judge) {}
  Status make_temporary();
  Status patiently(const std::function<Status()>& work);
  Status once(const std::function<Status()>& work);
  Status settle_judgement();
  Status write_all(std::int64_t source, const Batch& batch);
  Result<std::int64_t> row_of_profile(const std::string& sha);
  Status write_machines(std::int64_t source, const std::vector<const Machine*>& machines);
  Status write_unread(std::int64_t source, const Batch& batch);
  Status rejudge_all();
  Status check_still_mine();

  std::unique_ptr<Db> db_;
  const Judge* judge_;
  std::unique_ptr<Atoms> atoms_;
  std::int64_t at_ = 0, transactions_ = 0;
  std::string writer_ = "writer.0";  ///< under which the store's meta table notes this writer's last transaction
  std::unordered_map<std::string, std::int64_t> profile_rows_;
  bool rejudged_ = false;
};

}  // namespace tq::fleet
