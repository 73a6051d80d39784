// Installed programs, as their uninstallers registered them. What was copied in without an installer is not among them.
#include <fmt/format.h>

#include <array>

#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

constexpr std::size_t kMostPrograms = 4096;  // honest machines have a few hundred
enum ProgramColumn : std::size_t { kProgramName, kProgramVersion, kPublisher, kParent, kRelease };
constexpr std::array<std::string_view, 5> kProgramValues = {"DisplayName", "DisplayVersion", "Publisher", "ParentKeyName", "ReleaseType"};

/// Updates of a program name the program as their parent, those of Windows Installer their kind.
bool is_update(const target::RegistryRow& row) {
  return row.values[kParent].has_value() || ifind(row.text(kRelease), "Update") != std::string::npos;
}

/// False: there is no such key.
bool read(const target::Registry& reg, const std::string& key, const std::string& arch, model::Facts& facts, bool& cut) {
  const auto rows = reg.rows(key, kProgramValues);
  if (!rows) return false;
  auto& programs = facts.configuration.programs;
  for (const auto& row : *rows) {
    const std::string display = row.text(kProgramName);
    if (display.empty() || is_update(row)) continue;
    if (programs.size() == kMostPrograms) {
      cut = true;
      break;
    }
    programs.push_back({display, row.text(kProgramVersion), row.text(kPublisher), arch, reg.cite(key + "\\" + row.name, "DisplayName")});
  }
  return true;
}

void collect_programs(const target::Source& source, model::Facts& facts) {
  const auto* reg = source.registry("SOFTWARE");
  if (reg == nullptr) return;
  const std::string below = "Microsoft\\Windows\\CurrentVersion\\Uninstall";
  const target::Certainty sure(*reg);
  bool cut = false;
  const bool native = read(*reg, below, facts.identity.arch, facts, cut);
  read(*reg, "Wow6432Node\\" + below, "x86", facts, cut);
  auto& c = facts.configuration;
  // A system hive without the key has no programs; a text export may just have left it out.
  if (sure.whole(below) && !cut && (native || reg->has_key(kCurrentVersion))) c.programs_read = model::Tri::yes;
  cover(facts, "programs", native ? model::CoverageStatus::read : model::CoverageStatus::absent,
        fmt::format("{} installed programs{}", c.programs.size(), cut ? "; the rest was not read" : ""));
}

}  // namespace

extern const Collector programs;
const Collector programs{"programs", collect_programs};

}  // namespace tq::evidence
