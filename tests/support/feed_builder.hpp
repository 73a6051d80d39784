// Small feeds as text: CVRF months and wesng definitions.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tq::test {

/// A month of CVRF. Products are (number, name); a fix names them by number.
class CvrfBuilder {
 public:
  explicit CvrfBuilder(std::string released = "2019-04-09") : released_(std::move(released)) {}
  CvrfBuilder& product(const std::string& id, const std::string& name);
  /// Begins a vulnerability; fixes belong to the last one.
  CvrfBuilder& cve(const std::string& cve, const std::string& title = "A title", const std::string& severity = "Critical");
  CvrfBuilder& fix(const std::string& kb, const std::vector<std::string>& products, const std::string& subtype = "Monthly Rollup",
                   const std::string& supersedes = "", const std::string& build = "", const std::string& url = "");
  /// Text put in front of the root, for documents that should be refused.
  CvrfBuilder& prologue(std::string text);
  [[nodiscard]] std::string text() const;

 private:
  std::string released_, prologue_, products_, vulnerabilities_, open_;
  std::vector<std::string> ids_;
};

std::string wesng_header();
/// One row of wesng's definitions.
std::string wesng_row(const std::string& date, const std::string& cve, const std::string& kb, const std::string& product,
                      const std::string& component = "", const std::string& supersedes = "", const std::string& title = "A bulletin");

}  // namespace tq::test
