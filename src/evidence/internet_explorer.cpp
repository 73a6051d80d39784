// Which Internet Explorer is installed: its own key, and the engine's file. Its updates are a line of their own.
#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/file_version.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

constexpr const char* kExplorerKey = "Microsoft\\Internet Explorer";

/// "9" of "9.0.8112.16421".
std::string major_of(std::string_view version) {
  const auto digits = version.substr(0, version.find('.'));
  std::uint64_t n = 0;
  return parse_u64(digits, n) && n > 0 && n < 100 ? std::string(digits) : std::string{};
}

/// From version 10 on `Version` keeps a 9 for old programs and svcVersion has the truth; 9 and older write only `Version`.
void explorer_from_registry(const target::Registry& reg, model::Facts& facts) {
  const target::Certainty sure(reg);
  for (const char* name : {"svcVersion", "Version"}) {
    const auto v = reg.value(kExplorerKey, name);
    if (!v && reg.has_key(kExplorerKey) && !sure.holds()) return;  // the other name would say an older one
    if (!v) continue;
    const auto t = v->text();
    const std::string major = t ? major_of(*t) : std::string{};
    if (major.empty()) {
      cover(facts, "internet_explorer", model::CoverageStatus::failed, v->where + " is no version");
      return;
    }
    facts.software.push_back({"internet_explorer", major, *t, v->where});
    facts.internet_explorer_read = model::Tri::yes;
    return;
  }
  // A hive that holds the system's own version key and no browser: Server Core has none.
  if (sure.whole(kExplorerKey) && reg.has_key(kCurrentVersion)) facts.internet_explorer_read = model::Tri::yes;
}

void collect_internet_explorer(const target::Source& source, model::Facts& facts) {
  if (const auto* reg = source.registry("SOFTWARE")) explorer_from_registry(*reg, facts);
  if (!source.tree) return;
  add_file(source, "system32/mshtml.dll", facts);
  add_file(source, "syswow64/mshtml.dll", facts);
  add_file(source, "../program files/internet explorer/iexplore.exe", facts);
}

}  // namespace

extern const Collector internet_explorer;
const Collector internet_explorer{"internet_explorer", collect_internet_explorer};

}  // namespace tq::evidence
