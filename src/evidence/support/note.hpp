// Small words that every collector needs.
#pragma once

#include <string>

#include "model/facts.hpp"
#include "target/source.hpp"

namespace tq::evidence {

/// Notes how reading a source went; `detail` is for people and says why where it failed.
void cover(model::Facts& facts, std::string source, model::CoverageStatus status, std::string detail = {});
/// Something that Windows and its updates do not leave behind.
void add_oddity(model::Facts& facts, const char* kind, std::string what, std::string where);
/// Adds a reading when the value is there as text.
void read_text(const target::Registry& reg, model::Facts& facts, std::string_view key, std::string_view name, const std::string& as);
/// The first reading of that name; empty when there is none.
std::string reading(const model::Facts& facts, std::string_view name);
/// "64" from "AMD64"/"amd64"/"x64"...: the contract's words; empty for anything else.
std::string arch_word(std::string_view s);

inline constexpr const char* kCurrentVersion = "Microsoft\\Windows NT\\CurrentVersion";
inline constexpr const char* kCbs = "Microsoft\\Windows\\CurrentVersion\\Component Based Servicing";

}  // namespace tq::evidence
