#include "rules/support/exposure.hpp"

namespace tq::rules {
namespace {

using model::Severity;

const std::vector<std::string_view> kWeak = {"ntlmv1_sent",        "ntlmv1_accepted",    "lm_hash",         "anonymous_shares",
                                             "anonymous_accounts", "anonymous_everyone", "blank_passwords", "null_sessions"};

void find_tq6009(const Context& c, std::vector<Said>& out) {
  // What somebody chose, and what Windows does by itself, are two findings.
  std::vector<const model::Exposure*> chosen, by_default;
  for (const auto* e : open_of(c, kWeak)) (is_chosen(c, *e) ? chosen : by_default).push_back(e);
  if (!chosen.empty()) out.push_back(say(chosen, Severity::medium));
  if (!by_default.empty()) out.push_back(say(by_default, Severity::info));
}

}  // namespace

extern const Rule tq6009_weak_logons;
const Rule tq6009_weak_logons{
    "TQ6009",
    model::Severity::medium,
    "Weak or nameless logons are allowed",
    "LM and NTLM version 1 answers are broken in hours at most, and an LM hash in minutes. Lists of accounts and shares that anyone may "
    "read "
    "tell an attacker where to begin. What Windows does by default is told apart from what was set.",
    "Values of Lsa and LanmanServer\\Parameters; an absent value stands for the default of that Windows.",
    "LmCompatibilityLevel 5 where nothing old needs less, NoLMHash 1 (then new passwords), RestrictAnonymous 1. Certified equipment: ask "
    "the "
    "vendor which of its programs still need NTLM version 1 before changing it; else keep its accounts for this machine alone.",
    "Microsoft, security policy settings; data/catalog/common/exposure_settings.csv",
    find_tq6009,
};

}  // namespace tq::rules
