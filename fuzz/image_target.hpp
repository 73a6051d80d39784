// What the fuzz targets of the image formats share.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/sparse.hpp"
#include "image/format.hpp"

namespace tq::fuzz {

/// Every name is the input itself: parents and segments are found, and are as hostile as the image.
class SameFile final : public image::Neighbours {
 public:
  explicit SameFile(const std::vector<std::byte>& bytes) : bytes_(bytes) {}
  [[nodiscard]] Result<std::vector<std::string>> names() const override { return std::vector<std::string>{"another"}; }
  [[nodiscard]] Result<std::unique_ptr<io::ByteSource>> open(std::string_view) const override {
    if (++opened_ > 8) return Error{ErrorCode::not_found, "fuzz", "a file", "enough of them", {}, {}};
    return io::from_memory(bytes_);
  }

 private:
  const std::vector<std::byte>& bytes_;
  mutable int opened_ = 0;
};

/// Printing to a sink forces each byte to be looked at.
inline void print(std::string_view s) {
  static std::FILE* const sink = std::fopen("/dev/null", "w");
  if (sink != nullptr) std::fwrite(s.data(), 1, s.size(), sink);
}

inline void read_around(const io::ByteSource& disk) {
  std::vector<std::byte> out(70001);
  for (std::uint64_t part = 0; part < 9; ++part) {
    const auto n = disk.read_at(disk.size() / 8 * part, out);
    print(n ? std::string(reinterpret_cast<const char*>(out.data()), *n) : n.error().text());
  }
}

inline bool open_bytes(const std::vector<std::byte>& bytes, std::string_view format, const char* name) {
  const SameFile beside(bytes);
  image::File file;
  file.name = name;
  file.bytes = std::shared_ptr<const io::ByteSource>(io::from_memory(bytes));
  file.beside = &beside;
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

/// The input, sparse or as it is (sparse.hpp); what cannot be opened is tried again with the checksums that `mend` makes.
inline void open_and_read(const std::uint8_t* data, std::size_t size, std::string_view format, const char* name,
                          void (*mend)(std::vector<std::byte>&) = nullptr) {
  std::vector<std::byte> bytes = unfold(std::as_bytes(std::span(data, size)));
  if (open_bytes(bytes, format, name) || mend == nullptr) return;
  mend(bytes);
  open_bytes(bytes, format, name);
}

}  // namespace tq::fuzz
