// What the fuzz targets of the image formats share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/sink.hpp"
#include "fuzz/sparse.hpp"
#include "image/format.hpp"

namespace tq::fuzz {

/// Every name is the input itself, or its end: parents and segments are found, and are as hostile as the image.
class SameFile final : public image::Neighbours {
 public:
  explicit SameFile(std::span<const std::byte> bytes) : bytes_(bytes) {}
  [[nodiscard]] Result<std::vector<std::string>> names() const override { return std::vector<std::string>{"another", "b"}; }
  [[nodiscard]] Result<std::unique_ptr<io::ByteSource>> open(std::string_view) const override {
    if (++opened_ > 8) return Error{ErrorCode::not_found, "fuzz", "a file", "enough of them"};
    return view(bytes_);
  }

 private:
  std::span<const std::byte> bytes_;
  mutable int opened_ = 0;
};

inline void read_around(const io::ByteSource& disk) {
  static std::vector<std::byte> out(70001);
  for (std::uint64_t part = 0; part < 9; ++part) {
    const auto n = disk.read_at(disk.size() / 8 * part, out);
    if (n)
      print({reinterpret_cast<const char*>(out.data()), *n});
    else
      print(n.error().text());
  }
}

inline bool open_bytes(std::span<const std::byte> bytes, std::string_view format, const char* name, std::size_t beside_from) {
  const SameFile beside(bytes.subspan(std::min(beside_from, bytes.size())));
  image::File file;
  file.name = name;
  file.bytes = std::shared_ptr<const io::ByteSource>(view(bytes));
  file.beside = &beside;
  for (const image::Format* f : image::all())
    if (f->probe(file)) print(f->name);
  const auto image = image::open_as(file, format);
  if (!image) {
    print(image.error().text());
    return false;
  }
  print(image->format + image->variant);
  for (const std::string& f : image->files) print(f);
  for (const std::string& note : image->notes) print(note);
  read_around(*image->disk);
  return true;
}

struct ImageTarget {
  std::string_view format;
  const char* name = nullptr;                       // of the file that is opened
  void (*mend)(std::vector<std::byte>&) = nullptr;  // what cannot be opened is tried again with the checksums that this makes
  std::size_t beside_from = 0;                      // where in the input the files beside it begin
};

/// The input, sparse or as it is (sparse.hpp).
inline void open_and_read(const std::uint8_t* data, std::size_t size, const ImageTarget& t) {
  std::vector<std::byte>& bytes = unfold(std::as_bytes(std::span(data, size)));
  if (open_bytes(bytes, t.format, t.name, t.beside_from) || t.mend == nullptr) return;
  t.mend(bytes);
  open_bytes(bytes, t.format, t.name, t.beside_from);
}

}  // namespace tq::fuzz
