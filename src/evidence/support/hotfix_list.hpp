// A list of updates that wmic or PowerShell made, as facts.
#pragma once

#include <string>

#include "format/qfe/qfe.hpp"
#include "model/facts.hpp"

namespace tq::evidence {

/// Adds the updates of a list and the list itself, which is complete when nothing of it was lost and `whole`. `where`: how the text is
/// cited.
void add_hotfixes(model::Facts& facts, const format::qfe::QfeList& list, const std::string& where, bool whole);

}  // namespace tq::evidence
