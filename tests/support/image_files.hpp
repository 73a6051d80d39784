// Images in memory: the files of one image, and the view of them as neighbours.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "image/format.hpp"

namespace tq::test {

/// The files of an image (and of its parents) by bare name; `main` is the one a user would name.
struct ImageFiles {
  std::string main;
  std::map<std::string, std::vector<std::byte>> files;

  /// Takes over the files of another image, as its parent or to have both in one folder; `main` stays.
  ImageFiles& add(const ImageFiles& other);
  [[nodiscard]] std::vector<std::byte>& bytes() { return files.at(main); }
  [[nodiscard]] const std::vector<std::byte>& bytes() const { return files.at(main); }
};

/// Files in memory as what lies beside an image. Keeps a reference to `files`.
class MemoryNeighbours final : public image::Neighbours {
 public:
  explicit MemoryNeighbours(const ImageFiles& files) : files_(files) {}
  [[nodiscard]] Result<std::vector<std::string>> names() const override;
  [[nodiscard]] Result<std::unique_ptr<io::ByteSource>> open(std::string_view name) const override;

 private:
  const ImageFiles& files_;
};

/// The main file with its neighbours, ready for Format::open; `beside` must live as long as the File is used.
image::File image_file(const ImageFiles& files, const MemoryNeighbours& beside);

}  // namespace tq::test
