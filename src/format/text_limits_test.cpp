// Each limit of the texts that are read: what lies at it is taken, one more is refused or left out by name. docs/hardening.md.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

#include "core/limits.hpp"
#include "format/appcompat/appcompat.hpp"
#include "format/banner/banner.hpp"
#include "format/cbs_log/cbs_log.hpp"
#include "format/inventory/inventory.hpp"
#include "format/manifest/manifest.hpp"
#include "format/manifest/xml.hpp"
#include "format/qfe/qfe.hpp"
#include "format/regtext/regtext.hpp"
#include "format/reporting_events/reporting_events.hpp"
#include "format/systeminfo/systeminfo.hpp"
#include "format/task/task.hpp"
#include "format/textcodec/csv.hpp"
#include "format/textcodec/scan.hpp"
#include "format/update_media/answer_file.hpp"
#include "tests/support/untouched.hpp"

using namespace tq;
using namespace tq::format;
using test::Untouched;

namespace {

std::string times(std::size_t n, const std::function<std::string(std::size_t)>& one) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += one(i);
  return out;
}
std::string times(std::size_t n, const std::string& one) {
  return times(n, [&](std::size_t) { return one; });
}

bool limited(const std::vector<Error>& losses, std::string_view place = {}) {
  return std::any_of(losses.begin(), losses.end(),
                     [&](const Error& e) { return e.code == ErrorCode::limit && e.place.find(place) != std::string::npos; });
}

template <class T>
bool too_large(const Result<T>& r) {
  return !r && r.error().code == ErrorCode::limit;
}

}  // namespace

TEST_CASE("systeminfo: as many bytes and hotfixes as are allowed, and one more") {
  CHECK(too_large(systeminfo::parse(Untouched(limits::kTextBytes + 1).text())));
  CHECK_FALSE(too_large(systeminfo::parse(Untouched(limits::kTextBytes).text())));
  const auto with = [](std::size_t n) {
    const auto r = systeminfo::parse(
        "Host Name: A\nOS Name: Microsoft Windows Server 2008\nOS Version: 6.0.6002 Service Pack 2 Build 6002\n"
        "Hotfix(s): " +
        std::to_string(n) + " Hotfix(s) Installed.\n" +
        times(n, [](std::size_t i) { return "           [" + std::to_string(i + 1) + "]: KB" + std::to_string(1000000 + i) + "\n"; }));
    REQUIRE(r);
    return *r;
  };
  const auto most = with(limits::kHotfixes), more = with(limits::kHotfixes + 1);
  CHECK(most.kbs.size() == limits::kHotfixes);
  CHECK_FALSE(limited(most.losses));
  CHECK(more.kbs.size() == limits::kHotfixes);
  CHECK(limited(more.losses));
}

TEST_CASE("qfe: as many bytes, entries and levels as are allowed, and one more") {
  CHECK(too_large(qfe::parse(Untouched(limits::kTextBytes + 1).text())));
  CHECK_FALSE(too_large(qfe::parse(Untouched(limits::kTextBytes).text())));
  const auto table = qfe::parse("HotFixID   InstalledOn\n" + times(limits::kHotfixes, [](std::size_t i) {
                                  return "KB" + std::to_string(1000000 + i) + "  4/19/2019\n";
                                }));
  REQUIRE(table);
  CHECK(table->entries.size() == limits::kHotfixes);
  CHECK(table->losses.empty());  // one more: "qfe: 100,000 updates, and more than the limit"
  const auto deep = [](std::size_t levels) {
    const auto r = qfe::parse("[{\"HotFixID\":\"KB955430\",\"x\":" + times(levels - 2, "[") + "1" + times(levels - 2, "]") + "}]");
    REQUIRE(r);
    CHECK(r->entries.size() == 1);
    return limited(r->losses);
  };
  CHECK_FALSE(deep(16));
  CHECK(deep(18));
}

