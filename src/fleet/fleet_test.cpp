// The parts of the fleet store, each by itself; tests/fleet_test.cpp runs the whole program.
#include <doctest/doctest.h>

#include <random>

#include "core/text.hpp"
#include "fleet/atoms.hpp"
#include "fleet/chunks.hpp"
#include "fleet/job.hpp"
#include "fleet/profile.hpp"
#include "fleet/query.hpp"
#include "fleet/schema.hpp"
#include "fleet/store.hpp"
#include "fleet/walk.hpp"
#include "fleet/wire.hpp"
#include "io/byte_source.hpp"

using namespace tq;
using namespace tq::fleet;

namespace {

model::Facts some_facts(const std::string& name, const std::string& target) {
  model::Facts f;
  f.target = target;
  f.kind = "inventory";
  f.identity.name = name;
  f.identity.product = "Windows Server 2008 Standard";
  f.identity.nt_version = "6.0";
  f.identity.arch = "x64";
  f.build_witnesses.push_back(
      {"inventory.version", model::WitnessGroup::booted_kernel, "6.0.6002", target + "//line 3", 6002, {}, false, true});
  f.labels.push_back({"site", "Plant 1", target});
  f.labels.push_back({"owner", "=cmd()", target});
  return f;
}

std::unique_ptr<io::ByteSource> source_of(std::string_view s) {
  const auto b = std::as_bytes(std::span(s.data(), s.size()));
  return io::from_memory({b.begin(), b.end()});
}

/// All pieces of a text, and the text put together from them.
std::pair<std::size_t, std::string> chunked(std::string_view text) {
  const auto source = source_of(text);
  auto chunks = RowChunks::open(*source);
  REQUIRE(chunks);
  std::string all = chunks->header();
  std::size_t n = 0;
  auto line = static_cast<std::uint32_t>(std::count(all.begin(), all.end(), '\n')) + 1;
  while (true) {
    auto c = chunks->next();
    REQUIRE(c);
    if (!*c) return {n, all};
    CHECK((*c)->first_line == line);
    line += static_cast<std::uint32_t>(std::count((*c)->text.begin(), (*c)->text.end(), '\n'));
    all += (*c)->text;
    ++n;
  }
}

Judge embedded_judge() {
  auto catalog = catalog::Catalog::embedded();
  REQUIRE(catalog);
  return Judge(*std::move(catalog), Judgement{"", "", "last", "auto", Date{2026, 11, 20}});
}

}  // namespace

TEST_CASE("fleet: a profile is what machines share, and each gets its own facts back") {
  Own one, two;
  const auto a = split(some_facts("PC-1", "fleet.csv//line 3"), one);
  auto other = some_facts("PC-2", "fleet.csv//line 77");
  const auto b = split(other, two);
  CHECK(a.sha == b.sha);
  CHECK(one.site == "Plant 1");
  const auto packed = pack(b.facts);
  const auto back = unpack(bytes_of(packed));
  REQUIRE(back);
  auto whole = reunite(*back, two);
  WireWriter want, got;
  want.put(other);
  got.put(whole);
  CHECK(want.bytes() == got.bytes());
  other.identity.arch = "x86";
  CHECK(split(other, two).sha != a.sha);
}

TEST_CASE("fleet: a text that holds the mark of profiles survives") {
  auto f = some_facts("PC\x01", "t");
  f.readings.push_back({"x", "\x01//t", "t//1"});
  Own own;
  const auto p = split(f, own);
  auto whole = reunite(p.facts, own);
  CHECK(whole.readings.at(0).value == f.readings.at(0).value);
}

TEST_CASE("fleet: damaged packed facts are an error") {
  const std::string packed = pack(some_facts("A", "t"));
  for (std::size_t n = 0; n < packed.size(); ++n) CHECK_FALSE(unpack(bytes_of(packed.substr(0, n))));
}

TEST_CASE("fleet: what goes over the wire comes back, and half of it is refused") {
  const Judge judge = embedded_judge();
  NewProfile p{"ab", "cd", judge.judge(some_facts("A", "t"))};
  Batch batch;
  batch.machines.push_back({"A", "//x", "ab", "s", "[]", 1, -5, 7, 8});
  batch.profiles.push_back(p);
  batch.unread.push_back({"i", "p", "w"});
  WireWriter w;
  w.put(batch);
  Batch back;
  WireReader r(w.bytes());
  r.get(back);
  CHECK(r.ok());
  CHECK(r.at_end());
  CHECK(back.machines.at(0).content == -5);
  CHECK(back.profiles.at(0).judged.missing == p.judged.missing);
  for (std::size_t n = 0; n + 1 < w.bytes().size(); n += 7) {
    Batch half;
    WireReader cut(std::string_view(w.bytes()).substr(0, n));
    cut.get(half);
    CHECK_FALSE(cut.ok());
  }
}

