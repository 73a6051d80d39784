// What the rules of hooks and of ESU share.
#pragma once

#include <string>

#include "rules/rule.hpp"

namespace tq::rules {

/// Traces of tools that are known by name are told as such (TQ3002), once.
bool told_as_bypass(const Context& c, const std::string& where);

}  // namespace tq::rules
