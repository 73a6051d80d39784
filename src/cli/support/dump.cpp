#include "cli/support/dump.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/hash.hpp"
#include "core/text.hpp"

namespace tq::cli {
namespace {

namespace regf = format::regf;

/// A tab or newline in a name must not break the line: printable() turns both into \xNN, and backslashes are doubled
/// except those that separate the components of a key path.
std::string field(std::string_view s) { return printable(s, true); }

struct Lines {
  std::vector<std::string> lines;
  bool keep;
  std::size_t values_of_last = 1;
  std::string last_key;

  void flush() {
    if (keep && values_of_last == 0) lines.push_back(last_key + "\t\t\t");
  }
  void key(std::string_view path, const regf::Key&) {
    if (!keep) return;
    flush();
    last_key = printable(path);
    values_of_last = 0;
  }
  void value(std::string_view, const regf::Key&, const regf::Value& v) {
    if (!keep) return;
    ++values_of_last;
    const auto data = v.data();
    lines.push_back(
        fmt::format("{}\t{}\t{}\t{}", last_key, field(v.name()), v.type(), data ? hex(bytes_of(*data)) : "?" + data.error().text()));
  }
};

}  // namespace

regf::WalkStats dump_hive(const regf::Hive& hive, std::string* out) {
  Lines l{{}, out != nullptr, 1, {}};
  auto stats = hive.walk(l);
  if (out == nullptr) return stats;
  l.flush();
  std::sort(l.lines.begin(), l.lines.end());
  for (const auto& line : l.lines) *out += line + "\n";
  return stats;
}

std::string dump_imports(const format::pe::ImportTable& imports) {
  std::vector<std::string> lines;
  for (const auto& d : imports.dlls)
    for (const auto& n : d.names) lines.push_back(fmt::format("{}\t{}\t{}\n", field(d.dll), field(n), d.delayed ? "delayed" : "imported"));
  std::sort(lines.begin(), lines.end());
  std::string out;
  for (const auto& l : lines) out += l;
  return out;
}

std::string dump_facts(const model::Facts& f) {
  std::string out;
  const auto line = [&out](std::string_view group, std::string_view name, std::string_view value, std::string_view where) {
    out += fmt::format("{}\t{}\t{}\t{}\n", group, field(name), field(value), field(where));
  };
  line("identity", "name", f.identity.name, f.target);
  line("identity", "product", f.identity.product, f.target);
  for (const auto& w : f.build_witnesses) line("build", w.source, w.says, w.where);
  for (const auto& r : f.readings) line("reading", r.name, r.value, r.where);
  for (const auto& p : f.packages) line("package", p.identity, to_string(p.state), p.where);
  for (const auto& h : f.hotfixes) line("hotfix", kb_text(h.kb), h.date, h.where);
  for (const auto& v : f.files) line("file", v.path, v.version.text(), v.where);
  for (const auto& s : f.stacks) line("stack", s.source, s.version.text(), s.where);
  for (const auto& t : f.traces) line("trace", t.source, t.what, t.where);
  for (const auto& l : f.labels) line("label", l.name, l.value, l.where);
  return out;
}

}  // namespace tq::cli
