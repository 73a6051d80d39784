// Archives of the corpus, unpacked through the unzip program into a folder of their own.
#pragma once

#include <string>

namespace tq::test {
/// A folder below the temporary directory; removed with all that is in it at the end.
class UnpackedZip {
 public:
  /// Fails the test when unzip is missing or refuses the archive.
  explicit UnpackedZip(const std::string& archive);
  ~UnpackedZip();
  UnpackedZip(const UnpackedZip&) = delete;
  UnpackedZip& operator=(const UnpackedZip&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};
}  // namespace tq::test
