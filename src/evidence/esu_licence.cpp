// Traces of an ESU licence: activation ids in the token store, and the Azure agent that makes a key needless.
// The store's own state is protected and is not touched: "licensed" cannot be proven from a disk.
#include "core/limits.hpp"
#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/file_version.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

// NT 6.0 calls the service Software Licensing, 6.1 renamed it to Software Protection Platform.
constexpr const char* kStores[] = {"serviceprofiles/networkservice/appdata/roaming/microsoft/softwarelicensing/tokens.dat",
                                   "serviceprofiles/networkservice/appdata/roaming/microsoft/softwareprotectionplatform/tokens.dat"};

/// The id as ASCII, or as the UTF-16LE of it; empty when neither is there. Licences are XML in either encoding.
std::string found_as(std::string_view content, const std::string& id) {
  if (content.find(id) != std::string_view::npos) return "text";
  std::string spread;
  for (const char c : id) spread += {c, '\0'};
  return content.find(spread) != std::string_view::npos ? "UTF-16" : std::string{};
}

void token_store(const target::Source& source, const model::Wanted& wanted, model::Facts& facts) {
  bool any = false;
  for (const char* store : kStores) {
    const std::string path = tree_path(source, store);
    const auto bytes = fs::read_file(*source.tree, path, limits::kTextBytes);
    if (!bytes) {
      if (bytes.error().code == ErrorCode::not_found) continue;
      cover(facts, "esu.token_store", model::CoverageStatus::failed, bytes.error().text());
      return;
    }
    any = true;
    const std::string content = lower_ascii({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    for (const auto& id : wanted.licence_ids)
      if (const auto how = found_as(content, id); !how.empty()) facts.licence.ids.push_back({id, how, source.tree->cite(path)});
    cover(facts, "esu.token_store", model::CoverageStatus::read, source.tree->cite(path));
  }
  // Absent means absent only when the profile's folder can be listed: an extracted tree often lacks it.
  if (any)
    facts.licence.store = model::Tri::yes;
  else if (source.tree->list(tree_path(source, "serviceprofiles/networkservice/appdata/roaming/microsoft")))
    facts.licence.store = model::Tri::no;
}

void collect_esu_licence(const target::Source& source, const model::Wanted& wanted, model::Facts& facts) {
  auto& azure = facts.licence.azure;
  if (const auto* reg = source.registry("SYSTEM"); reg != nullptr && reg->has_key("CurrentControlSet\\Services")) {
    const bool agent = reg->has_key("CurrentControlSet\\Services\\WindowsAzureGuestAgent");
    azure = agent ? model::Tri::yes : reg->whole("CurrentControlSet\\Services") ? model::Tri::no : model::Tri::unknown;
  }
  if (!source.tree) return;
  if (const auto path = tree_path(source, "../windowsazure"); !path.empty() && source.tree->list(path)) azure = model::Tri::yes;
  if (!wanted.licence_ids.empty()) token_store(source, wanted, facts);
}

}  // namespace

extern const Collector esu_licence;
const Collector esu_licence{"esu_licence", nullptr, collect_esu_licence};

}  // namespace tq::evidence
