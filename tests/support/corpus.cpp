#include "tests/support/corpus.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>

namespace tq::test {

std::optional<std::string> corpus(const std::string& relative) {
  const char* root = std::getenv("TQ_CORPUS");
  if (root == nullptr || *root == 0) {
    std::cout << "SKIPPED (set TQ_CORPUS): " << relative << "\n";
    return std::nullopt;
  }
  return std::string(root) + "/" + relative;
}

std::vector<std::byte> slurp(const std::string& path) {
  std::vector<std::byte> out;
  if (path.ends_with(".xz")) {
    std::FILE* p = ::popen(("xz -dc '" + path + "'").c_str(), "r");
    if (p == nullptr) throw std::runtime_error("xz: " + path);
    std::array<std::byte, 65536> buf{};
    for (std::size_t n = 0; (n = std::fread(buf.data(), 1, buf.size(), p)) > 0;)
      out.insert(out.end(), buf.begin(), buf.begin() + static_cast<std::ptrdiff_t>(n));
    if (::pclose(p) != 0) throw std::runtime_error("xz failed: " + path);
    return out;
  }
  std::ifstream f(path, std::ios::binary);
  if (!f) throw std::runtime_error("cannot read " + path);
  f.seekg(0, std::ios::end);
  out.resize(static_cast<std::size_t>(f.tellg()));
  f.seekg(0);
  f.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
  return out;
}

std::map<std::string, std::vector<std::byte>> hive_with_logs(const std::string& relative, const std::string& as) {
  const auto path = corpus(relative);
  if (!path) return {};
  const std::string packed = path->ends_with(".xz") ? ".xz" : "";
  const std::string plain = path->substr(0, path->size() - packed.size());
  std::map<std::string, std::vector<std::byte>> out = {{as, slurp(*path)}};
  for (const char* log : {".LOG1", ".LOG2"})
    if (std::filesystem::exists(plain + log + packed)) out.emplace(as + log, slurp(plain + log + packed));
  return out;
}

}  // namespace tq::test
