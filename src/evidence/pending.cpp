// Work that waits for a reboot. While it waits, every verdict about updates is provisional.
#include "core/limits.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"
#include "format/manifest/manifest.hpp"

namespace tq::evidence {
namespace {

using model::Tri;

void say(model::Facts& facts, Tri& field, const std::string& evidence) {
  field = Tri::yes;
  facts.servicing.evidence.push_back(evidence);
}

void from_software(const target::Registry& reg, model::Facts& facts) {
  auto& s = facts.servicing;
  const std::string cbs = kCbs;
  // Volatile keys: only a live machine or an export of one has them. In a saved hive their absence says nothing.
  for (const std::string& key : {cbs + "\\RebootPending", cbs + "\\RebootInProgress",
                                 std::string("Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\RebootRequired")})
    if (reg.has_key(key)) say(facts, s.reboot_pending, reg.cite(key, ""));
  if (const auto pending = reg.subkeys(cbs + "\\PackagesPending"); pending && !pending->empty())
    say(facts, s.pending_operations, reg.cite(cbs + "\\PackagesPending", ""));
  // Finished sessions stay in SessionsPending on healthy machines; only Exclusive <> 0 means that one is at work.
  if (const auto e = reg.dword(cbs + "\\SessionsPending", "Exclusive"); e && *e != 0)
    say(facts, s.pending_operations, reg.cite(cbs + "\\SessionsPending", "Exclusive"));
}

void from_components(const target::Registry& reg, model::Facts& facts) {
  if (const auto v = reg.value("", "PendingXmlIdentifier"); v && !v->data.empty())
    say(facts, facts.servicing.pending_operations, reg.cite("", "PendingXmlIdentifier"));
  for (const char* name : {"NextQueueEntryIndex", "AdvancedInstallersNeedResolving", "ExecutionState", "StoreDirty"})
    if (const auto v = reg.dword("", name))
      facts.readings.push_back({std::string("COMPONENTS.") + name, std::to_string(*v), reg.cite("", name)});
  if (const auto v = reg.dword("", "StoreDirty"); v && *v != 0) say(facts, facts.servicing.pending_operations, reg.cite("", "StoreDirty"));
}

/// True when it could be told whether pending.xml is there.
bool from_files(const target::Source& source, model::Facts& facts) {
  const std::string path = source.windows + "/WinSxS/pending.xml";
  const auto content = fs::read_file(*source.tree, path, limits::kTextBytes);
  if (!content) return content.error().code == ErrorCode::not_found && source.tree->list(source.windows + "/WinSxS");
  std::string what = source.tree->cite(path);
  if (const auto pending = format::manifest::parse_pending(bytes_of(*content)))
    what += " (" + std::to_string(pending->operations) + " operations)";
  else
    what += " (not readable: " + pending.error().text() + ")";
  say(facts, facts.servicing.pending_operations, what);
  return true;
}

void collect_pending(const target::Source& source, model::Facts& facts) {
  const auto* software = source.registry("SOFTWARE");
  const auto* components = source.registry("COMPONENTS");
  bool all_read = software != nullptr && components != nullptr;
  if (software != nullptr) {
    const target::Certainty sure(*software);
    from_software(*software, facts);
    all_read = all_read && sure.whole(kCbs);
  }
  if (components != nullptr) {
    const target::Certainty sure(*components);
    from_components(*components, facts);
    all_read = all_read && sure.holds();
  }
  const bool files_seen = source.tree && from_files(source, facts);
  // "No" needs every place where queued operations are kept: the file, the component hive and the package list.
  auto& pending = facts.servicing.pending_operations;
  if (pending == Tri::unknown && files_seen && all_read) pending = Tri::no;
}

}  // namespace

extern const Collector pending;
const Collector pending{"pending", collect_pending};

}  // namespace tq::evidence