TEST_CASE("inventory: as many bytes, columns and levels as are allowed, and one more") {
  CHECK(too_large(inventory::parse(Untouched(limits::kInventoryBytes + 1).text())));
  const auto row = [](const std::string& cells) {
    const auto r = inventory::parse("name,version,note\nA,6.0.6003,\n" + cells + "\nB,6.0.6002,\n");
    REQUIRE(r);
    return r->machines.size() + 10 * r->lost_rows;
  };
  CHECK(row("C,6.0.6002" + std::string(textcodec::kCsvColumns - 2, ',')) == 3);
  CHECK(row("C,6.0.6002" + std::string(textcodec::kCsvColumns - 1, ',')) == 12);
  CHECK(row("C,6.0.6002," + std::string(textcodec::kCsvRecordBytes - 11, 'x')) == 3);
  CHECK(row("C,6.0.6002," + std::string(textcodec::kCsvRecordBytes - 10, 'x')) == 12);
  const auto object = [](const std::string& more) {
    const auto r =
        inventory::parse("{\"name\":\"A\",\"version\":\"6.0.6003\"}\n{\"name\":\"B\",\"version\":\"6.0.6002\",\"x\":" + more + "}\n");
    REQUIRE(r);
    return r->machines.size() + 10 * r->lost_rows;
  };
  CHECK(object(times(15, "[") + times(15, "]")) == 2);
  CHECK(object(times(16, "[") + times(16, "]")) == 11);
  const std::size_t line = std::size_t{16} << 20, around = std::string("{\"name\":\"B\",\"version\":\"6.0.6002\",\"x\":\"\"}").size();
  CHECK(object('"' + std::string(line - around, 'x') + '"') == 2);
  CHECK(object('"' + std::string(line - around + 1, 'x') + '"') == 11);
}

TEST_CASE("inventory: a cell and a list of updates at their limits and past them") {
  const auto label = [](std::size_t n) {
    const auto r = inventory::parse("name,version,note\nA,6.0.6003," + std::string(n, 'x') + "\n");
    REQUIRE(r);
    return r->machines.at(0).labels.at(0).second.size();
  };
  CHECK(label(inventory::kFieldBytes) == inventory::kFieldBytes);
  CHECK(label(inventory::kFieldBytes + 1) == inventory::kFieldBytes);
  const auto kbs = [](std::size_t n) {
    const auto r = inventory::parse("name,version,kbs\nA,6.0.6003," +
                                    times(n, [](std::size_t i) { return "KB" + std::to_string(1000000 + i) + " "; }) + "\n");
    REQUIRE(r);
    return r->machines.at(0).kbs.size();
  };
  CHECK(kbs(limits::kHotfixes) == limits::kHotfixes);
  CHECK(kbs(limits::kHotfixes + 1) == limits::kHotfixes);
}

TEST_CASE("banner: more bytes than are allowed") { CHECK(too_large(banner::parse(Untouched(limits::kInventoryBytes + 1).text()))); }

TEST_CASE("textcodec: an object of JSON as deep as is allowed, and one level more") {
  const auto deep = [](std::size_t levels) {
    const std::string text = "{\"a\":" + times(levels - 1, "[") + times(levels - 1, "]") + "}";
    return textcodec::first_json_object(text).size() == text.size();
  };
  CHECK(deep(16));
  CHECK_FALSE(deep(17));
}

TEST_CASE("regtext: as many bytes, keys and bytes of a value as are allowed, and one more") {
  CHECK(too_large(regtext::parse(Untouched(regtext::kTextBytes + 1).text())));
  CHECK_FALSE(too_large(regtext::parse(Untouched(regtext::kTextBytes).text())));
  const std::string head = "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\r\n";
  const auto counted = [](const std::string& text, std::size_t most) {
    const auto r = regtext::parse(text, most);
    REQUIRE(r);
    REQUIRE(r->keys.size() == 1);
    CHECK(r->keys[0].values.size() == 2);
    return limited(r->losses);
  };
  const std::string two = "\"a\"=dword:00000001\r\n\"b\"=dword:00000002\r\n", third = "\"c\"=dword:00000003\r\n";
  CHECK_FALSE(counted(head + two, 3));
  CHECK(counted(head + two + third, 3));
  const std::string query = "HKEY_LOCAL_MACHINE\\SOFTWARE\\A\n    a    REG_SZ    x\n    b    REG_SZ    x\n";
  CHECK_FALSE(counted(query, 3));
  CHECK(counted(query + "    c    REG_SZ    x\n", 3));
  const auto value = [&](std::size_t bytes) {
    const auto r = regtext::parse(head + "\"v\"=hex:00" + times(bytes - 1, ",00") + "\r\n" + third);
    REQUIRE(r);
    return r->keys.at(0).values.size() + 10 * r->losses.size();
  };
  CHECK(value(regtext::kValueBytes) == 2);
  CHECK(value(regtext::kValueBytes + 1) == 11);
}

