#include "fs/cited.hpp"

#include "fs/support/forward.hpp"

namespace tq::fs {
namespace {

class Cited final : public Forward {
 public:
  Cited(std::shared_ptr<const Tree> tree, std::string prefix) : Forward(std::move(tree)), prefix_(std::move(prefix)) {}
  [[nodiscard]] std::string cite(std::string_view path) const override {
    if (!path.empty()) return prefix_ + std::string(path);
    return prefix_.substr(0, prefix_.find_last_not_of('/') + 1);
  }

 private:
  std::string prefix_;
};

}  // namespace

std::unique_ptr<Tree> cited(std::shared_ptr<const Tree> tree, std::string prefix) {
  return std::make_unique<Cited>(std::move(tree), std::move(prefix));
}

}  // namespace tq::fs