TEST_CASE("fleet: a machine of an inventory keeps over the wire that its updates were cut") {
  const auto inventory = format::inventory::parse("name,version,hotfixes,site\nA,6.0.6003,KB955430;KB44");
  REQUIRE(inventory);
  Answer there, back;
  there.machines = inventory->machines;
  REQUIRE(there.machines.size() == 1);
  WireWriter w;
  w.put(there);
  WireReader r(w.bytes());
  r.get(back);
  CHECK(r.ok());
  REQUIRE(back.machines.size() == 1);
  CHECK(back.machines[0].updates_cut);
  CHECK(back.machines[0].conflicts.size() == 1);
}

TEST_CASE("fleet: atoms stand for exactly the CVEs that went in") {
  const auto catalog = catalog::Catalog::embedded();
  REQUIRE(catalog);
  const Atoms atoms(*catalog);
  std::map<std::uint32_t, std::vector<model::CveId>> cves_of;
  for (const auto& m : atoms.members()) {
    cves_of[m.atom].push_back(m.cve);
    cves_of[m.lone].push_back(m.cve);
  }
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    std::vector<model::CveId> some;
    for (const auto& m : atoms.members())
      if (round == 0 || random() % 3 != 0) some.push_back(m.cve);
    std::vector<model::CveId> back;
    for (const auto a : atoms.of(some)) back.insert(back.end(), cves_of[a].begin(), cves_of[a].end());
    std::sort(back.begin(), back.end());
    std::sort(some.begin(), some.end());
    CHECK(back == some);
    if (round == 0) CHECK(atoms.of(some).size() < some.size() / 4);
  }
}

TEST_CASE("fleet: a long inventory is cut where rows end") {
  std::string csv = "name,version,note\n";
  for (int i = 0; csv.size() < 3 * RowChunks::kChunkBytes; ++i)
    csv +=
        "PC-" + std::to_string(i) + ",6.0.6002,\"two\nlines, \"\"quoted\"\" " + std::string(static_cast<std::size_t>(i) % 50, 'x') + "\"\n";
  const auto [pieces, all] = chunked(csv);
  CHECK(pieces >= 3);
  CHECK(all == csv);
  const auto source = source_of(csv);
  auto chunks = RowChunks::open(*source);
  REQUIRE(chunks);
  while (true) {
    const auto c = chunks->next();
    REQUIRE(c);
    if (!*c) break;
    CHECK((*c)->text.starts_with("PC-"));
  }
}

TEST_CASE("fleet: NDJSON, UTF-16 and texts without a last line end are cut too") {
  std::string json;
  while (json.size() < 2 * RowChunks::kChunkBytes) json += "{\"name\":\"A\\\"\",\"version\":\"6.0.6002\"}\n";
  CHECK(chunked(json).second == json);
  std::string csv = "name;version\r\n";
  for (int i = 0; csv.size() < RowChunks::kChunkBytes; ++i) csv += "W\xC3\xA4" + std::to_string(i) + ";6.0.6002\r\n";
  csv += "last;6.0.6003";
  CHECK(chunked(csv).second == csv);
  const std::u16string wide = utf8_to_utf16(csv);
  CHECK(chunked({reinterpret_cast<const char*>(wide.data()), wide.size() * 2}).second == csv);
}

TEST_CASE("fleet: truncated and damaged inventories are cut without losing a byte") {
  const std::string whole = "name,version,note\r\nA,6.0.6002,\"x\"\"\ny\"\r\nB\"C,6.0.6003,19\"\r\n";
  std::mt19937 random(6003);
  for (std::size_t n = whole.find('\n') + 1; n <= whole.size(); ++n) CHECK(chunked(whole.substr(0, n)).second == whole.substr(0, n));
  for (int round = 0; round < 300; ++round) {
    std::string text = whole;
    for (int k = 0; k < 3; ++k) text[20 + random() % (text.size() - 20)] = static_cast<char>(random() % 256);
    CHECK(chunked(text).second == text);
  }
}

TEST_CASE("fleet: one endless line and an open quote cost no memory and lose only themselves") {
  const std::string endless = "name,version\nA,6.0.6002\n" + std::string(40'000'000, 'x') + "\nB,6.0.6003\n";
  const auto source = source_of(endless);
  auto chunks = RowChunks::open(*source);
  REQUIRE(chunks);
  std::string all;
  while (true) {
    auto c = chunks->next();
    REQUIRE(c);
    if (!*c) break;
    all += (*c)->text;
    CHECK((*c)->text.size() <= RowChunks::kLongestRow + RowChunks::kChunkBytes);
  }
  CHECK(all.ends_with("B,6.0.6003\n"));
  const auto no_header = source_of(std::string(2'000'000, 'a'));
  CHECK_FALSE(RowChunks::open(*no_header));
}

TEST_CASE("fleet: shards share out every item exactly once") {
  for (int i = 0; i < 200; ++i) {
    int held = 0;
    for (std::uint64_t k = 0; k < 7; ++k) held += Shard{k, 7}.holds("a/" + std::to_string(i)) ? 1 : 0;
    CHECK(held == 1);
  }
  // SHA-256 of "abc" begins ba7816bf8f01cfea.
  CHECK(Shard{0xba7816bf8f01cfea % 1000, 1000}.holds("abc"));
  CHECK(Shard{0xba7816bf8f01cfea % 1000, 1000}.holds("/abc"));
  CHECK(parse_shard("2/8"));
  for (const char* bad : {"8/8", "-1/2", "1", "a/b", "1/0", ""}) CHECK_FALSE(parse_shard(bad));
}