TEST_CASE("manifest: as many bytes, levels and items as are allowed, and one more") {
  const std::string head = "<assembly><assemblyIdentity name='a'/>";
  const std::string least = head + "</assembly>";
  CHECK(too_large(manifest::parse_manifest(Untouched((std::size_t{16} << 20) + 1).bytes())));
  CHECK(manifest::parse_manifest(bytes_of(least + std::string((std::size_t{16} << 20) - least.size(), ' '))));
  const auto deep = [&](std::size_t levels) {
    const auto r = manifest::parse_manifest(bytes_of(head + times(levels - 1, "<a>") + times(levels - 1, "</a>") + "</assembly>"));
    return r ? std::string() : r.error().found;
  };
  CHECK(deep(64).empty());
  CHECK(deep(65) == "more than 64 levels");
  // The identity is an item of its own; one more: "manifest: too many items are cut off and named once".
  const auto m = manifest::parse_manifest(bytes_of(head + times(99999, "<file name='f'/>") + "</assembly>"));
  REQUIRE(m);
  CHECK(m->files.size() == 99999);
  CHECK(m->lost.empty());
}

TEST_CASE("manifest: an attribute is cut at its limit") {
  const auto name = [](std::size_t n) {
    const auto m = manifest::parse_manifest(bytes_of("<assembly><assemblyIdentity name='" + std::string(n, 'x') + "'/></assembly>"));
    REQUIRE(m);
    return m->identity.name.size();
  };
  CHECK(name(4096) == 4096);
  CHECK(name(4097) == 4096);
}

TEST_CASE("manifest: XML at the limit that its reader is given, and past it") {
  struct Nothing : manifest::Handler {
    void start(const std::vector<std::string>&, const manifest::Attributes&) override {}
    void end(const std::vector<std::string>&) override {}
  } nothing;
  CHECK_FALSE(manifest::read_xml(bytes_of("<a></a>"), 7, nothing));
  const auto more = manifest::read_xml(bytes_of("<a> </a>"), 7, nothing);
  REQUIRE(more);
  CHECK(more->code == ErrorCode::limit);
}

TEST_CASE("pending: as many bytes, kinds, installations and names as are allowed, and one more") {
  CHECK(too_large(manifest::parse_pending(Untouched((std::size_t{256} << 20) + 1).bytes())));
  const auto read = [](const std::string& content) {
    const auto r = manifest::parse_pending(bytes_of("<PendingTransaction>" + content + "</PendingTransaction>"));
    REQUIRE(r);
    return *r;
  };
  const auto kinds = [&](std::size_t n) {
    return read("<POQ>" + times(n, [](std::size_t i) { return "<K" + std::to_string(i) + "/>"; }) + "</POQ>");
  };
  CHECK_FALSE(limited(kinds(200).lost));
  CHECK(limited(kinds(201).lost, "pending.operation_kinds"));
  CHECK(kinds(201).operation_kinds.size() == 200);
  const auto installs = [&](std::size_t n) {
    return read("<Transactions><Transaction>" +
                times(n,
                      [](std::size_t i) {
                        const std::string kb = std::to_string(1000000 + i);
                        return "<Install Application='Package_for_KB" + kb + ", Version=6.0.1.2' RefIdentifier='Package_for_KB" + kb +
                               "~31bf3856ad364e35~amd64~~6.0.1.2'/>";
                      }) +
                "</Transaction></Transactions>");
  };
  const auto most = installs(20000), more = installs(20001);
  CHECK(most.installs.size() == 20000);
  CHECK(most.packages.size() == 20000);
  CHECK_FALSE(limited(most.lost));
  CHECK(more.installs.size() == 20000);
  for (const char* place : {"pending.installs", "pending.packages", "pending.kbs"}) CHECK(limited(more.lost, place));
}

