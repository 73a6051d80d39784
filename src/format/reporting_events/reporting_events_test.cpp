#include "format/reporting_events/reporting_events.hpp"

#include <doctest/doctest.h>

#include <random>

#include "core/text.hpp"

using namespace tq;
using namespace tq::format;
using reporting_events::Outcome;

namespace {

const std::string kZero = "{00000000-0000-0000-0000-000000000000}";

/// The shape of an NT 6.0 agent's line: id, time, 1, event, category, update, revision, HRESULT, client, result, operation, text.
std::string row(const std::string& time, const std::string& event, const std::string& hresult, const std::string& result,
                const std::string& text) {
  return "{5799BAC1-56F4-4944-862E-9DE7AFEAB1A2}\t" + time + "\t1\t" + event + "\t101\t{A8944CC2-C640-42AB-96EB-CA18473B3BD7}\t105\t" +
         hresult + "\tAutomaticUpdates\t" + result + "\tContent Install\t" + text + "\r\n";
}

std::string sample() {
  return row("2009-06-10 03:16:55:971+0100", "183", "0", "Success",
             "Installation Successful: Windows successfully installed the following update: Security Update for Windows Server 2008 "
             "(KB961501)") +
         row("2009-06-10 03:20:00:000-0530", "182 [AGENT_INSTALLING_FAILED]", "80070643", "Failure",
             "Installation Failure: error 0x80070643: (KB968537)") +
         "{3FB452A9-013A-437A-91AF-2213D98700DE}\t2009-06-10 04:00:00:001+0000\t1\t188\t102\t" + kZero +
         "\t0\t0\tAutomaticUpdates\tReboot Required\tContent Install\tInstallation Ready:\r\n- Update (KB961371)\r\n- Update "
         "(KB969897)\r\n";
}

std::vector<std::byte> utf16(const std::string& s, bool mark) {
  std::vector<std::byte> out;
  std::u16string wide = utf8_to_utf16(s);
  if (mark) wide.insert(wide.begin(), char16_t{0xFEFF});
  for (const char16_t c : wide) {
    out.push_back(static_cast<std::byte>(c & 0xFF));
    out.push_back(static_cast<std::byte>(c >> 8));
  }
  return out;
}

}  // namespace

TEST_CASE("reporting_events: entries in each encoding") {
  const std::string text = sample();
  const auto marked = utf16(text, true), plain = utf16(text, false);
  for (const Bytes b : {bytes_of(marked), bytes_of(plain), bytes_of(text)}) {
    const auto log = reporting_events::parse(b);
    REQUIRE(log);
    CHECK(log->lost.empty());
    REQUIRE(log->entries.size() == 3);
    const auto& ok = log->entries[0];
    CHECK(ok.event_id == 183);
    CHECK(ok.event_name.empty());
    CHECK(ok.settles_installation());
    CHECK(ok.time.text() == "2009-06-10T02:16:55Z");
    CHECK(ok.local_time == "2009-06-10 03:16:55:971+0100");
    CHECK(ok.update_id == "{A8944CC2-C640-42AB-96EB-CA18473B3BD7}");
    CHECK(ok.revision == 105);
    CHECK(ok.hresult == 0);
    CHECK(ok.client == "AutomaticUpdates");
    CHECK(ok.outcome() == Outcome::success);
    CHECK(ok.operation == "Content Install");
    CHECK(ok.kbs == std::vector<std::uint32_t>{961501});
    const auto& bad = log->entries[1];
    CHECK(bad.event_id == 182);
    CHECK(bad.event_name == "AGENT_INSTALLING_FAILED");
    CHECK(bad.time.text() == "2009-06-10T08:50:00Z");
    CHECK(bad.hresult == 0x80070643);
    CHECK(bad.outcome() == Outcome::failure);
    CHECK(log->entries[2].kbs == std::vector<std::uint32_t>{961371, 969897});
    CHECK(log->entries[2].outcome() == Outcome::other);
    CHECK_FALSE(log->entries[2].settles_installation());
  }
  CHECK(reporting_events::parse(bytes_of(marked))->entries[0].offset == 2);
}

TEST_CASE("reporting_events: the event's name in a column of its own, a full stop before the milliseconds") {
  const std::string text =
      "{5799BAC1-56F4-4944-862E-9DE7AFEAB1A2}\t2024-01-15 08:00:00.123-0500\t1\t183\t[AGENT_INSTALLING_SUCCEEDED]\t101\t" + kZero +
      "\t200\t0x0\twusa\tSuccess\tContent Install\tdone\tAAAA.1\r\n";
  const auto log = reporting_events::parse(bytes_of(text));
  REQUIRE(log);
  REQUIRE(log->entries.size() == 1);
  CHECK(log->entries[0].event_name == "AGENT_INSTALLING_SUCCEEDED");
  CHECK(log->entries[0].time.text() == "2024-01-15T13:00:00Z");
  CHECK(log->entries[0].client == "wusa");
  CHECK(log->entries[0].text == "done");
}

TEST_CASE("reporting_events: a damaged line is named, the others stay") {
  const std::string text = sample() + "{broken}\tx\n" + row("2009-13-10 03:16:55:971+0100", "183", "0", "Success", "x") + sample();
  const auto log = reporting_events::parse(bytes_of(text));
  REQUIRE(log);
  CHECK(log->entries.size() == 6);
  REQUIRE(log->lost.size() == 2);
  CHECK(*log->lost[0].offset == sample().size());
}

TEST_CASE("reporting_events: nothing, and nothing of this kind") {
  CHECK(reporting_events::parse(Bytes())->entries.empty());
  CHECK(reporting_events::parse(bytes_of("one\ntwo\n")).error().code == ErrorCode::corrupt);
}

TEST_CASE("reporting_events: cut at every length and mutated") {
  const auto whole = utf16(sample(), true);
  std::size_t best = 0;
  for (std::size_t n = 0; n <= whole.size(); ++n)
    if (const auto log = reporting_events::parse(bytes_of(std::vector(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)))))
      best = std::max(best, log->entries.size());
  CHECK(best == 3);
  std::mt19937 rng(9);
  for (int i = 0; i < 3000; ++i) {
    auto bytes = whole;
    for (std::size_t k = rng() % 12 + 1; k > 0; --k) bytes[rng() % bytes.size()] = static_cast<std::byte>(rng() & 0xFF);
    if (const auto log = reporting_events::parse(bytes_of(bytes))) CHECK(log->entries.size() <= 3);
  }
}

TEST_CASE("reporting_events: outcomes have names") {
  CHECK(std::string(reporting_events::to_string(Outcome::success)) == "success");
  CHECK(std::string(reporting_events::to_string(Outcome::other)) == "other");
}
