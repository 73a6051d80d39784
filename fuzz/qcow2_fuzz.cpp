// QCOW2 reader: open, with the input itself as every file beside it, read here and there, print everything.
#include <cstdint>
#include <cstdio>

#include "fuzz/sink.hpp"
#include "image/format.hpp"

using namespace tq;

namespace tq::image {
extern const Format qcow2;
}

namespace {

class Same final : public image::Neighbours {
 public:
  explicit Same(const std::vector<std::byte>& bytes) : bytes_(bytes) {}
  [[nodiscard]] Result<std::vector<std::string>> names() const override { return std::vector<std::string>{"a", "b"}; }
  [[nodiscard]] Result<std::unique_ptr<io::ByteSource>> open(std::string_view /*name*/) const override { return io::from_memory(bytes_); }

 private:
  const std::vector<std::byte>& bytes_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto in = std::as_bytes(std::span(data, size));
  const std::vector<std::byte> bytes(in.begin(), in.end());
  const Same beside(bytes);
  image::File file;
  file.name = "input";
  file.bytes = io::from_memory(bytes);
  file.beside = &beside;
  print(image::qcow2.probe(file) ? "yes" : "no");
  const auto opened = image::qcow2.open(file);
  if (!opened) {
    print(opened.error().text());
    return 0;
  }
  for (const std::string& note : opened->notes) print(note);
  std::vector<std::byte> out(70001);
  for (std::uint64_t part = 0; part < 16; ++part) {
    const auto n = opened->disk->read_at(opened->disk->size() / 16 * part, out);
    print(n ? std::string(reinterpret_cast<const char*>(out.data()), *n) : n.error().text());
  }
  return 0;
}
