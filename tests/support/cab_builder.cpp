#include "tests/support/cab_builder.hpp"

#include <algorithm>
#include <cstdint>

namespace tq::test {
namespace {

constexpr std::size_t kHeader = 36, kFolder = 8, kBlock = 32768;

class Out {
 public:
  void number(std::uint64_t v, int bytes) {
    for (int i = 0; i < bytes; ++i) bytes_.push_back(static_cast<std::byte>(v >> (8 * i) & 0xFF));
  }
  void text(const std::string& s) {
    for (const char c : s) bytes_.push_back(static_cast<std::byte>(c));
    bytes_.push_back(std::byte{0});
  }
  void raw(const std::byte* p, std::size_t n) { bytes_.insert(bytes_.end(), p, p + n); }
  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace

std::vector<std::byte> build_cabinet(const std::vector<std::pair<std::string, std::vector<std::byte>>>& files) {
  std::vector<std::byte> data;
  std::size_t entries = 0;
  for (const auto& [name, content] : files) {
    data.insert(data.end(), content.begin(), content.end());
    entries += 16 + name.size() + 1;
  }
  const std::size_t blocks = (data.size() + kBlock - 1) / kBlock;
  const std::size_t data_at = kHeader + kFolder + entries, total = data_at + blocks * 8 + data.size();
  Out o;
  o.number(0x4643534D, 4), o.number(0, 4), o.number(total, 4), o.number(0, 4), o.number(kHeader + kFolder, 4), o.number(0, 4);
  o.number(3, 1), o.number(1, 1), o.number(1, 2), o.number(files.size(), 2), o.number(0, 2), o.number(0x1234, 2), o.number(0, 2);
  o.number(data_at, 4), o.number(blocks, 2), o.number(0, 2);
  std::size_t at = 0;
  for (const auto& [name, content] : files) {
    o.number(content.size(), 4), o.number(at, 4), o.number(0, 2), o.number(0x5000, 2), o.number(0, 2), o.number(0x20, 2);
    o.text(name);
    at += content.size();
  }
  for (std::size_t i = 0; i < blocks; ++i) {
    const std::size_t n = std::min(kBlock, data.size() - i * kBlock);
    o.number(0, 4), o.number(n, 2), o.number(n, 2);
    o.raw(data.data() + i * kBlock, n);
  }
  return o.take();
}

}  // namespace tq::test
