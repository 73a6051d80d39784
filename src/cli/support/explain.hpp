// What `explain` answers with, and its answers about updates and CVEs.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/catalog.hpp"

namespace tq::cli {

/// One answer: a heading and labelled lines, the same for text and JSON.
struct Answer {
  std::string kind, title;
  std::vector<std::pair<std::string, std::string>> lines;
  void add(const char* label, std::string_view s) {
    if (!s.empty()) lines.emplace_back(label, s);
  }
  /// Note, source and confidence of a row.
  void source(const catalog::Provenance& p);
};

/// An update, and the bundles of .NET Framework that a machine lists under this number.
void explain_kb(std::uint32_t kb, const catalog::Catalog& c, std::vector<Answer>& out);
/// A CVE or advisory: what it is, and what repairs it on which Windows.
void explain_cve(catalog::CveId cve, const catalog::Catalog& c, std::vector<Answer>& out);

}  // namespace tq::cli
