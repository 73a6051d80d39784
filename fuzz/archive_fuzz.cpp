// Archives: list, look up, unpack and stream whatever libarchive takes for a zip, 7z or tar, with small limits.
#include <cstdint>
#include <cstdio>
#include <vector>

#include "fs/archive.hpp"
#include "fuzz/sink.hpp"

using namespace tq;

namespace {

void walk(const fs::Archive& a, const std::string& path, int depth) {
  const auto entries = a.list(path);
  if (!entries || depth > 70) return;
  for (const auto& e : *entries) {
    const std::string below = path.empty() ? e.name : path + "/" + e.name;
    print(a.cite(below) + e.modified.text());
    if (e.kind == io::EntryKind::folder)
      walk(a, below, depth + 1);
    else if (const auto b = fs::read_file(a, below, 1 << 20))
      print(bytes_of(*b).chars());
    else
      print(b.error().text());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  print(fs::looks_like_archive(Bytes(bytes)) ? "archive" : "other");
  fs::ArchiveOptions options;
  options.limits.members = 200;
  options.limits.member_bytes = options.limits.free_bytes = 1 << 20;
  options.keep = [](std::string_view path) { return path.size() % 2 == 0; };
  const auto a = fs::open_archive(fuzz::view(bytes), "fuzz", options);
  if (!a) {
    print(a.error().text());
    return 0;
  }
  walk(**a, "", 0);
  (void)(*a)->stream([](const std::string& path, Bytes chunk) {
    print(path);
    print(chunk.chars());
  });
  for (const auto& e : (*a)->lost()) print(e.text());
  return 0;
}
