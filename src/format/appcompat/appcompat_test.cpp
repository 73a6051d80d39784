#include "format/appcompat/appcompat.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "core/text.hpp"
#include "tests/support/corpus.hpp"

using namespace tq;
using namespace tq::format;

namespace {

void put(std::vector<std::byte>& b, std::uint64_t v, int width) {
  for (int i = 0; i < width; ++i) b.push_back(static_cast<std::byte>(v >> (8 * i)));
}

struct Row {
  std::string path;
  std::uint64_t modified, tail;
};

/// A value in any of the six layouts, as the kernel writes it: header, records, then the paths.
std::vector<std::byte> build(bool nt61, bool x64, const std::vector<Row>& rows) {
  std::vector<std::byte> out, text;
  put(out, nt61 ? 0xBADC0FEE : 0xBADC0FFE, 4);
  put(out, rows.size(), 4);
  if (nt61) out.resize(128);
  const std::size_t width = (x64 ? 32U : 24U) + (nt61 ? (x64 ? 16U : 8U) : 0U);
  const std::size_t text_at = out.size() + rows.size() * width;
  for (const Row& r : rows) {
    const std::u16string p = utf8_to_utf16(r.path);
    put(out, p.size() * 2, 2);
    put(out, p.size() * 2 + 2, 2);
    if (x64) put(out, 0, 4);
    put(out, text_at + text.size(), x64 ? 8 : 4);
    put(out, r.modified, 8);
    put(out, r.tail, 8);
    if (nt61) put(out, 0, x64 ? 8 : 4), put(out, 0, x64 ? 8 : 4);
    for (const char16_t c : p) put(text, c, 2);
    put(text, 0, 2);
  }
  out.insert(out.end(), text.begin(), text.end());
  return out;
}

const std::vector<Row> kRows = {{"\\??\\C:\\Windows\\servicing\\TrustedInstaller.exe", 128839002600000000, 3},
                                {"\\??\\C:\\A.exe", 5, 0x200000003}};

}  // namespace

TEST_CASE("appcompat: both word sizes of NT 6.0 and 6.1, told from the values") {
  for (const bool x64 : {false, true})
    for (const bool nt61 : {false, true}) {
      const auto bytes = build(nt61, x64, kRows);
      const auto c = appcompat::parse(bytes_of(bytes));
      REQUIRE(c);
      CHECK(c->layout == std::string(nt61 ? "nt61" : "nt60") + (x64 ? "_x64" : "_x86"));
      CHECK(c->guessed == !nt61);
      CHECK(c->lost.empty());
      REQUIRE(c->entries.size() == 2);
      CHECK(c->entries[0].path == kRows[0].path);
      CHECK(c->entries[0].modified.text() == "2009-04-11T05:11:00Z");
      CHECK(c->entries[0].has_flags);
      CHECK(c->entries[1].flags == 3);
      CHECK(c->entries[1].shim_flags == 2);
      CHECK(c->entries[1].file_size_or_0 == 0);
    }
}

TEST_CASE("appcompat: Server 2003 keeps sizes where NT 6.0 keeps flags; the caller's word counts") {
  for (const bool x64 : {false, true}) {
    const auto bytes = build(false, x64, {{"\\??\\C:\\Big.exe", 7, 0x100012345}, {"\\??\\C:\\Small.exe", 7, 4096}});
    const auto c = appcompat::parse(bytes_of(bytes));
    REQUIRE(c);
    CHECK(c->layout == (x64 ? "nt52_x64" : "nt52_x86"));
    CHECK(c->entries[0].file_size_or_0 == 0x100012345);
    CHECK_FALSE(c->entries[0].has_flags);
    const auto told = appcompat::parse(bytes_of(bytes), appcompat::Generation::nt60);
    CHECK(told->layout == (x64 ? "nt60_x64" : "nt60_x86"));
    CHECK_FALSE(told->guessed);
    CHECK(told->entries[0].flags == 0x12345);
    CHECK(told->entries[0].shim_flags == 1);
  }
}

