#include "tests/support/image_files.hpp"

#include "core/text.hpp"

namespace tq::test {

ImageFiles& ImageFiles::add(const ImageFiles& other) {
  for (const auto& [name, bytes] : other.files) files[name] = bytes;
  return *this;
}

Result<std::vector<std::string>> MemoryNeighbours::names() const {
  std::vector<std::string> out;
  for (const auto& entry : files_.files) out.push_back(entry.first);
  return out;
}

Result<std::unique_ptr<io::ByteSource>> MemoryNeighbours::open(std::string_view name) const {
  const auto exact = files_.files.find(std::string(name));
  if (exact != files_.files.end()) return io::from_memory(exact->second);
  for (const auto& [other, bytes] : files_.files)
    if (iequals(other, name)) return io::from_memory(bytes);
  return Error{ErrorCode::not_found, printable(name), "a file beside the image", "none"};
}

image::File image_file(const ImageFiles& files, const MemoryNeighbours& beside) {
  image::File f;
  f.name = files.main;
  f.bytes = std::shared_ptr<const io::ByteSource>(io::from_memory(files.bytes()));
  f.beside = &beside;
  return f;
}

}  // namespace tq::test
