// When the hives were last written: nothing on the machine should be younger.
#include "evidence/collector.hpp"

namespace tq::evidence {
namespace {

void collect_hive_times(const target::Source& source, model::Facts& facts) {
  for (const auto& slot : source.hives) {
    if (slot.older || !slot.hive || slot.hive->last_written().ticks == 0) continue;
    facts.readings.push_back({slot.name + ".last_written", slot.hive->last_written().text(), slot.where});
  }
}

}  // namespace

extern const Collector hive_times;
const Collector hive_times{"hive_times", collect_hive_times};

}  // namespace tq::evidence
