// The dashboard without sockets: who may look, what an address means, and that nothing of a target is ever markup.
#include <doctest/doctest.h>

#include <random>

#include "core/url.hpp"
#include "fleet/examine.hpp"
#include "fleet/page.hpp"
#include "fleet/profile.hpp"
#include "fleet/serve/filters.hpp"
#include "fleet/serve/httpd.hpp"
#include "fleet/serve/site.hpp"
#include "fleet/store.hpp"
#include "tests/support/machine_builder.hpp"

using namespace tq;
using namespace tq::fleet;
using namespace tq::fleet::serve;

namespace {

const std::string kHostile[] = {"<script>alert(1)</script>",
                                "\"><img src=x onerror=alert(1)>",
                                "'; DROP TABLE machines; --",
                                "=cmd|' /C calc'!A0",
                                "\xE2\x80\xAEgpj.exe",
                                "\x1b[31mred\x07",
                                "100%_\\",
                                std::string(100'000, 'x')};

model::Facts facts_of(const std::string& name, std::uint32_t build) {
  model::Facts f;
  f.target = "fleet.csv//" + name.substr(0, 50);
  f.kind = "inventory";
  f.identity.name = name;
  f.identity.product = "Windows Server 2008 Standard " + name.substr(0, 50);
  f.identity.nt_version = "6.0";
  f.identity.arch = "x64";
  f.build_witnesses.push_back({"inventory.version",
                               model::WitnessGroup::booted_kernel,
                               "6.0." + std::to_string(build) + " " + name.substr(0, 50),
                               f.target,
                               build,
                               {},
                               false,
                               true});
  f.labels.push_back({"site", name, f.target});
  f.labels.push_back({"note", name, f.target});
  return f;
}

/// A store with machines of these names at two sites each, and a site of the dashboard over it.
struct Fleet {
  std::string path = tq::test::temporary_folder() + "/fleet.tqdb";
  Judge judge;
  std::unique_ptr<Site> site;

  static Judge embedded() {
    auto catalog = catalog::Catalog::embedded();
    REQUIRE(catalog);
    return Judge(*std::move(catalog), Judgement{"", "", "last", "auto", Date{2026, 11, 20}});
  }

  explicit Fleet(const std::vector<std::string>& names) : judge(embedded()) {
    auto store = Store::open(path, judge);
    REQUIRE(store);
    REQUIRE(store->begin_run("import", 1'700'000'000));
    const auto source = store->source("fleet.csv");
    REQUIRE(source);
    Batch batch;
    for (std::size_t i = 0; i < names.size(); ++i) {
      Own own;
      const Profile p = split(facts_of(names[i], i % 2 == 0 ? 6002 : 6003), own);
      batch.profiles.push_back({p.sha, pack(p.facts), judge.judge(p.facts)});
      batch.machines.push_back({storable(names[i]), storable("//" + names[i]), p.sha, storable(own.site), storable("[[\"note\",\"x\"]]"),
                                static_cast<std::int64_t>(i), 0, 0, 0});
      batch.unread.push_back({names[i], names[i], names[i]});
    }
    REQUIRE(store->write(*source, batch));
    site = std::make_unique<Site>(SiteOptions{path, "fleet.tqdb", "0", judge.judgement().catalog_id, [this](model::Facts f) {
                                                model::Report r;
                                                r.goal = "last";
                                                r.as_of = "2026-11-20";
                                                r.machines.push_back(judge.whole(std::move(f)));
                                                return r;
                                              }});
    site->set_guard({{"127.0.0.1", "localhost"}, false, 8300, ""});
  }

  [[nodiscard]] Response get(const std::string& target, const std::string& host = "127.0.0.1:8300") const {
    Request r;
    r.target = target;
    r.host = host;
    return site->handle(r);
  }
  [[nodiscard]] std::string csv(const std::string& target) const {
    const auto r = get(target);
    REQUIRE(r.stream);
    std::string out;
    r.stream([&](std::string_view s) {
      out += s;
      return true;
    });
    return out;
  }
};

std::string header(const Response& r, std::string_view name) {
  for (const auto& [key, value] : r.headers)
    if (key == name) return value;
  return {};
}

std::size_t count_of(const std::string& s, std::string_view what) {
  std::size_t n = 0;
  for (auto at = s.find(what); at != std::string::npos; at = s.find(what, at + 1)) ++n;
  return n;
}

constexpr const char* kPages[] = {"/",        "/machines", "/sites",  "/cves",      "/updates",          "/drivers",
                                  "/unknown", "/changes",  "/errors", "/machine/1", "/cve/CVE-2019-0708"};

}  // namespace

TEST_CASE("serve: a target of a request is taken apart, and ill-formed ones are refused") {
  Request r;
  REQUIRE(take_target("/machines?q=a%20b+c&site=%26&&x", r));
  CHECK(r.path == "/machines");
  CHECK(r.get("q") == "a b c");
  CHECK(r.get("site") == "&");
  CHECK(r.params.size() == 3);
  REQUIRE(take_target("/a%2Fb#top", r));
  CHECK(r.path == "/a/b");
  for (const char* bad : {"", "machines", "http://x/", "/%", "/%2", "/%zz", "/?q=%ff", "/?q=%00", "/?%c0%80=1", "*"})
    CHECK_FALSE(take_target(bad, r));
  std::string many = "/?";
  for (std::size_t i = 0; i <= kMostParams; ++i) many += "a=1&";
  CHECK_FALSE(take_target(many, r));
  for (const auto& s : kHostile) {
    REQUIRE(take_target("/?q=" + url_part(s), r));
    CHECK(r.get("q") == s);
  }
}

TEST_CASE("serve: random targets and fields never do harm") {
  const Fleet f({"A"});
  std::mt19937 random(8300);
  const std::string signs = "/?&=%+#\\\"'<>;.:0aF\x80 \xC3\xA4";
  for (int i = 0; i < 300; ++i) {
    Request r;
    r.target = "/";
    for (auto n = random() % 40; n > 0; --n) r.target += signs[random() % signs.size()];
    r.host = i % 2 == 0 ? "127.0.0.1:8300" : r.target;
    r.cookie = r.target;
    const auto answer = f.site->handle(r);
    CHECK(answer.status >= 200);
    CHECK(answer.status < 500);
  }
}

TEST_CASE("serve: only its own name and port are answered") {
  const Fleet f({"A"});
  for (const char* own : {"127.0.0.1:8300", "localhost:8300", "LOCALHOST:8300"}) CHECK(f.get("/", own).status == 200);
  for (const char* other : {"", "evil.example", "evil.example:8300", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8300.evil.example",
                            "127.0.0.1:83000", "[::1]:8300", "localhost:", ":8300", "localhost.:8300", "127.0.0.1:8300:8300"}) {
    CAPTURE(other);
    const auto r = f.get("/", other);
    CHECK(r.status == 421);
    CHECK(r.close);
    CHECK(r.body.find("fleet.tqdb") == std::string::npos);
  }
  f.site->set_guard({{"fleet.plant"}, true, 80, ""});
  CHECK(f.get("/", "fleet.plant").status == 200);
  CHECK(f.get("/", "10.1.2.3:80").status == 200);
  CHECK(f.get("/", "[fe80::1]").status == 200);
  CHECK(f.get("/", "evil.example").status == 421);
  CHECK(f.get("/", "10.1.2.3.evil.example").status == 421);
}

TEST_CASE("serve: everything but reading is refused") {
  const Fleet f({"A"});
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT", "get", ""}) {
    Request r;
    r.method = method;
    r.target = "/";
    r.host = "localhost:8300";
    const auto answer = f.site->handle(r);
    CHECK(answer.status == 405);
    CHECK(answer.close);
  }
}

TEST_CASE("serve: with a token nothing of the fleet is seen without it") {
  const Fleet f({"SECRET-PC"});
  const std::string token = "0123456789abcdef0123456789abcdef";
  f.site->set_guard({{"localhost"}, false, 8300, token});
  const auto with = [&](const std::string& target, const std::string& authorization, const std::string& cookie) {
    Request r;
    r.target = target;
    r.host = "localhost:8300";
    r.authorization = authorization;
    r.cookie = cookie;
    return f.site->handle(r);
  };
  for (const char* page : kPages) {
    const auto r = with(page, "", "");
    CHECK(r.status == 401);
    CHECK(r.body.find("SECRET-PC") == std::string::npos);
  }
  CHECK(with("/machines.csv", "", "").status == 401);
  CHECK_FALSE(with("/machines.csv", "", "").stream);
  for (const std::string& bad : {std::string("Bearer "), std::string("Bearer x"), "Basic " + token, "Bearer " + token + "0", token})
    CHECK(with("/", bad, "").status == 401);
  for (const std::string& bad :
       {"tourniquet=" + token, std::string("tourniquet="), "other=" + cookie_of(token), "tourniquet=" + cookie_of(token) + "0"})
    CHECK(with("/", "", bad).status == 401);
  CHECK(with("/machines", "Bearer " + token, "").status == 200);
  CHECK(with("/machines", "", "a=b; tourniquet=" + cookie_of(token) + "; c=d").status == 200);
  const auto in = with("/machines?site=a%26b&token=" + token, "", "");
  CHECK(in.status == 303);
  CHECK(header(in, "Location") == "/machines?site=a%26b");
  const auto cookie = header(in, "Set-Cookie");
  CHECK(cookie.find("HttpOnly") != std::string::npos);
  CHECK(cookie.find("SameSite=Strict") != std::string::npos);
  CHECK(cookie.find(token) == std::string::npos);
  CHECK(header(with("//evil.example/?token=" + token, "", ""), "Location").starts_with("/"));
  CHECK_FALSE(header(with("//evil.example/?token=" + token, "", ""), "Location").starts_with("//"));
  CHECK(with("/?token=wrong", "", "").status == 401);
  CHECK(with("/?token=wrong", "", "").body.find("wrong") == std::string::npos);
}

TEST_CASE("serve: every answer carries the strict policy, and pages keep to it") {
  const Fleet f({std::begin(kHostile), std::end(kHostile)});
  std::vector<std::string> targets(std::begin(kPages), std::end(kPages));
  targets.insert(targets.end(), {"/style.css", "/script.js", "/machines.csv", "/csv/errors", "/nothing", "/machines?goal=x",
                                 "/machine/999999", "/machine/-1"});
  for (const auto& target : targets) {
    CAPTURE(target);
    const auto r = f.get(target);
    const auto policy = header(r, "Content-Security-Policy");
    CHECK(policy.find("default-src 'none'") != std::string::npos);
    CHECK(policy.find("frame-ancestors 'none'") != std::string::npos);
    CHECK(policy.find("unsafe") == std::string::npos);
    CHECK(header(r, "X-Content-Type-Options") == "nosniff");
    CHECK(header(r, "Referrer-Policy") == "no-referrer");
    CHECK(header(r, "Cache-Control") == "no-store");
    CHECK(count_of(r.body, "<script") == (r.type.starts_with("text/html") ? 1 : 0));
    if (!r.type.starts_with("text/html")) continue;
    CHECK(r.body.find(" style=") == std::string::npos);
    CHECK(r.body.find("<style") == std::string::npos);
  }
}

TEST_CASE("serve: what a machine calls itself is text on every page and in every file") {
  const Fleet f({std::begin(kHostile), std::end(kHostile)});
  std::vector<std::string> targets(std::begin(kPages), std::end(kPages));
  for (std::size_t i = 1; i <= std::size(kHostile); ++i) targets.push_back("/machine/" + std::to_string(i));
  for (const auto& s : kHostile) {
    targets.push_back("/machines?q=" + url_part(s.substr(0, 500)));
    targets.push_back("/machines?site=" + url_part(s.substr(0, 500)));
    targets.push_back("/errors?find=" + url_part(s.substr(0, 500)));
    targets.push_back("/" + url_part(s.substr(0, 500)));
  }
  for (const auto& target : targets) {
    CAPTURE(target);
    const auto r = f.get(target);
    CHECK(r.status < 500);
    CHECK(r.body.find("<img") == std::string::npos);
    CHECK(r.body.find("<script>") == std::string::npos);
    CHECK(r.body.find("\"><") == r.body.find("\"><", 0));
    for (const char* raw : {"\xE2\x80\xAE", "\x1b", "\x07"}) CHECK(r.body.find(raw) == std::string::npos);
  }
  for (const char* file : {"/machines.csv", "/csv/errors", "/csv/sites"}) {
    const auto csv = f.csv(file);
    CHECK(csv.find("\n=cmd") == std::string::npos);
    CHECK(csv.find("\n\"=cmd") == std::string::npos);
    CHECK(csv.find("'=cmd") != std::string::npos);
    CHECK(csv.find('\x1b') == std::string::npos);
  }
}

TEST_CASE("serve: machines are found by name and narrowed, page after page, each once") {
  std::vector<std::string> names;
  for (int i = 0; i < 120; ++i) names.push_back((i % 3 == 0 ? "pc-" : "PC-") + std::to_string(i % 60));
  const Fleet f(names);
  std::string target = "/machines";
  std::size_t rows = 0, pages = 0;
  std::vector<std::string> links;
  for (; !target.empty() && pages < 10; ++pages) {
    const auto body = f.get(target).body;
    rows += count_of(body, "<tr><th scope=\"row\">");
    for (auto at = body.find("/machine/"); at != std::string::npos; at = body.find("/machine/", at + 1))
      links.push_back(body.substr(at, body.find('"', at) - at));
    const auto next = body.find("rel=\"next\" href=\"");
    target.clear();
    if (next == std::string::npos) continue;
    target = body.substr(next + 17, body.find('"', next + 17) - next - 17);
    for (auto at = target.find("&amp;"); at != std::string::npos; at = target.find("&amp;")) target.replace(at, 5, "&");
  }
  CHECK(pages == 3);
  CHECK(rows == 120);
  std::sort(links.begin(), links.end());
  CHECK(std::unique(links.begin(), links.end()) == links.end());
  CHECK(f.get("/machines?q=pc-59").body.find("PC-59</a>") != std::string::npos);
  CHECK(count_of(f.get("/machines?q=pc-7").body, "<tr><th scope=\"row\">") == 2);
  CHECK(count_of(f.get("/machines?q=%25").body, "<tr><th") == 0);  // a percent sign is itself
  CHECK(f.get("/machines?build=6003").body.find("60 machines") != std::string::npos);
  CHECK(f.get("/machines?build=6003&site=PC-1").body.find("2 machines") != std::string::npos);
  CHECK(f.get("/machines?goal=yes&build=6002").status == 200);
  CHECK(count_of(f.csv("/machines.csv?build=6002"), "\r\n") == 61);
  for (const char* bad : {"goal=x", "build=x", "build=99999999999", "behind=5", "cve=x", "kb=x", "claims=no", "reason=-1"})
    CHECK(f.get(std::string("/machines?") + bad).status == 400);
}

TEST_CASE("serve: addresses to listen on") {
  CHECK(parse_listen("127.0.0.1:0")->port == 0);
  CHECK(parse_listen("[::1]:8300")->host == "::1");
  CHECK(parse_listen("localhost:65535")->port == 65535);
  for (const char* bad : {"", "8300", ":8300", "localhost", "localhost:", "localhost:x", "localhost:65536", "::1:8300", "[]:1"})
    CHECK_FALSE(parse_listen(bad));
  for (const char* own : {"127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost", "LocalHost"}) CHECK(is_loopback(own));
  for (const char* other : {"0.0.0.0", "::", "127.0.0.1.evil.example", "10.0.0.1", "localhost.evil.example", "", "127.evil"})
    CHECK_FALSE(is_loopback(other));
}

TEST_CASE("serve: numbers and long texts on pages") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(-1234567) == "-1,234,567");
  CHECK(cell_text(std::string(10'000, 'a')).size() < 300);
  CHECK(cell_text(std::string(239, 'a') + "\xC3\xA4").find("\\x") == std::string::npos);
}

TEST_CASE("serve: a store that went away is an answer, not an end") {
  const Fleet f({"A"});
  Site none({f.path + ".none", "none", "0", "", {}});
  none.set_guard({{"localhost"}, false, 8300, ""});
  Request r;
  r.target = "/";
  r.host = "localhost:8300";
  CHECK(none.handle(r).status == 500);
}
