// Sections of one machine. Each is empty when there is nothing to say; then its heading is left out too.
#pragma once

#include <string>
#include <vector>

#include "report/support/html.hpp"

namespace tq::report::html {

/// A number or a date that is not broken over two lines.
std::string whole(std::string_view word);
/// A heading with what stands below it; nothing when that is empty.
std::string section(std::string_view heading, const std::string& content);
/// Places of evidence, one a line, in a monospaced face.
std::string places(const std::vector<std::string>& lines);
std::string cve_names(const std::vector<model::CveId>& ids);
/// How many findings are more than information.
std::size_t real_findings(const model::Machine& m);

/// The plan's steps; without a plan, the missing updates. Then what findings advise besides, each advice once.
std::string to_do(const model::Machine& m);
std::string exposure(const model::Verdict& v);
/// The same for auditors: every setting, the closed ones too.
std::string settings(const model::Verdict& v);
/// `as_of`: ISO; ends before it are over.
std::string lifecycle(const model::Lifecycle& l, const std::string& as_of);
std::string migration(const model::Migration& m);
std::string gates(const model::Facts& f);
std::string clocks(const model::Facts& f);
std::string coverage(const model::Facts& f);
/// Every update and every witness, for those who check the verdict.
std::string appendix(const model::Machine& m, const model::Report& report);

}  // namespace tq::report::html
