// What the collection script asked of the live machine and wrote beside the copied Windows folder: keys that a saved hive
// does not hold, the list of hotfixes, and the public ids of the licences that were active.
#include <fmt/format.h>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/hotfix_list.hpp"
#include "evidence/support/note.hpp"
#include "format/qfe/qfe.hpp"
#include "format/textcodec/textcodec.hpp"

namespace tq::evidence {
namespace {

using model::Tri;

/// First line of the script's own file. The number is raised when the meaning of a line changes.
constexpr std::string_view kMark = "tourniquet-collect 1";
constexpr const char* kRebootKeys[] = {"cbs_reboot_pending", "cbs_reboot_in_progress", "update_reboot_required"};

/// Beside the Windows folder, whatever it is called and however deep the copy lies.
std::string beside(const target::Source& source, const char* name) {
  const auto slash = source.windows.rfind('/');
  return slash == std::string::npos ? name : source.windows.substr(0, slash + 1) + name;
}

std::optional<std::string> text_of(const target::Source& source, const std::string& path) {
  const auto bytes = fs::read_file(*source.tree, path, limits::kTextBytes);
  if (!bytes) return std::nullopt;
  return format::textcodec::decode(bytes_of(*bytes)).utf8;
}

/// The value of "name=value"; empty when no line has that name.
std::string_view answer(std::string_view text, std::string_view name) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = trim(text.substr(at, end - at));
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == '=') return line.substr(name.size() + 1);
    at = end + 1;
  }
  return {};
}

void reboot(std::string_view live, const std::string& where, model::Facts& facts) {
  std::size_t absent = 0;
  for (const char* key : kRebootKeys) {
    const auto said = answer(live, key);
    if (said == "present") {
      facts.servicing.reboot_pending = Tri::yes;
      facts.servicing.evidence.push_back(fmt::format("{}: {}", where, key));
    }
    if (said == "absent") ++absent;
  }
  // Asked of the running system, so that "absent" is an answer: a saved hive could not give it.
  if (absent == std::size(kRebootKeys) && facts.servicing.reboot_pending == Tri::unknown) facts.servicing.reboot_pending = Tri::no;
  if (answer(live, "cbs_packages_pending") != "present") return;
  facts.servicing.pending_operations = Tri::yes;
  facts.servicing.evidence.push_back(where + ": cbs_packages_pending");
}

/// whole: the script reached its end, so that the list was not broken off with it.
void hotfixes(const target::Source& source, bool whole, model::Facts& facts) {
  const std::string path = beside(source, "qfe.txt");
  const auto text = text_of(source, path);
  const auto list = text ? format::qfe::parse(*text) : Result<format::qfe::QfeList>(Error{});
  if (!list) return cover(facts, "collected.qfe", model::CoverageStatus::absent, "the script could not list the hotfixes");
  add_hotfixes(facts, *list, source.tree->cite(path), whole);
  cover(facts, "collected.qfe", model::CoverageStatus::read, fmt::format("{} entries", list->entries.size()));
}

void licences(const target::Source& source, const model::Wanted& wanted, model::Facts& facts) {
  const std::string path = beside(source, "licences.txt");
  const auto text = text_of(source, path);
  if (!text) return;
  const std::string content = lower_ascii(*text);
  for (const auto& id : wanted.licence_ids)
    if (content.find(id) != std::string::npos) facts.licence.ids.push_back({id, "live", source.tree->cite(path)});
}

void collect_collected_live(const target::Source& source, const model::Wanted& wanted, model::Facts& facts) {
  if (!source.tree || source.windows.empty()) return;
  const std::string path = beside(source, "tourniquet-collect.txt");
  const auto live = text_of(source, path);
  if (!live || !trim(*live).starts_with(kMark)) return;
  const std::string where = source.tree->cite(path);
  const auto lost = answer(*live, "lost");
  reboot(*live, where, facts);
  hotfixes(source, !lost.empty(), facts);
  licences(source, wanted, facts);
  // The last line is written at the very end: without it the copy was broken off, and what lacks may just not have been reached.
  if (lost.empty()) return cover(facts, "collected", model::CoverageStatus::failed, where + ": the script did not reach its end");
  cover(facts, "collected", lost == "0" ? model::CoverageStatus::read : model::CoverageStatus::failed,
        fmt::format("{}: {} parts could not be copied", where, lost));
}

}  // namespace

extern const Collector collected_live;
const Collector collected_live{"collected_live", nullptr, collect_collected_live};

}  // namespace tq::evidence
