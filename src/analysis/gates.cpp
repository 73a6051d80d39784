#include "analysis/gates.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/follow.hpp"
#include "analysis/installer/installer.hpp"
#include "analysis/names.hpp"
#include "analysis/packed_file.hpp"
#include "analysis/prefilter.hpp"
#include "analysis/processor_time.hpp"
#include "format/msi/database.hpp"

namespace tq::analysis {
namespace {

namespace pe = format::pe;

bool mentions(const std::vector<std::string>& list, std::string_view part) {
  return std::any_of(list.begin(), list.end(), [&](const std::string& s) { return s.find(part) != std::string::npos; });
}

/// Which imported functions count: a registry reader or a resolver only when the name it would have to ask for is in the file.
class Counting {
 public:
  Counting(const Traces& traces, const Program& program)
      : registry_(mentions(traces.version, "registry")), names_(looks_up_version_names(program)) {}
  [[nodiscard]] bool counts(const std::string& what) const {
    if (is_resolver(what)) return names_;
    const bool reads_registry = what.find("Query") != std::string::npos || what.find("GetValue") != std::string::npos ||
                                what.find("EnumValue") != std::string::npos;
    return !reads_registry || what == "VerQueryValueA" || what == "VerQueryValueW" || registry_;
  }
  [[nodiscard]] VersionNames names() const { return {.functions = names_, .values = registry_}; }

