#include "fs/watched.hpp"

#include "fs/support/forward.hpp"

namespace tq::fs {
namespace {

class Watched final : public Forward {
 public:
  Watched(std::shared_ptr<const Tree> tree, OnOpen on_open) : Forward(std::move(tree)), on_open_(std::move(on_open)) {}
  [[nodiscard]] Result<std::unique_ptr<io::ByteSource>> open(std::string_view path) const override {
    TQ_TRY(auto file, Forward::open(path));
    // The spelling of the tree, so that one file has one name however it was asked for.
    const auto real = real_path(path);
    on_open_(cite(real ? *real : std::string(path)), *file);
    return file;
  }

 private:
  OnOpen on_open_;
};

}  // namespace

std::unique_ptr<Tree> watched(std::shared_ptr<const Tree> tree, OnOpen on_open) {
  return std::make_unique<Watched>(std::move(tree), std::move(on_open));
}

}  // namespace tq::fs
