// VMDK reader: open, read here and there, print everything. Every file beside the input is what follows the first 1024 bytes of it, so
// that one input can hold a descriptor and an extent.
#include <cstdint>
#include <cstdio>

#include "fuzz/sink.hpp"
#include "image/format.hpp"

using namespace tq;

namespace tq::image {
extern const Format vmdk;
}

namespace {

constexpr std::size_t kSecondFileAt = 1024;

class Rest final : public image::Neighbours {
 public:
  explicit Rest(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] Result<std::vector<std::string>> names() const override { return std::vector<std::string>{"a", "b"}; }
  [[nodiscard]] Result<std::unique_ptr<io::ByteSource>> open(std::string_view /*name*/) const override { return io::from_memory(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto in = std::as_bytes(std::span(data, size));
  const auto rest = in.subspan(std::min(kSecondFileAt, size));
  const Rest beside({rest.begin(), rest.end()});
  image::File file;
  file.name = "input";
  file.bytes = io::from_memory({in.begin(), in.end()});
  file.beside = &beside;
  print(image::vmdk.probe(file) ? "yes" : "no");
  const auto opened = image::vmdk.open(file);
  if (!opened) {
    print(opened.error().text());
    return 0;
  }
  print(opened->variant);
  for (const std::string& note : opened->notes) print(note);
  std::vector<std::byte> out(70001);
  for (std::uint64_t part = 0; part < 16; ++part) {
    const auto n = opened->disk->read_at(opened->disk->size() / 16 * part, out);
    print(n ? std::string(reinterpret_cast<const char*>(out.data()), *n) : n.error().text());
  }
  return 0;
}
