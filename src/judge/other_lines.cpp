// The lines beside Windows' own: Internet Explorer, .NET Framework, what prepares the way, and updates that stand alone.
#include <algorithm>

#include "core/text.hpp"
#include "judge/frameworks.hpp"
#include "judge/states.hpp"

namespace tq::judge {
namespace {

using catalog::Line;
using catalog::UpdateKind;
using model::Tri;

bool is(const Judged& j, std::uint32_t i, Line line) { return j.view.lines[i] == line; }

Tri explorer_there(const model::Facts& facts, std::string_view version) {
  if (facts.identity.server_core == Tri::yes) return Tri::no;  // Server Core has no browser
  for (const auto& s : facts.software)
    if (s.name == "internet_explorer" && s.version == version) return Tri::yes;
  return facts.internet_explorer_read == Tri::yes ? Tri::no : Tri::unknown;
}

/// One name of the data may stand for several versions ("4.5/4.5.1/4.5.2"). Its "3.5" is 3.5 with the service pack: without
/// it the framework got nothing after 2011, and the data goes on naming it.
Tri framework_there(const model::Facts& facts, std::string_view version) {
  for (const auto& s : facts.software)
    if (s.name == "dotnet" && (serves(version, s.version) || (version == "3.5" && s.version == "3.5 SP1"))) return Tri::yes;
  return facts.dotnet_read == Tri::yes ? Tri::no : Tri::unknown;
}

/// Newer ones of a cumulative line that are in place cover the older ones.
void cover_older(Judged& j, Line line) {
  std::uint32_t newest = kNone;
  const auto& all = j.view.of(line);
  for (std::size_t n = all.size(); n-- > 0;) {
    const auto i = all[n];
    if (!j.entry(i).update.is_cumulative()) continue;
    if (newest == kNone && j.state[i] == State::present && j.reason[i] != Reason::files_new_enough) newest = i;
    if (newest != kNone && i != newest && !j.holds(i) && j.state[i] != State::not_applicable && j.reason[i] != Reason::files_too_old)
      j.set(i, State::covered, Reason::newer_in_place, newest);
  }
}

}  // namespace

void judge_parts(Judged& j) {
  const auto& f = j.c.facts;
  for (std::uint32_t p = 0; p < j.parts.size(); ++p) {
    const Part& part = j.view.parts[p];
    switch (part.kind) {
      case catalog::Component::os: j.parts[p] = Tri::yes; break;
      case catalog::Component::ie: j.parts[p] = explorer_there(f, part.version); break;
      case catalog::Component::dotnet: j.parts[p] = framework_there(f, part.version); break;
      case catalog::Component::other: j.parts[p] = Tri::unknown; break;
    }
  }
}

namespace {

/// Is the browser there that an update of this line is for? An update that names none is for the newest one of this Windows:
/// Explorer 7 and 8 got nothing after 2016-01, when the data still named versions.
Tri browser_of(const Judged& j, const Entry& e) {
  if (j.c.facts.identity.server_core == Tri::yes) return Tri::no;
  Tri answer = Tri::no;
  bool names_one = false;
  for (const auto& slot : j.view.range(j.view.slots, e.slots)) {
    if (j.view.parts[slot.part].kind != catalog::Component::ie) continue;
    names_one = true;
    if (j.parts[slot.part] == Tri::yes) return Tri::yes;
    if (j.parts[slot.part] == Tri::unknown) answer = Tri::unknown;
  }
  if (names_one) return answer;
  std::string_view newest;
  for (std::uint32_t p = 0; p < j.parts.size(); ++p) {
    const Part& part = j.view.parts[p];
    if (part.kind != catalog::Component::ie || part.version < newest) continue;  // one digit each: 7, 8, 9
    newest = part.version;
    answer = j.parts[p];
  }
  return answer;
}

}  // namespace

/// The monthly rollup carries the fixes of Internet Explorer; the separate update is for machines that take security-only
/// updates. Each of these updates holds all earlier ones.
void judge_ie_line(Judged& j) {
  for (const auto i : j.view.of(Line::ie)) {
    if (j.state[i] != State::undecided || named(j, i)) continue;
    const Tri browser = browser_of(j, j.entry(i));
    if (browser == Tri::no)
      j.set(i, State::not_applicable, Reason::part_absent);
    else if (j.newest != kNone && j.entry(j.newest).update.released >= j.entry(i).update.released)
      j.set(i, State::covered, Reason::holds_line, j.newest);
    else if (browser == Tri::unknown)
      j.set(i, State::unknown, Reason::part_not_read);
    else
      absent_or_unknown(j, i);
  }
  cover_older(j, Line::ie);
}

namespace {

constexpr Line kGroundwork[] = {Line::service_pack, Line::servicing_stack, Line::sha2, Line::esu_preparation};

void take_stack(Judged& j, std::uint32_t i, const std::optional<FileVersion>& stack) {
  const auto& u = j.entry(i).update;
  if (stack && u.version && *stack >= *u.version)
    j.set(i, *stack == *u.version ? State::present : State::covered, Reason::stack_version);
  else if (!named(j, i) && stack && u.version)
    j.set(i, State::absent, Reason::stack_version);
}

void take_groundwork(Judged& j, std::uint32_t i, const std::optional<FileVersion>& stack) {
  const auto& u = j.entry(i).update;
  const auto& b = j.verdict.build;
  if (is(j, i, Line::servicing_stack)) return take_stack(j, i, stack);
  if (is(j, i, Line::service_pack) && b.number && u.version) {
    const bool there = *b.number >= u.version->build;
    j.set(i, there ? State::present : State::absent, there ? Reason::service_pack_build : Reason::build_too_old);
  } else if (u.kind == UpdateKind::sha2) {
    // Only its last release counts, which a list of KB numbers does not tell.
    if (j.verdict.esu.sha2 == Tri::yes) j.set(i, State::present, Reason::package);
    if (j.verdict.esu.sha2 == Tri::no) j.set(i, State::absent, Reason::not_in_packages);
  } else if (is(j, i, Line::esu_preparation)) {
    named(j, i);
  }
}

/// What an update in place could not have been installed without is settled, under whatever number it came. Of several
/// that would do, one that is seen explains the update, and says nothing of the others.
void take_implied(Judged& j) {
  for (std::uint32_t i = 0; i < j.state.size(); ++i) {
    if (j.state[i] != State::present || j.reason[i] == Reason::files_new_enough) continue;
    for (const Range group : j.view.range(j.view.need_groups, j.entry(i).needs)) {
      const auto needs = j.view.range(j.view.need_entries, group);
      if (std::any_of(needs.begin(), needs.end(), [&](const auto need) { return j.holds(need); })) continue;
      const bool only = needs.size() == 1;
      for (const auto need : needs) j.set(need, only ? State::covered : State::unknown, only ? Reason::implied : Reason::one_of_several, i);
    }
  }
}

/// Stacks that no package names, where no version of the stack was read: a later update of Windows needed some stack.
void doubt_stacks(Judged& j) {
  std::uint32_t newest = kNone;
  for (const auto i : j.view.of(Line::os))
    if (j.state[i] == State::present) newest = i;
  if (newest == kNone) return;
  for (const auto i : j.view.of(Line::servicing_stack))
    if (i < newest && j.state[i] == State::absent && j.reason[i] != Reason::stack_version) j.set(i, State::unknown, Reason::later_in_place);
}

}  // namespace

void judge_groundwork(Judged& j) {
  const auto stack = FileVersion::parse(j.verdict.esu.stack_version);
  for (const Line l : kGroundwork)
    for (const auto i : j.view.of(l))
      if (j.state[i] == State::undecided) take_groundwork(j, i, stack);
  cover_older(j, Line::servicing_stack);
  cover_older(j, Line::esu_preparation);
  for (const Line l : kGroundwork)
    for (const auto i : j.view.of(l))
      if (j.state[i] == State::undecided && l != Line::service_pack) absent_or_unknown(j, i);
  doubt_stacks(j);
  take_implied(j);
}

void judge_singles(Judged& j) {
  const auto& all = j.view.of(Line::single);
  for (const auto i : all)
    if (j.state[i] == State::undecided) named(j, i);
  // From the newest down: what is in place settles all that it replaces, link by link. A decided entry is entered once.
  std::vector<std::uint32_t> open;
  for (std::size_t n = all.size(); n-- > 0;) {
    const auto i = all[n];
    if (!j.holds(i) || j.entry(i).replaces.count == 0) continue;
    open.assign(1, i);
    while (!open.empty()) {
      const auto at = open.back();
      open.pop_back();
      for (const auto older : j.view.range(j.view.links, j.entry(at).replaces)) {
        if (j.state[older] != State::undecided && j.reason[older] != Reason::staged_or_superseded) continue;
        j.set(older, State::covered, Reason::newer_in_place, i);
        open.push_back(older);
      }
    }
  }
  for (const auto i : all) {
    if (j.state[i] != State::undecided) continue;
    // Single updates replaced each other's files without saying so, and many are for parts that a machine does not have.
    if (i < j.view.line_first)
      j.set(i, State::unknown, Reason::before_the_line);
    else
      absent_or_unknown(j, i);
  }
}

}  // namespace tq::judge
