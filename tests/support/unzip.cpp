#include "tests/support/unzip.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace tq::test {

UnpackedZip::UnpackedZip(const std::string& archive) {
  path_ = (std::filesystem::temp_directory_path() / "tq_unzip_XXXXXX").string();
  if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("mkdtemp " + path_);
  std::FILE* p = ::popen(("unzip -q -o '" + archive + "' -d '" + path_ + "' 2>&1").c_str(), "r");
  if (p == nullptr || ::pclose(p) != 0) throw std::runtime_error("unzip failed: " + archive);
}

UnpackedZip::~UnpackedZip() {
  std::error_code ignored;  // a folder that stays behind in /tmp is no reason to fail a test
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace tq::test