TEST_CASE("task: as many bytes, levels, actions and bytes of text as are allowed, and one more") {
  const std::string least = "<Task></Task>";
  CHECK(task::read(bytes_of(least + std::string(task::kSizeLimit - least.size(), ' '))));
  CHECK(too_large(task::read(Untouched(task::kSizeLimit + 1).bytes())));
  const auto lost = [](const std::string& content) {
    const auto t = task::read(bytes_of("<Task>" + content + "</Task>"));
    REQUIRE(t);
    return t->lost ? t->lost->found + std::to_string(t->actions.size()) : std::string();
  };
  CHECK(lost(times(31, "<a>") + times(31, "</a>")).empty());
  CHECK(lost(times(32, "<a>") + times(32, "</a>")) == "more than 32 levels0");
  const auto actions = [&](std::size_t n) { return lost("<Actions>" + times(n, "<Exec><Command>a</Command></Exec>") + "</Actions>"); };
  CHECK(actions(64).empty());
  CHECK(actions(65) == "more64");
  const auto text = [&](std::size_t n) { return lost("<Actions><Exec><Command>" + std::string(n, 'x') + "</Command></Exec></Actions>"); };
  CHECK(text(8192).empty());
  CHECK(text(8193) == "more1");
}

TEST_CASE("cbs_log: as many bytes, events, stacks and bytes of a line as are allowed, and one more") {
  CHECK(too_large(cbs_log::parse(Untouched((std::size_t{256} << 20) + 1).bytes())));
  CHECK_FALSE(too_large(cbs_log::parse(Untouched(std::size_t{256} << 20).bytes())));
  const auto read = [](const std::string& text) {
    const auto r = cbs_log::parse(bytes_of(text));
    REQUIRE(r);
    return *r;
  };
  const std::string head = "2019-04-10 03:00:00, Info                  CBS    ";
  const auto stacks = [&](std::size_t n) {
    return read(
        times(n, [&](std::size_t i) { return head + "Loaded Servicing Stack v6.0.6002." + std::to_string(i) + " with Core: C:\\x\r\n"; }));
  };
  CHECK(stacks(1000).stacks.size() == 1000);
  CHECK_FALSE(limited(stacks(1000).lost));
  CHECK(stacks(1001).stacks.size() == 1000);
  CHECK(limited(stacks(1001).lost, "cbs_log.stacks"));
  const auto events = [&](std::size_t n) {
    return read(times(n, [&](std::size_t i) {
      return head + "Exec: Processing complete.  Session: 1, Package: Package_for_KB" + std::to_string(1000000 + i) +
             "~31bf3856ad364e35~amd64~~6.0.1.2 [HRESULT = 0x800f0922 - CBS_E_INSTALLERS_FAILED]\r\n";
    }));
  };
  CHECK(events(20000).events.size() == 20000);
  CHECK_FALSE(limited(events(20000).lost));
  CHECK(events(20001).events.size() == 20000);
  CHECK(limited(events(20001).lost, "cbs_log.events"));
  // A line is looked at up to 8192 bytes, and a path kept up to 1024.
  const std::string loaded = head + "Loaded Servicing Stack v6.0.6002.1 with Core: ";
  const auto path = [&](std::size_t n) { return read(loaded + std::string(n, 'p') + "\r\n").stacks.at(0).core_path.size(); };
  CHECK(path(1024) == 1024);
  CHECK(path(1025) == 1024);
  const std::string last = "6.0.6002.1 with Core: C:\\x";
  const auto stack_of_line = [&](std::size_t bytes) {
    std::string line = head + "Loaded Servicing Stack v" + last;
    line.insert(head.size() - 4, bytes - line.size(), ' ');  // the message may begin at any column
    return read(line + "\r\n").stacks.size();
  };
  CHECK(stack_of_line(8192) == 1);
  CHECK(stack_of_line(8192 + last.size()) == 0);
}