TEST_CASE("fleet: names with SQL, markup and NULs are text and nothing else") {
  const Judge judge = embedded_judge();
  auto store = Store::open(":memory:", judge);
  REQUIRE(store);
  REQUIRE(store->begin_run("import", 1000));
  const auto source = store->source("x'); DROP TABLE machines; --");
  REQUIRE(source);
  Own own;
  const auto profile = split(some_facts("A", "t"), own);
  Batch batch;
  batch.profiles.push_back({profile.sha, pack(profile.facts), judge.judge(profile.facts)});
  const std::string hostile[] = {"'; DROP TABLE machines; --", "<script>alert(1)</script>", storable(std::string_view("N\0L", 3)),
                                 "=cmd|' /C calc'!A0", "\xE2\x80\xAEx"};
  for (const auto& name : hostile) batch.machines.push_back({name, "//1", profile.sha, name, "", 0, 0, 0, 0});
  REQUIRE(store->write(*source, batch));
  REQUIRE(store->write(*source, batch));  // twice changes nothing
  for (const auto& name : hostile) {
    Question q{"machine", name, "", "", Form::json, {}};
    std::string out;
    REQUIRE(answer(store->db(), q, [&](std::string_view s) { out += s; }));
    CHECK(out.find("\"count\":1") != std::string::npos);
  }
  std::string csv;
  REQUIRE(answer(store->db(), {"machines", "", "", "", Form::csv, {}}, [&](std::string_view s) { csv += s; }));
  CHECK(csv.find("\n=cmd") == std::string::npos);
  CHECK(csv.find("\n\"=cmd") == std::string::npos);
  CHECK(*number_of(store->db(), "SELECT machines FROM profiles", {}) == 5);
}

TEST_CASE("fleet: a change is remembered, an older scan adds to the past only") {
  const Judge judge = embedded_judge();
  auto store = Store::open(":memory:", judge);
  REQUIRE(store);
  const auto source = store->source("s");
  REQUIRE(source);
  auto better = some_facts("PC", "t");
  better.build_witnesses.at(0).build = 6003;
  Own own;
  const Profile old_state = split(some_facts("PC", "t"), own), new_state = split(better, own);
  const auto write = [&](const Profile& p, std::int64_t at) {
    REQUIRE(store->begin_run("scan", at));
    Batch b;
    b.profiles.push_back({p.sha, pack(p.facts), judge.judge(p.facts)});
    b.machines.push_back({"pc", "", p.sha, "", "", 0, 0, 0, 0});
    REQUIRE(store->write(*source, b));
  };
  write(old_state, 2'000'000);
  write(new_state, 3'000'000);
  write(new_state, 3'500'000);
  write(old_state, 1'000'000);  // comes late, happened early
  CHECK(*number_of(store->db(), "SELECT count(*) FROM machines", {}) == 1);
  CHECK(*number_of(store->db(), "SELECT count(*) FROM v_history", {}) == 3);
  CHECK(*number_of(store->db(), "SELECT since FROM machines", {}) == 3'000'000);
  CHECK(*number_of(store->db(), "SELECT sum(machines) FROM profiles", {}) == 1);
  CHECK(*number_of(store->db(), "SELECT build FROM v_machines", {}) == 6003);
  CHECK(*number_of(store->db(), "SELECT count(*) FROM v_changes WHERE to_version LIKE '6.0.6003%'", {}) == 1);
}

TEST_CASE("fleet: every question has its answer, and a wrong one says what there is") {
  const Judge judge = embedded_judge();
  auto store = Store::open(":memory:", judge);
  REQUIRE(store);
  for (const char* name : {"machines", "claims", "behind", "sites", "gates", "unknown", "changes", "would-close", "top-cves", "errors"})
    for (const Form form : {Form::text, Form::json, Form::ndjson, Form::csv}) {
      CAPTURE(name);
      const auto a = answer(store->db(), {name, "", "", "", form, {}}, [](std::string_view) {});
      CHECK_MESSAGE(a.has_value(), (a ? "" : a.error().text()));
    }
  for (const auto& [name, argument] : std::vector<std::pair<const char*, const char*>>{{"missing", "CVE-2019-0708"},
                                                                                       {"missing", "KB4493471"},
                                                                                       {"build", "6002"},
                                                                                       {"build", "6.0.6002"},
                                                                                       {"would-close", "KB4493471"},
                                                                                       {"history", "x"}})
    CHECK(answer(store->db(), {name, argument, "", "", Form::json, {}}, [](std::string_view) {}));
  for (const auto& [name, argument] : std::vector<std::pair<const char*, const char*>>{
           {"missing", ""}, {"missing", "x' OR 1=1"}, {"build", "%"}, {"nothing", ""}, {"would-close", "5"}})
    CHECK_FALSE(answer(store->db(), {name, argument, "", "", Form::json, {}}, [](std::string_view) {}));
}
