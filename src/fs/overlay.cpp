#include "fs/overlay.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace tq::fs {
namespace {

class Overlay final : public Tree {
 public:
  Overlay(std::shared_ptr<const Tree> base, std::vector<std::string> roots) : base_(std::move(base)), roots_(std::move(roots)) {}

  [[nodiscard]] Result<std::vector<io::Entry>> list(std::string_view path) const override {
    std::vector<io::Entry> out;
    std::optional<Error> first;
    bool any = false;
    for (const auto& root : roots_) {
      auto entries = base_->list(below(root, path));
      if (!entries) {
        if (!first || first->code == ErrorCode::not_found) first = entries.error();
        continue;
      }
      any = true;
      for (auto& e : *entries) {
        const auto same = [&e](const io::Entry& o) { return iequals(o.name, e.name); };
        if (std::none_of(out.begin(), out.end(), same)) out.push_back(std::move(e));
      }
    }
    if (!any) return *first;
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return out;
  }

  [[nodiscard]] Result<std::unique_ptr<io::ByteSource>> open(std::string_view path) const override {
    return base_->open(below(holder(path), path));
  }

  [[nodiscard]] Result<std::string> real_path(std::string_view path) const override {
    const std::string& root = holder(path);
    TQ_TRY(auto real, base_->real_path(below(root, path)));
    // The root's own spelling may differ in case only, so its length stands.
    return real.size() > root.size() ? real.substr(root.empty() ? 0 : root.size() + 1) : std::string{};
  }

  [[nodiscard]] std::optional<Error> gap(std::string_view path) const override {
    for (const auto& root : roots_)
      if (auto e = base_->gap(below(root, path))) return e;
    return std::nullopt;
  }

  void expect(const std::vector<std::string>& paths) const override {
    std::vector<std::string> of_base;
    of_base.reserve(paths.size());
    for (const auto& p : paths) of_base.push_back(below(holder(p), p));
    base_->expect(of_base);
  }

  [[nodiscard]] std::string cite(std::string_view path) const override { return base_->cite(below(holder(path), path)); }

 private:
  static std::string below(const std::string& root, std::string_view path) {
    return root.empty() ? std::string(path) : path.empty() ? root : root + "/" + std::string(path);
  }
  /// The root that has the path; the first one when none has it, for its error and its citation.
  [[nodiscard]] const std::string& holder(std::string_view path) const {
    for (const auto& root : roots_)
      if (base_->real_path(below(root, path))) return root;
    return roots_.front();
  }

  std::shared_ptr<const Tree> base_;
  std::vector<std::string> roots_;
};

}  // namespace

std::unique_ptr<Tree> overlay(std::shared_ptr<const Tree> base, std::vector<std::string> roots) {
  return std::make_unique<Overlay>(std::move(base), std::move(roots));
}

}  // namespace tq::fs
