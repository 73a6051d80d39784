#include "fs/metered.hpp"

#include "fs/support/forward.hpp"
#include "io/meter.hpp"

namespace tq::fs {
namespace {

class Metered final : public Forward {
 public:
  using Forward::Forward;
  [[nodiscard]] Result<std::unique_ptr<io::ByteSource>> open(std::string_view path) const override {
    TQ_TRY(auto file, Forward::open(path));
    return io::metered(std::move(file), io::Meter::fs);
  }
};

}  // namespace

std::unique_ptr<Tree> metered(std::shared_ptr<const Tree> tree) { return std::make_unique<Metered>(std::move(tree)); }

}  // namespace tq::fs
