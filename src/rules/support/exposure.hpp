// Small questions that the rules of exposure share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/rule.hpp"

namespace tq::rules {

/// nullptr: the verdict says nothing of it.
const model::Exposure* exposure(const Context& c, std::string_view id);
bool is_open(const Context& c, std::string_view id);
/// Open by a value, where this Windows is closed without it: somebody chose it. Setup writes many values as they would be
/// anyway, so that a value is there says nothing by itself. False where the default is not known.
bool is_chosen(const Context& c, const model::Exposure& e);
bool is_chosen(const Context& c, std::string_view id);
/// Open ones among these, in this order.
std::vector<const model::Exposure*> open_of(const Context& c, const std::vector<std::string_view>& ids);

/// One finding over several exposures: their sentences, and their places as evidence.
Said say(const std::vector<const model::Exposure*>& list, model::Severity severity);
/// "CVE-1, CVE-2 and 3 more".
std::string cve_list(const std::vector<model::CveId>& cves);
/// One of them is on CISA's list.
bool any_known_exploited(const Context& c, const std::vector<model::CveId>& cves);
/// "; the last update for this product was made on 2026-01-13" where the day has passed; empty otherwise.
std::string no_more_updates(const Context& c);

}  // namespace tq::rules
