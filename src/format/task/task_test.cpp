// XML of scheduled tasks, as Task Scheduler writes it and as it may lie there broken.
#include "format/task/task.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "core/text.hpp"

namespace {

using tq::format::task::read;

tq::Bytes view(const std::string& s) { return tq::Bytes(std::as_bytes(std::span(s.data(), s.size()))); }

const std::string kTask =
    "<?xml version=\"1.0\"?><Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">"
    "<Settings><Enabled>false</Enabled></Settings><Actions Context=\"Author\">"
    "<Exec><Command>C:\\tools\\a.exe</Command><Arguments>/q &amp; /x</Arguments></Exec>"
    "<Exec><Command>b.vbs</Command></Exec><ComHandler><ClassId>{1}</ClassId></ComHandler></Actions></Task>";

std::string utf16(const std::string& s) {
  std::string out = "\xFF\xFE";
  for (const char16_t c : tq::utf8_to_utf16(s)) {
    out += static_cast<char>(c & 0xFF);
    out += static_cast<char>(c >> 8);
  }
  return out;
}

}  // namespace

TEST_CASE("task: commands with their arguments, COM classes, and whether it is on") {
  for (const std::string& text : {kTask, utf16(kTask)}) {
    const auto t = read(view(text));
    REQUIRE(t);
    CHECK_FALSE(t->lost);
    REQUIRE(t->actions.size() == 3);
    CHECK(t->actions[0].command == "C:\\tools\\a.exe /q & /x");
    CHECK(t->actions[1].command == "b.vbs");
    CHECK(t->actions[2].command == "COM {1}");
    CHECK(t->enabled == false);
  }
}

TEST_CASE("task: what is none is refused, what is cut keeps its head and says so") {
  CHECK(read(view("")).error().code == tq::ErrorCode::unsupported);
  CHECK(read(view("<Other/>")).error().found == "Other");
  CHECK(read(view(std::string((1 << 20) + 1, ' '))).error().code == tq::ErrorCode::limit);
  std::size_t most = 0;
  for (std::size_t n = 0; n < kTask.size(); ++n) {
    const auto t = read(view(kTask.substr(0, n)));
    if (!t) continue;
    CHECK(t->lost);  // a shorter text is never whole
    most = std::max(most, t->actions.size());
  }
  CHECK(most == 3);
}

TEST_CASE("task: document types, depth and size are bounded") {
  const auto bomb = read(view("<!DOCTYPE Task [<!ENTITY a \"aaaa\">]><Task><Actions><Exec><Command>&a;</Command></Exec></Actions></Task>"));
  CHECK((!bomb || bomb->lost));
  std::string deep = "<Task>";
  for (int i = 0; i < 100; ++i) deep += "<a>";
  const auto t = read(view(deep));
  REQUIRE(t);
  CHECK(t->lost->found == "more than 32 levels");
  std::string many = "<Task><Actions>";
  for (int i = 0; i < 200; ++i) many += "<Exec><Command>" + std::string(20000, 'x') + "</Command></Exec>";
  const auto m = read(view(many.substr(0, 1 << 20)));
  REQUIRE(m);
  CHECK(m->actions.size() <= 64);
  for (const auto& a : m->actions) CHECK(a.command.size() <= 8192);
}

TEST_CASE("task: random bytes do no harm") {
  std::mt19937 random(7);
  for (int i = 0; i < 500; ++i) {
    std::string s = kTask;
    for (int k = 0; k < 4; ++k) s[random() % s.size()] = static_cast<char>(random());
    const auto t = read(view(s));
    if (t) CHECK(t->actions.size() <= 64);
  }
}
