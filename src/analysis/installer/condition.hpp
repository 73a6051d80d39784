// Conditions of Windows Installer: "VersionNT >= 600 AND WindowsBuild = 6002". Grammar and comparisons as the documentation of
// "Conditional Statement Syntax" gives them; what a property is worth is known for a few only, the rest may be anything.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tq::analysis::installer {

/// Property -> value on one build. nullopt: it depends on the build in a way that is not known.
using Values = std::map<std::string, std::optional<std::string>, std::less<>>;

enum class Parts { alike, differ, unclear };

class Condition {
 public:
  /// nullopt: no condition of that grammar.
  static std::optional<Condition> parse(std::string_view text);
  Condition(Condition&&) noexcept;
  Condition& operator=(Condition&&) noexcept;
  ~Condition();

  /// The properties it names, in order.
  [[nodiscard]] const std::vector<std::string>& properties() const { return properties_; }
  /// Is there a state of everything unknown in which the two builds decide it differently? `unclear` when it has too many
  /// unknowns to try, or compares what depends on the build with something unknown.
  [[nodiscard]] Parts compare(const Values& a, const Values& b) const;

  struct Node;

 private:
  Condition();
  std::unique_ptr<Node> root_;
  std::vector<std::string> properties_;
  std::vector<const Node*> atoms_;
  friend class Parser;
};

}  // namespace tq::analysis::installer
