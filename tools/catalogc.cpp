// catalogc DATA_DIR OUT_FILE: compiles the CSV files below DATA_DIR into one catalog. Problems go to standard error as
// file:line: text, and nothing is written then.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "catalog/compile.hpp"
#include "tools/support/tables_of_folder.hpp"

namespace {

bool write(const std::filesystem::path& path, const std::vector<std::byte>& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  out.close();
  return static_cast<bool>(out);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: catalogc DATA_DIR OUT_FILE\n", stderr);
    return 2;
  }
  std::string error;
  std::vector<tq::catalog::SourceFile> files = tq::tools::tables_of_folder(argv[1], error);
  if (!error.empty()) {
    std::fprintf(stderr, "catalogc: %s\n", error.c_str());
    return 1;
  }
  const tq::catalog::Compiled compiled = tq::catalog::compile(std::move(files));
  const std::string root = std::filesystem::path(argv[1]).generic_string();
  for (const auto& p : compiled.problems) std::fprintf(stderr, "%s%s%s\n", root.c_str(), p.file.empty() ? ": " : "/", p.text().c_str());
  if (!compiled.problems.empty()) return 1;
  if (write(argv[2], compiled.bytes)) return 0;
  std::fprintf(stderr, "catalogc: %s cannot be written\n", argv[2]);
  return 1;
}
