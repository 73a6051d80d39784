#include "tests/support/hive_dump.hpp"

#include <algorithm>

#include "core/hash.hpp"

namespace tq::test {
namespace {

using format::regf::Key;
using format::regf::Value;

struct Dump {
  std::vector<std::string> lines;
  std::vector<std::byte> scratch;
  void key(std::string_view path, const Key&) { lines.emplace_back(path); }
  void value(std::string_view path, const Key&, const Value& v) {
    const auto data = v.view(scratch);
    if (data)
      lines.push_back(dump_line(path, v.name(), v.type(), *data));
    else
      lines.push_back(std::string(path) + "\t" + v.name() + "\tdamaged");
  }
};

}  // namespace

std::string dump_line(std::string_view path, std::string_view name, std::uint32_t type, Bytes data) {
  return std::string(path) + "\t" + std::string(name) + "\t" + std::to_string(type) + "\t" + hex(data);
}

std::vector<std::string> dump_lines(const format::regf::Hive& hive) {
  Dump dump;
  (void)hive.walk(dump);
  std::sort(dump.lines.begin(), dump.lines.end());
  return std::move(dump.lines);
}

}  // namespace tq::test