 private:
  bool registry_, names_;
};

/// May the code hold a site that counts? Told without looking at the code: by the imports, and by addresses that were met.
bool may_read_version(const Counting& counting, const Traces& traces, const Program& program) {
  if (mentions(traces.version, "shared user data") || mentions(traces.version, "environment block")) return true;
  return std::any_of(program.imports().begin(), program.imports().end(), [&](const auto& slot) {
    const ImportSlot& import = slot.second;
    return (is_source_import(import, false) || is_resolver(import.name)) && counting.counts(import.name);
  });
}

std::vector<SourceSite> relevant(const Functions& functions, const Counting& counting) {
  std::vector<SourceSite> out;
  for (const SourceSite& s : functions.sites())
    if (counting.counts(s.what) && !(is_resolver(s.what) && functions.loads_late(s.rva))) out.push_back(s);
  return out;
}

/// Functions that tell only releases apart have names that the fast look does not search for.
bool imports_source(const Program& program) {
  return std::any_of(program.imports().begin(), program.imports().end(), [](const auto& slot) {
    const std::string& name = slot.second.name;
    return name.find("Version") != std::string::npos && is_source_import(slot.second, false);
  });
}

std::string range(std::uint32_t from, std::uint32_t to, bool first, bool last) {
  if (first && last) return "all";
  if (first) return fmt::format("-{}", to);
  if (last) return fmt::format("{}-", from);
  return from == to ? fmt::format("{}", from) : fmt::format("{}-{}", from, to);
}

/// The build line in groups that act alike: "6000-6002 | -5999, 6003-".
std::string partition_of(const Record& r, const Ladder& l) {
  const auto n = static_cast<unsigned>(l.rungs.size());
  const LaneMask all = mask_of(n);
  std::vector<std::pair<LaneMask, std::string>> groups;
  for (unsigned i = 0; i < n;) {
    const LaneMask like = r.alike(i, all);
    unsigned k = i;
    while (k + 1 < n && (like >> (k + 1) & 1) != 0) ++k;
    // Between two rungs the edge lies just before the later one: constants met bring their neighbours onto the ladder.
    const std::uint32_t to = k + 1 < n ? l.rungs[k + 1].build - 1 : 0;
    const std::string text = range(l.rungs[i].build, to, i == 0, k + 1 == n);
    const auto g = std::find_if(groups.begin(), groups.end(), [&](const auto& x) { return x.first == like; });
    if (g == groups.end())
      groups.emplace_back(like, text);
    else
      g->second += ", " + text;
    i = k + 1;
  }
  std::string out;
  for (const auto& g : groups) out += (out.empty() ? "" : " | ") + g.second;
  return out;
}

GateSite site_of(const Split& s, const Record& r, const Ladder& l, const Decoder& d, const GateOptions& o) {
  GateSite g;
  g.rva = s.rva;
  g.source = s.origin == 0 ? "the version" : r.origins()[s.origin - 1u];
  g.comparison = s.words;
  g.instruction = d.text(s.rva);
  g.path = s.path;
  for (const std::uint32_t b : {o.first, o.second}) {
    const unsigned lane = l.lane_of(b);
    const bool yes = (s.yes >> lane & 1) != 0, no = (s.no >> lane & 1) != 0;
    std::string what = yes && no ? "both ways" : yes ? "true" : no ? "false" : "does not come here";
    if ((yes || no) && lane < s.saw.size()) what += fmt::format(", sees {}", s.saw[lane]);
    g.on.emplace_back(b, what);
  }
  return g;
}

void judge(GateReport& report, Engine& e, const Ladder& l, const Decoder& d, const GateOptions& o) {
  const Record& r = e.record();
  const unsigned a = l.lane_of(o.first), b = l.lane_of(o.second);
  const bool differ = (r.alike(a, mask_of(static_cast<unsigned>(l.rungs.size()))) >> b & 1) == 0;
  for (const auto& [rva, s] : r.splits())
    if (((s.yes >> a & 1) != 0 && (s.no >> b & 1) != 0) || ((s.yes >> b & 1) != 0 && (s.no >> a & 1) != 0))
      report.sites.push_back(site_of(s, r, l, d, o));
  report.why.clear();
  if (differ) {
    report.gate = Gate::differs;
    return;
  }
  report.sites.clear();
  for (const std::string& why : r.reasons()) report.why.push_back(why);
  if (r.is_possible(a, b))
    report.why.push_back(fmt::format("a branch at 0x{:x} hangs on the version in a way that was not worked out", r.possible_at()));
  if (!report.why.empty()) {
    report.gate = Gate::undecided;
    return;
  }
  report.gate = e.version_seen() ? Gate::same : Gate::no_source;
  report.why.emplace_back(e.version_seen() ? "the version is read, and both builds act alike"
                                           : "nothing that was followed reads a version");
}

GateReport settled(GateReport report, Gate gate, std::string why) {
  report.gate = gate;
  report.why.push_back(std::move(why));
  return report;
}

/// Why the code of a file cannot be followed at all; empty when it can.
std::string unsupported(const pe::Image& image) {
  if (image.machine != pe::Machine::x86 && image.machine != pe::Machine::x64)
    return std::string("code for another processor: ") + pe::to_string(image.machine);
  return image.is_dotnet ? "a .NET program: its code is not machine code" : "";
}

/// Follows the code on every lane and says what it showed; a second run with the neighbours of every constant met draws the
/// whole build line.
void follow_lanes(GateReport& report, const Program& program, Decoder& decoder, Functions& functions, const std::vector<SourceSite>& sites,
                  VersionNames names, const GateOptions& options) {
  std::vector<std::uint32_t> wanted = {options.first, options.second};
  const Budget budget{options.max_steps, options.max_steps / 4, options.max_milliseconds, std::size_t{192} << 20};
  const Ladder ladder = build_ladder(wanted);
  const auto start = processor_time();
  Engine engine(program, functions, decoder, ladder, budget, names);
  follow(engine, program, functions, sites);
  report.steps = engine.steps();
  judge(report, engine, ladder, decoder, options);
  if (report.gate != Gate::differs) return;
  for (const std::uint32_t c : engine.record().critical)
    for (const std::uint32_t b : {c - 1, c, c + 1}) wanted.push_back(b);
  const Ladder fine = build_ladder(wanted);
  // Both runs share the file's time; a line that was drawn in part only is not shown.
  const auto left = std::chrono::milliseconds(options.max_milliseconds) - (processor_time() - start);
  if (left <= std::chrono::nanoseconds::zero()) return;
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(left).count();
  Engine again(program, functions, decoder, fine,
               {budget.steps, budget.steps_per_root, static_cast<std::uint32_t>(milliseconds), budget.lane_bytes}, names);
  follow(again, program, functions, sites);
  if (!again.spent()) report.partition = partition_of(again.record(), fine);
}

GateReport find_program_gates(Bytes file, const Program& program, const GateOptions& options) {
  GateReport report;
  report.arch = program.image().machine;
  if (std::string why = unsupported(program.image()); !why.empty()) return settled(std::move(report), Gate::unsupported, std::move(why));
  if (const auto packer = packed_by(program)) return settled(std::move(report), Gate::undecided, "packed: " + *packer);
  const Traces traces = find_traces(file);
  if (traces.version.empty() && !imports_source(program))
    return settled(std::move(report), Gate::no_source, "nothing in the file reads a version");
  const Counting counting(traces, program);
  if (!may_read_version(counting, traces, program))
    return settled(std::move(report), Gate::no_source, "nothing that the code can call or look at tells a version");
  Decoder decoder(program);
  Functions functions(program, decoder, false);
  const auto sites = relevant(functions, counting);
  if (sites.empty())
    return functions.too_big() ? settled(std::move(report), Gate::undecided, "too much code")
                               : settled(std::move(report), Gate::no_source, "nothing in the code reads a version");
  follow_lanes(report, program, decoder, functions, sites, counting.names(), options);
  if (!program.damage().empty() && (report.gate == Gate::same || report.gate == Gate::no_source)) {
    report.gate = Gate::undecided;
    report.why = {"the file is damaged: " + program.damage().front()};
  }
  return report;
}

}  // namespace

GateReport find_gates(Bytes file, const GateOptions& options) {
  if (format::msi::Database::probe(file)) return find_installer_gates(file, options);
  const auto program = Program::open(file);
  return program ? find_program_gates(file, *program, options) : settled({}, Gate::unsupported, program.error().text());
}

}  // namespace tq::analysis
