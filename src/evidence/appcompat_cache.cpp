// The AppCompatCache as a trace of servicing: what once lay in the component store, and when. It proves no build.
#include <fmt/format.h>

#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"
#include "format/appcompat/appcompat.hpp"

namespace tq::evidence {
namespace {

namespace appcompat = format::appcompat;

void collect_appcompat_cache(const target::Source& source, model::Facts& facts) {
  const auto* reg = source.registry("SYSTEM");
  if (reg == nullptr) return;
  constexpr const char* kManager = "CurrentControlSet\\Control\\Session Manager";
  auto v = reg->value(std::string(kManager) + "\\AppCompatCache", "AppCompatCache");
  if (!v) v = reg->value(std::string(kManager) + "\\AppCompatibility", "AppCompatCache");
  if (!v) return;
  const auto generation = facts.identity.nt_version == "6.0"   ? appcompat::Generation::nt60
                          : facts.identity.nt_version == "5.2" ? appcompat::Generation::nt52
                                                               : appcompat::Generation::guess;
  const auto cache = appcompat::parse(bytes_of(v->data), generation);
  if (!cache) {
    const auto status = cache.error().code == ErrorCode::unsupported ? model::CoverageStatus::unsupported : model::CoverageStatus::failed;
    return cover(facts, "appcompat", status, cache.error().text());
  }
  for (const auto& t : appcompat::servicing_traces(*cache)) {
    std::string what =
        t.kind == appcompat::TraceKind::component ? fmt::format("{} {} {}", t.name, t.version.text(), t.architecture) : t.name;
    facts.traces.push_back({fmt::format("appcompat.{}", to_string(t.kind)), std::move(what), t.modified.text(), v->where + "//" + t.path});
  }
  cover(facts, "appcompat", model::CoverageStatus::read,
        fmt::format("{} entries ({}){}", cache->entries.size(), cache->layout,
                    cache->lost.empty() ? "" : fmt::format(", {} lost", cache->lost.size())));
}

}  // namespace

extern const Collector appcompat_cache;
const Collector appcompat_cache{"appcompat_cache", collect_appcompat_cache};

}  // namespace tq::evidence
