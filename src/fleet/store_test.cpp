// What the store and the scanners around it promise: keys, shards, patience, the past.
#include "fleet/store.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

#include "core/text.hpp"
#include "fleet/postgres/backoff.hpp"
#include "fleet/profile.hpp"
#include "fleet/query.hpp"
#include "fleet/schema.hpp"
#include "fleet/walk.hpp"

using namespace tq;
using namespace tq::fleet;

namespace {

class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() { ::unsetenv(name_); }

 private:
  const char* name_;
};

}  // namespace

TEST_CASE("fleet: long keys that differ beyond the cut still differ") {
  const std::string a = std::string(3000, 'n') + "1", b = std::string(3000, 'n') + "2";
  CHECK(storable_key(a) != storable_key(b));
  CHECK(storable_key(a).size() < 2600);  // what an index row of PostgreSQL holds, with a number beside it
  CHECK(storable_key("short") == "short");
  std::string wide;
  while (wide.size() < 4000) wide += "\xF0\x9F\x94\x92";
  for (std::size_t n = 0; n < 4; ++n) CHECK(is_utf8(storable_key(std::string(n, 'x') + wide)));
}

TEST_CASE("fleet: a server is tried again, later each time, and given up at last") {
  using namespace std::chrono_literals;
  Backoff b(50ms, 400ms, 2s);
  auto all = 0ms, before = 0ms;
  int tries = 0;
  while (const auto wait = b.next()) {
    CHECK(*wait >= before);
    CHECK(*wait <= 400ms);
    before = *wait;
    all += *wait;
    REQUIRE(++tries < 100);
  }
  CHECK(all <= 2s);
  CHECK(all > 1s);
}

TEST_CASE("fleet: shards come from the scheduler's own variables") {
  CHECK_FALSE(parse_shard("auto"));
  {
    const Environment id("SLURM_ARRAY_TASK_ID", "5"), first("SLURM_ARRAY_TASK_MIN", "3"), count("SLURM_ARRAY_TASK_COUNT", "4");
    const auto s = parse_shard("auto");
    REQUIRE(s);
    CHECK(s->index == 2);
    CHECK(s->count == 4);
    const auto told = parse_shard("auto/8");
    REQUIRE(told);
    CHECK(told->count == 8);
    CHECK_FALSE(parse_shard("auto/2"));
    CHECK_FALSE(parse_shard("auto/"));
  }
  const Environment index("JOB_COMPLETION_INDEX", "7");
  CHECK_FALSE(parse_shard("auto"));
  CHECK(parse_shard("auto/8"));
  const Environment count("JOB_COMPLETIONS", "8");
  const auto s = parse_shard("auto");
  REQUIRE(s);
  CHECK(s->index == 7);
  CHECK(s->count == 8);
}

TEST_CASE("fleet: one text becomes SQL of both engines") {
  const std::string_view text = "CREATE TABLE t(id {id}, n {int}, b {blob}, name TEXT){norowid}; {empty}t; SELECT {iso:n}";
  const auto lite = dialect(text, Engine::sqlite), server = dialect(text, Engine::postgres);
  for (const auto& s : {lite, server}) CHECK(s.find('{') == std::string::npos);
  CHECK(server.find("name TEXT COLLATE \"C\"") != std::string::npos);
  CHECK(lite.find("COLLATE") == std::string::npos);
  for (const auto engine : {Engine::sqlite, Engine::postgres}) CHECK(dialect(kViews, engine).find('{') == std::string::npos);
}

TEST_CASE("fleet: stores on servers are spoken of without user and password") {
  const auto label = store_label("postgresql://somebody:hunter2@db.sample:5433/fleet?application_name=x");
  CHECK(label.find("hunter2") == std::string::npos);
  CHECK(label.find("somebody") == std::string::npos);
  CHECK(store_label("a/b.tqdb") == "a/b.tqdb");
}
