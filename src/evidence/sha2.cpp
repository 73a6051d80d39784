// SHA-2 code signing support as the registry claims it. Anyone can set these two values: the package decides (judge).
#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

void collect_sha2(const target::Source& source, model::Facts& facts) {
  const auto* reg = source.registry("SOFTWARE");
  if (reg == nullptr) return;
  const std::string key = "Microsoft\\Windows\\CurrentVersion\\Servicing\\Codesigning\\SHA2";
  const target::Certainty sure(*reg);
  bool all_set = true;
  for (const char* name : {"SHA2-Codesigning-Support", "SHA2-Core-Codesigning-Support"}) {
    const auto v = reg->dword(key, name);
    if (v) facts.readings.push_back({name, std::to_string(*v), reg->cite(key, name)});
    all_set = all_set && v && *v == 1;
  }
  facts.sha2_values = all_set ? model::Tri::yes : sure.whole(key) ? model::Tri::no : model::Tri::unknown;
}

}  // namespace

extern const Collector sha2;
const Collector sha2{"sha2", collect_sha2};

}  // namespace tq::evidence
