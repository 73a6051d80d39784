// NTFS volumes: open, walk every name, read every stream, look names up again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/text.hpp"
#include "fs/ntfs/ntfs.hpp"
#include "fuzz/sink.hpp"
#include "fuzz/sparse.hpp"

namespace {

/// At most `left` bytes in all: a sparse file of 2^60 bytes is a legal one.
void read_some(const tq::io::ByteSource& s, std::uint64_t& left) {
  static std::vector<std::byte> buffer(65536);
  for (std::uint64_t at = 0; at < s.size() && left > buffer.size(); at += buffer.size(), left -= buffer.size())
    if (!s.read_at(at, buffer)) return;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto v = tq::fs::ntfs::open_ntfs(tq::fuzz::view(tq::fuzz::unfold(std::as_bytes(std::span(data, size)))), "fuzz");
  std::string out;
  if (!v) {
    out = v.error().text();
    return out.empty() ? 1 : 0;
  }
  std::uint64_t left = std::uint64_t{4} << 20;
  std::vector<std::string> paths;
  static_cast<void>((*v)->walk([&](const tq::fs::ntfs::WalkEntry& e) {
    out += tq::printable(e.path) + "\t" + std::to_string(e.size) + "\t" + e.modified.text() + "\n";
    for (const auto& lost : e.lost) out += lost.text();
    if (const auto s = (*v)->open_reference(e.reference)) read_some(**s, left);
    for (const auto& stream : e.streams) paths.push_back(e.path + ":" + stream.name);
    paths.push_back(tq::lower_ascii(e.path));
    return paths.size() < 5000;
  }));
  for (const auto& path : paths) {
    if (const auto s = (*v)->open(path)) read_some(**s, left);
    static_cast<void>((*v)->real_path(path));
  }
  for (const auto& note : (*v)->notes()) out += note;
  for (const auto& lost : (*v)->lost()) out += lost.text();
  return 0;
}