TEST_CASE("reporting_events: as many bytes, entries and bytes of text as are allowed, and one more") {
  CHECK(too_large(reporting_events::parse(Untouched(limits::kTextBytes + 1).bytes())));
  CHECK_FALSE(too_large(reporting_events::parse(Untouched(limits::kTextBytes).bytes())));
  const auto read = [](std::size_t n, const std::string& text) {
    const auto r = reporting_events::parse(bytes_of(
        times(n,
              "{5799BAC1-56F4-4944-862E-9DE7AFEAB1A2}\t2009-06-10 03:16:55:971+0100\t1\t183\t101\t{A8944CC2-C640-42AB-96EB-CA18473B3BD7}"
              "\t105\t0\tAutomaticUpdates\tSuccess\tContent Install\t" +
                  text + "\r\n")));
    REQUIRE(r);
    return *r;
  };
  const auto most = read(100000, "x"), more = read(100001, "x");
  CHECK(most.entries.size() == 100000);
  CHECK_FALSE(limited(most.lost));
  CHECK(more.entries.size() == 100000);
  CHECK(limited(more.lost));
  CHECK(read(1, std::string(16384, 'x')).entries.at(0).text.size() == 16384);
  CHECK(read(1, std::string(16385, 'x')).entries.at(0).text.size() == 16384);
}

TEST_CASE("media: as many bytes, packages and properties as are allowed, and one more") {
  const auto read = [](const std::string& content) {
    return update_media::read_answer_file(bytes_of("<unattend>" + content + "</unattend>"));
  };
  const auto packages = [&](std::size_t n) { return read(times(n, "<assemblyIdentity name='a'/>")); };
  CHECK_FALSE(limited(packages(1000).lost));
  CHECK(packages(1001).packages.size() == 1000);
  CHECK(limited(packages(1001).lost));
  CHECK(limited(read(times(1001, "<source location='a'/>")).lost));
  CHECK_FALSE(limited(update_media::read_answer_file(bytes_of("<a/>" + std::string((std::size_t{4} << 20) - 4, ' '))).lost));
  CHECK(limited(update_media::read_answer_file(Untouched((std::size_t{4} << 20) + 1).bytes()).lost));
  CHECK(update_media::read_properties(bytes_of(times(1000, "a=\"b\"\n"))).size() == 1000);
  CHECK(update_media::read_properties(bytes_of(times(1001, "a=\"b\"\n"))).size() == 1000);
}

TEST_CASE("appcompat: as many entries and bytes of paths as are allowed, and one more") {
  // A value of NT 6.0, x64, whose entries all point to the same path behind them.
  const auto read = [](std::uint32_t entries, std::uint16_t path_bytes) {
    std::string v;
    const auto put = [&](std::uint64_t n, int width) {
      for (int i = 0; i < width; ++i) v += static_cast<char>(n >> (8 * i) & 0xFF);
    };
    put(0xBADC0FFE, 4);
    put(entries, 4);
    for (std::uint32_t i = 0; i < entries; ++i) {
      put(path_bytes, 2);
      put(path_bytes, 2);
      put(0, 4);
      put(8 + 32ULL * entries, 8);
      put(0x01D0000000000000ULL + i, 8);
      put(2, 8);
    }
    for (std::uint32_t i = 0; i < path_bytes; i += 2) put('a', 2);
    const auto cache = appcompat::parse(bytes_of(v), appcompat::Generation::nt60);
    REQUIRE(cache);
    return *cache;
  };
  const auto most = read(16384, 10), more = read(16385, 10);
  CHECK(most.entries.size() == 16384);
  CHECK_FALSE(limited(most.lost));
  CHECK(more.entries.size() == 16384);
  CHECK(limited(more.lost, "appcompat.count"));
  // 32 MiB of UTF-8 are 1024 paths of 32,768 characters; reading stops before the entry behind them.
  CHECK_FALSE(limited(read(1000, 65534).lost));
  CHECK(limited(read(1100, 65534).lost, "appcompat.paths"));
}
