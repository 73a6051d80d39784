// For monitoring: a text file in the exposition format, to be picked up by a node exporter's textfile collector.
#include <fmt/format.h>

#include <array>
#include <map>

#include "core/text.hpp"
#include "report/renderer.hpp"

namespace tq::report {
namespace {

using model::Severity;
using model::Tri;

/// Label values may hold anything but a raw line end, quote or backslash; printable() has shown the rest already.
std::string label(std::string_view value) {
  std::string out;
  for (const char c : printable(value)) {
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

class Metrics {
 public:
  /// Starts a family: every sample of it has to follow without another one between.
  void family(const char* name, const char* help) {
    name_ = name;
    out_ += fmt::format("# HELP tourniquet_{0} {1}\n# TYPE tourniquet_{0} gauge\n", name, help);
  }
  void sample(const std::string& labels, const std::string& value) {
    out_ += fmt::format("tourniquet_{}{{{}}} {}\n", name_, labels, value);
  }
  void sample(const std::string& labels, std::size_t value) { sample(labels, std::to_string(value)); }
  void plain(std::int64_t value) { out_ += fmt::format("tourniquet_{} {}\n", name_, value); }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  const char* name_ = "";
  std::string out_;
};

std::string who(const model::Machine& m) {
  return fmt::format(R"(machine="{}",target="{}")", label(m.facts.identity.name), label(m.facts.target));
}

void builds(Metrics& out, const model::Report& r) {
  out.family("build_info", "Build of the machine; always 1.");
  for (const auto& m : r.machines)
    out.sample(fmt::format(R"({},version="{}",status="{}",product="{}")", who(m), label(m.verdict.build.version),
                           to_string(m.verdict.build.status), label(m.facts.identity.product)),
               1);
}

void goals(Metrics& out, const model::Report& r) {
  out.family("goal_reached", "1 reached, 0 not reached, NaN cannot be told.");
  for (const auto& m : r.machines)
    for (const auto& g : m.verdict.goals)
      out.sample(fmt::format(R"({},goal="{}")", who(m), label(g.name)), g.reached == Tri::yes ? "1" : g.reached == Tri::no ? "0" : "NaN");
  out.family("goal_months_behind", "Calendar months from the level to the goal; NaN when the level is not known.");
  for (const auto& m : r.machines)
    for (const auto& g : m.verdict.goals)
      out.sample(fmt::format(R"({},goal="{}")", who(m), label(g.name)), g.months_behind ? std::to_string(*g.months_behind) : "NaN");
}

void updates(Metrics& out, const model::Report& r) {
  out.family("updates", "Updates by what is known of them.");
  for (const auto& m : r.machines) {
    out.sample(who(m) + R"(,state="installed")", m.verdict.installed.size());
    out.sample(who(m) + R"(,state="missing")", m.verdict.missing.size());
    out.sample(who(m) + R"(,state="unknown")", m.verdict.unknown.size());
  }
}

void cves(Metrics& out, const model::Report& r) {
  out.family("cves", "Vulnerabilities by what is known of their repair.");
  for (const auto& m : r.machines) {
    const auto& c = m.verdict.cves;
    out.sample(who(m) + R"(,state="missing")", c.missing.size());
    out.sample(who(m) + R"(,state="unknown")", c.unknown.size());
    out.sample(who(m) + R"(,state="known_exploited")", c.known_exploited.size());
  }
}

void findings(Metrics& out, const model::Report& r) {
  out.family("findings", "Findings by severity.");
  for (const auto& m : r.machines)
    for (const Severity s : {Severity::critical, Severity::high, Severity::medium, Severity::low, Severity::info}) {
      std::size_t n = 0;
      for (const auto& f : m.findings) n += f.severity == s ? 1 : 0;
      out.sample(fmt::format(R"({},severity="{}")", who(m), to_string(s)), n);
    }
}

/// One sample for each word that occurs; nothing for a machine that was not looked at.
template <class Words>
void tally(Metrics& out, const model::Machine& m, const char* name, const Words& words) {
  std::map<std::string, std::size_t> n;
  for (const auto& w : words) ++n[w];
  for (const auto& [word, count] : n) out.sample(fmt::format(R"({},{}="{}")", who(m), name, label(word)), count);
}

void deep(Metrics& out, const model::Report& r) {
  const auto all = [&](const char* family, const char* help, const char* name, auto words_of) {
    out.family(family, help);
    for (const auto& m : r.machines) tally(out, m, name, words_of(m));
  };
  const auto words = [](const auto& list, auto word) {
    std::vector<std::string> w;
    for (const auto& x : list) w.push_back(word(x));
    return w;
  };
  all("driver_gates", "Drivers and programs by what the build number changes in them.", "gate",
      [&](const auto& m) { return words(m.facts.drivers, [](const auto& d) { return d.gate; }); });
  all("time32_programs", "Programs by how they are exposed to the year 2038.", "exposure",
      [&](const auto& m) { return words(m.facts.time32, [](const auto& t) { return t.exposure; }); });
  all("exposure", "Settings that offer something to others, by state.", "state",
      [&](const auto& m) { return words(m.verdict.exposure, [](const auto& e) { return std::string(to_string(e.state)); }); });
}

void evidence(Metrics& out, const model::Report& r) {
  out.family("evidence_failed", "Sources that are there and could not be read.");
  for (const auto& m : r.machines) {
    std::size_t n = 0;
    for (const auto& c : m.facts.coverage) n += c.status == model::CoverageStatus::failed ? 1 : 0;
    out.sample(who(m), n);
  }
  out.family("targets_unread", "Targets that could not be read at all.");
  out.plain(static_cast<std::int64_t>(r.errors.size()));
}

void times(Metrics& out, const model::Report& r) {
  constexpr std::int64_t kDay = 86400;
  if (const auto d = Date::parse(r.catalog_data_as_of)) {
    out.family("catalog_data_timestamp_seconds", "Day of the newest data in the catalog.");
    out.plain(days_from_civil(*d) * kDay);
  }
  if (const auto d = Date::parse(r.as_of)) {
    out.family("as_of_timestamp_seconds", "Day of the judgement.");
    out.plain(days_from_civil(*d) * kDay);
  }
}

Result<std::string> render_prometheus(const model::Report& r, const Options&) {
  Metrics out;
  builds(out, r);
  goals(out, r);
  updates(out, r);
  cves(out, r);
  findings(out, r);
  deep(out, r);
  evidence(out, r);
  times(out, r);
  return out.take();
}

}  // namespace

extern const Renderer prometheus_report;
const Renderer prometheus_report{"prometheus", render_prometheus};

}  // namespace tq::report
