#include "io/meter.hpp"

#include <array>
#include <atomic>

namespace tq::io {
namespace {

std::array<std::atomic<std::uint64_t>, 3> g_bytes{};

class Metered final : public ByteSource {
 public:
  Metered(std::shared_ptr<const ByteSource> source, Meter meter) : source_(std::move(source)), meter_(meter) {}
  [[nodiscard]] std::uint64_t size() const override { return source_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    auto n = source_->read_at(offset, out);
    if (n) g_bytes[static_cast<std::size_t>(meter_)] += *n;
    return n;
  }

 private:
  std::shared_ptr<const ByteSource> source_;
  Meter meter_;
};

}  // namespace

std::shared_ptr<const ByteSource> metered(std::shared_ptr<const ByteSource> source, Meter meter) {
  return std::make_shared<Metered>(std::move(source), meter);
}

std::unique_ptr<ByteSource> metered(std::unique_ptr<ByteSource> source, Meter meter) {
  return std::make_unique<Metered>(std::move(source), meter);
}

std::uint64_t metered_bytes(Meter meter) { return g_bytes[static_cast<std::size_t>(meter)]; }

}  // namespace tq::io
