#include "format/cbs_log/cbs_log.hpp"

#include <doctest/doctest.h>

#include <random>

#include "tests/support/corpus.hpp"

using namespace tq;
using namespace tq::format;

namespace {

std::string line(const std::string& time, const std::string& message) {
  return time + ", Info                  CBS    " + message + "\r\n";
}

const std::string kPackage = "Package_for_KB4493471~31bf3856ad364e35~amd64~~6.0.1.2";

std::string sample() {
  const std::string t = "2019-04-10 03:00:0";
  return line(t + "0", "Loaded Servicing Stack v6.0.6002.18005 with Core: C:\\Windows\\winsxs\\x\\cbscore.dll") +
         line(t + "1", "Plan: Package: " + kPackage +
                           ", current: Absent, pending: Default, start: Absent, applicable: Installed, targeted: Installed") +
         line(t + "2", "Failed to resolve package '" + kPackage + "' [HRESULT = 0x800f0831 - CBS_E_STORE_CORRUPTION]") +
         line(t + "3",
              "Exec: Processing complete.  Session: 30560, Package: " + kPackage + " [HRESULT = 0x800f0922 - CBS_E_INSTALLERS_FAILED]") +
         line(t + "4", "Failed to resolve package '" + kPackage + "' [HRESULT = 0x800f0831 - CBS_E_STORE_CORRUPTION]") +
         "   a continuation line\r\n" +
         line(t + "5", "Startup: Package: " + kPackage +
                           " completed startup processing, new state: Installed, original: Staged, targeted: Installed. hr = 0x0") +
         line(t + "6", "Exec: Processing complete.  Session: 30561, Package: " + kPackage) +
         line(t + "7", "Appl: Evaluating package applicability for package " + kPackage + ", applicable state: Installed") +
         line(t + "8", "Loaded Servicing Stack v6.0.6003.20482 with Core: C:\\Windows\\winsxs\\y\\cbscore.dll") +
         line(t + "9", "Loaded Servicing Stack v6.0.6003.20482 with Core: C:\\Windows\\winsxs\\y\\cbscore.dll");
}

}  // namespace

TEST_CASE("cbs_log: stacks, package events, repeats counted") {
  const std::string text = sample();
  const auto log = cbs_log::parse(bytes_of(text));
  REQUIRE(log);
  CHECK(log->lines == 10);
  CHECK(log->other_lines == 1);
  CHECK(log->first_time == "2019-04-10T03:00:00");
  CHECK(log->last_time == "2019-04-10T03:00:09");
  CHECK(log->lost.empty());
  REQUIRE(log->stacks.size() == 2);
  CHECK(log->stacks[0].version.text() == "6.0.6002.18005");
  CHECK(log->stacks[0].core_path == "C:\\Windows\\winsxs\\x\\cbscore.dll");
  CHECK(log->stacks[1].count == 2);
  CHECK(log->stacks[1].last_time == "2019-04-10T03:00:09");
  REQUIRE(log->events.size() == 5);
  CHECK(log->events[0].kind == cbs_log::EventKind::planned);
  CHECK(log->events[0].state == "Installed");
  CHECK_FALSE(log->events[0].hresult);
  CHECK(log->events[1].kind == cbs_log::EventKind::reported);
  CHECK(log->events[1].count == 2);
  CHECK(log->events[1].failed());
  CHECK(*log->events[1].hresult == 0x800F0831);
  CHECK(log->events[2].kind == cbs_log::EventKind::completed);
  CHECK(*log->events[2].hresult == 0x800F0922);
  CHECK(log->events[3].kind == cbs_log::EventKind::startup);
  CHECK(log->events[3].state == "Installed");
  CHECK(*log->events[3].hresult == 0);
  CHECK_FALSE(log->events[3].failed());
  CHECK_FALSE(log->events[4].hresult);
  CHECK(log->events[4].package.text() == kPackage);
  CHECK(text.substr(log->events[4].offset).starts_with("2019-04-10 03:00:06"));
}

TEST_CASE("cbs_log: what is not this log says so") {
  CHECK(cbs_log::parse(bytes_of("hello\nworld\n")).error().code == ErrorCode::corrupt);
  CHECK(cbs_log::parse(bytes_of("\xFF\xFEh")).error().code == ErrorCode::unsupported);
  REQUIRE(cbs_log::parse(Bytes()));
  CHECK(cbs_log::parse(Bytes())->lines == 0);
  const std::string marked = "\xEF\xBB\xBF" + sample();
  CHECK(cbs_log::parse(bytes_of(marked))->stacks[0].offset == 3);
  const std::string bad = line("2019-04-10 03:00:00", "Loaded Servicing Stack vX with Core: y");
  CHECK(cbs_log::parse(bytes_of(bad))->lost.at(0).place == "cbs_log.stack.version");
}

TEST_CASE("cbs_log: output is capped and says so once") {
  std::string text;
  for (int i = 0; i < 20010; ++i)
    text += line("2019-04-10 03:00:00", "x P" + std::to_string(i) + "~31bf3856ad364e35~x86~~6.0.1.0 [HRESULT = 0x80070002]");
  const auto log = cbs_log::parse(bytes_of(text));
  REQUIRE(log);
  CHECK(log->events.size() == 20000);
  REQUIRE(log->lost.size() == 1);
  CHECK(log->lost[0].code == ErrorCode::limit);
}

TEST_CASE("cbs_log: cut at every length and mutated") {
  const std::string whole = sample();
  for (std::size_t n = 0; n <= whole.size(); ++n)
    if (const auto log = cbs_log::parse(bytes_of(std::string_view(whole).substr(0, n)))) CHECK(log->events.size() <= 6);
  std::mt19937 rng(7);
  for (int i = 0; i < 5000; ++i) {
    std::string text = whole;
    for (std::size_t k = rng() % 12 + 1; k > 0; --k) text[rng() % text.size()] = static_cast<char>(rng() & 0x7F);
    if (const auto log = cbs_log::parse(bytes_of(text))) CHECK(log->stacks.size() <= 3);
  }
}

TEST_CASE("cbs_log: a real excerpt of Windows 7 SP1") {
  const auto path = test::corpus("servicing/win7sp1_CBS_2k.log");
  if (!path) return;
  const auto bytes = test::slurp(*path);
  const auto log = cbs_log::parse(bytes_of(bytes));
  REQUIRE(log);
  REQUIRE(log->stacks.size() == 1);
  CHECK(log->stacks[0].version.text() == "6.1.7601.23505");
  CHECK(log->stacks[0].count == 2);
  CHECK(log->stacks[0].first_time == "2016-09-28T04:30:30");
  CHECK(component_in_path(log->stacks[0].core_path)->architecture == "amd64");
  CHECK(log->lines == 2000);
  CHECK(log->lost.empty());
}

TEST_CASE("cbs_log: event kinds have names") {
  CHECK(std::string(cbs_log::to_string(cbs_log::EventKind::planned)) == "planned");
  CHECK(std::string(cbs_log::to_string(cbs_log::EventKind::reported)) == "reported");
}