TEST_CASE("appcompat: an empty cache is no damage, another signature is unsupported") {
  const auto empty = appcompat::parse(bytes_of(build(false, true, {})));
  REQUIRE(empty);
  CHECK(empty->entries.empty());
  CHECK(empty->lost.empty());
  auto other = build(false, true, kRows);
  other[0] = std::byte{0xEF};
  CHECK(appcompat::parse(bytes_of(other)).error().code == ErrorCode::unsupported);
  CHECK(appcompat::parse(Bytes()).error().code == ErrorCode::truncated);
}

TEST_CASE("appcompat: a damaged entry is lost by name, the others stay") {
  auto bytes = build(false, true, kRows);
  bytes[8 + 32 + 8 + 2] = std::byte{0xFF};  // the second path's offset
  const auto c = appcompat::parse(bytes_of(bytes));
  REQUIRE(c);
  CHECK(c->entries.size() == 1);
  REQUIRE(c->lost.size() == 1);
  CHECK(c->lost[0].place == "appcompat.entry 1.path");
  CHECK(c->lost[0].offset == 40);
}

TEST_CASE("appcompat: a count beyond the value is named") {
  auto bytes = build(false, true, kRows);
  bytes[6] = std::byte{0x10};  // a million entries
  const auto c = appcompat::parse(bytes_of(bytes));
  REQUIRE(c);
  CHECK(c->lost.size() >= 2);
  CHECK(c->lost[0].place == "appcompat.count");
  CHECK(c->lost.back().code == ErrorCode::truncated);
}

TEST_CASE("appcompat: cut at every length, fields at extremes, random mutations") {
  const auto whole = build(false, true, kRows);
  for (std::size_t n = 0; n < whole.size() - 2; ++n) {  // the last two bytes are the NUL that no length counts
    const std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));
    const auto c = appcompat::parse(bytes_of(cut));
    CHECK((!c || c->entries.size() < 2 ? (!c || !c->lost.empty()) : false));
  }
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const int v : {0, 1, 0x7F, 0xFF}) {
      auto bytes = whole;
      bytes[at] = static_cast<std::byte>(v);
      if (const auto c = appcompat::parse(bytes_of(bytes))) CHECK(c->entries.size() + c->lost.size() < 20000);
    }
  std::mt19937 rng(60036002);
  for (int i = 0; i < 20000; ++i) {
    auto bytes = build(i % 2 == 0, i % 3 == 0, kRows);
    for (std::size_t k = rng() % 6 + 1; k > 0; --k) bytes[rng() % bytes.size()] = static_cast<std::byte>(rng());
    if (const auto c = appcompat::parse(bytes_of(bytes))) CHECK(appcompat::servicing_traces(*c).size() < 100);
  }
}

TEST_CASE("appcompat: a real Server 2008 SP2 value") {
  const auto path = test::corpus("nt60/Win2k8Standard_AppCompatCache.bin");
  if (!path) return;
  const auto bytes = test::slurp(*path);
  const auto c = appcompat::parse(bytes_of(bytes));
  REQUIRE(c);
  CHECK(c->layout == "nt60_x64");
  CHECK(c->lost.empty());
  REQUIRE(c->entries.size() == 873);
  FileTime newest;
  for (const auto& e : c->entries) newest = std::max(newest, e.modified);
  CHECK(newest.date() == "2017-09-19");
  const auto traces = appcompat::servicing_traces(*c);
  std::vector<std::string> timezone_versions;
  std::size_t malware_tool = 0, installers = 0;
  for (const auto& t : traces) {
    if (t.kind == appcompat::TraceKind::component && t.name == "microsoft-windows-i..rnational-timezones" && t.architecture == "amd64")
      timezone_versions.push_back(t.version.text());
    if (t.kb == 890830) ++malware_tool;
    if (t.kind == appcompat::TraceKind::trusted_installer) {
      ++installers;
      CHECK(t.modified.text() == "2009-04-11T05:11:00Z");
    }
  }
  CHECK(timezone_versions == std::vector<std::string>{"6.0.6002.18733", "6.0.6002.18898", "6.0.6002.18984"});
  CHECK(malware_tool == 15);
  CHECK(installers >= 1);
}

TEST_CASE("appcompat: trace kinds have names") {
  CHECK(std::string(appcompat::to_string(appcompat::TraceKind::update_file)) == "update_file");
  CHECK(std::string(appcompat::to_string(appcompat::TraceKind::trusted_installer)) == "trusted_installer");
}
