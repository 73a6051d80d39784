// Where each update of the view stands on this machine, and why. Worked out line by line; lists and CVEs follow from it.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "judge/parts.hpp"

namespace tq::judge {

enum class State : std::uint8_t {
  undecided,       ///< no step has spoken yet; none is left so
  present,         ///< in place
  covered,         ///< held by another one that is in place
  either,          ///< one of the two updates of the kernel's month is in place; which is not known
  waiting,         ///< will be in place after the restart
  absent,          ///< not in place, with evidence
  unknown,         ///< cannot be told
  not_applicable,  ///< for a part that is not on this machine, or not made for this product
};

/// Why a state is what it is. Static sentences: a machine has a thousand of these.
enum class Reason : std::uint8_t {
  none,
  package,                 ///< its package is in place
  listed,                  ///< a hotfix list names it
  windows_installer,       ///< Windows Installer registered it
  files_new_enough,        ///< every file of it on the machine is as new or newer
  files_too_old,           ///< a file of it is older
  stack_version,           ///< the servicing stack is as new or older
  kernel_names_it,         ///< the kernel's revision belongs to this update alone
  newer_in_place,          ///< a newer one of its line is in place
  holds_line,              ///< the monthly rollup in place holds it
  implied,                 ///< an update in place cannot be installed without it
  later_in_place,          ///< an update released after it is in place, and which stack installed that was not read
  one_of_several,          ///< an update in place needs this one or another that would do as well
  service_pack_build,      ///< the build is that of the service pack
  revision_reached,        ///< the revision is that of the update or above
  not_in_packages,         ///< packages read as a whole, it is not among them
  not_in_list,             ///< a whole hotfix list does not name it
  not_registered,          ///< the updates of Windows Installer do not name it
  kernel_too_old,          ///< the kernel is older than the one it brings
  build_too_old,           ///< the build is older than the one it brings
  revision_too_low,        ///< the revision is below that of the update
  restart,                 ///< it waits for a restart
  nothing_read,            ///< nothing that was read tells
  kernel_month_only,       ///< the kernel proves the month, not which of its updates
  contradicted,            ///< the package or list says yes, the kernel says no
  kernel_without_package,  ///< the kernel says yes, the packages say no
  half_installed,          ///< partly installed or broken, or in a state that is not known
  staged_or_superseded,    ///< state 4: either of two things
  removal,                 ///< it waits to be removed
  before_the_line,         ///< from before the monthly line: its absence proves nothing
  part_not_read,           ///< whether the part is on the machine was not read
  part_absent,             ///< the part is not on the machine
  child_not_known,         ///< the catalog does not know what number the machine would show
  files_undecided,         ///< files of another branch, or that could not be compared
  not_offered,             ///< made for another product
  last
};
/// One sentence, for people; lives as long as the program.
const char* text(Reason r);

struct Judged {
  Judged(const Case& c, const model::Verdict& v);

  const Case& c;
  const View& view;
  const model::Verdict& verdict;
  const SeenUpdates& seen;
  bool packages = false, lists = false, msi = false;  ///< read as a whole: what is not there is absent
  std::uint32_t beyond = kNone;                       ///< entries from here on were released after the goal's day, or are unborn
  std::uint32_t unborn = kNone;                       ///< entries from here on were released after the day that is judged as
  std::vector<State> state;                           ///< by entry
  std::vector<Reason> reason;                         ///< by entry
  std::vector<std::uint32_t> by;                      ///< by entry: what covers it; kNone
  std::vector<State> slots;                           ///< by slot
  std::vector<model::Tri> parts;                      ///< by part: is it on the machine
  std::vector<std::uint8_t> listed;                   ///< by entry: named in `missing` or `unknown`
  std::uint32_t newest = kNone;                       ///< the newest cumulative update of the monthly line in place
  bool security_only = false;                         ///< the line that `missing` follows
  bool has_security_only = false;                     ///< a security-only update is in place

  [[nodiscard]] const Entry& entry(std::uint32_t i) const { return view.entries[i]; }
  /// In place itself, or by a later one that holds it.
  [[nodiscard]] bool holds(std::uint32_t i) const { return state[i] == State::present || state[i] == State::covered; }
  [[nodiscard]] bool within_goal(std::uint32_t i) const { return i < beyond; }
  void set(std::uint32_t i, State s, Reason r, std::uint32_t covered_by = kNone) {
    state[i] = s;
    reason[i] = r;
    by[i] = covered_by;
  }
};

/// What the files of an update say, where the catalog has a table of them. nullopt: nothing to compare.
struct FileSays {
  State state = State::unknown;  ///< present, absent or unknown
  const model::FileVersionFact* file = nullptr;
  const catalog::UpdateFile* wanted = nullptr;
};
/// What the files on the machine say of an update. nullopt: the catalog has no files for it, or nothing to compare was read.
std::optional<FileSays> files_say(const Judged& j, const Entry& e);
/// "tcpip.sys is 6.0.6002.18005, the update brings 6.0.6002.18091"; the entry's own reason where no file speaks.
std::string file_reason(const Judged& j, std::uint32_t i);

// The steps, in the order in which they are taken. Each decides entries that are still undecided.
void judge_parts(Judged& j);       ///< which parts are on the machine
void judge_files(Judged& j);       ///< the strongest witness
void judge_os_line(Judged& j);     ///< Windows' monthly line
void judge_ie_line(Judged& j);     ///< Internet Explorer's cumulative line
void judge_dotnet(Judged& j);      ///< .NET: rollups and what they hold, for each version that is there
void judge_groundwork(Judged& j);  ///< stacks, SHA-2, preparation, service pack
void judge_singles(Judged& j);     ///< updates that no line holds
void settle(Judged& j);            ///< what is left, and the slots

/// Does `a`, a cumulative update of the monthly line, hold `b`? By revision where both have one of the same kind, else by day.
bool holds(const Entry& a, const Entry& b);
/// The default for an entry that nothing names: absent when something that was read as a whole lacks it, else unknown.
void absent_or_unknown(Judged& j, std::uint32_t i);
/// What the machine itself names of an entry; false when it names nothing that decides.
bool named(Judged& j, std::uint32_t i);

/// The goal's update as this processor gets it and as far as it was out on the day that is judged as: the newest rollup up to
/// the goal's day. kNone: this Windows has none, or had none yet.
std::uint32_t goal_entry(const Judged& j, const catalog::Goal& goal);

void judge_goals(const Judged& j, model::Verdict& verdict);
void list_updates(Judged& j, model::Verdict& verdict);  ///< fills `listed`
void judge_cves(const Judged& j, model::Verdict& verdict);
/// Everything that the machine itself names, whether the catalog knows it or not. What turned out to be missing or open all
/// the same stands there and not here. `j`: nullptr where the catalog does not know this Windows.
void list_installed(const Case& c, const Judged* j, model::Verdict& verdict);

}  // namespace tq::judge
