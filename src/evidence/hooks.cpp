// Image File Execution Options of programs that servicing or the logon screen start: whoever sets a debugger or a verifier
// there runs its own program instead, or inside. Named here, judged later.
#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "evidence/collector.hpp"
#include "evidence/support/note.hpp"

namespace tq::evidence {
namespace {

// What installs updates, checks licences or starts those that do.
constexpr std::array<std::string_view, 14> kServicing = {
    "trustedinstaller.exe", "msiexec.exe", "wusa.exe", "pkgmgr.exe", "wuauclt.exe",  "wuapp.exe",
    "sppsvc.exe",           "slsvc.exe",   "slui.exe", "dism.exe",   "dismhost.exe", "poqexec.exe",
    "tiworker.exe",         "ocsetup.exe"};
// What can be started before anyone has logged on.
constexpr std::array<std::string_view, 7> kLogon = {"sethc.exe",    "utilman.exe",  "osk.exe",          "magnify.exe",
                                                    "narrator.exe", "atbroker.exe", "displayswitch.exe"};
constexpr std::array<std::string_view, 2> kValues = {"Debugger", "VerifierDlls"};

template <std::size_t N>
bool has(const std::array<std::string_view, N>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

void collect_hooks(const target::Source& source, model::Facts& facts) {
  const auto* reg = source.registry("SOFTWARE");
  if (reg == nullptr) return;
  const std::string key = std::string(kCurrentVersion) + "\\Image File Execution Options";
  const auto rows = reg->rows(key, kValues);
  if (!rows) return;
  for (const auto& row : *rows) {
    const std::string image = lower_ascii(row.name);
    const char* kind = has(kServicing, image) ? "image_hook" : has(kLogon, image) ? "logon_hook" : nullptr;
    if (kind == nullptr) continue;
    for (std::size_t i = 0; i < kValues.size(); ++i) {
      const auto text = row.values[i] ? row.values[i]->text() : std::nullopt;
      if (!text || text->empty()) continue;
      add_oddity(facts, kind, image + " " + std::string(kValues[i]) + " " + *text, reg->cite(key + "\\" + row.name, kValues[i]));
    }
  }
}

}  // namespace

extern const Collector hooks;
const Collector hooks{"hooks", collect_hooks};

}  // namespace tq::evidence
