#include "fleet/fingerprint.hpp"

#include <fmt/format.h>

#include "core/hash.hpp"
#include "fleet/profile.hpp"
#include "io/folder.hpp"

namespace tq::fleet {
namespace {

constexpr std::size_t kBlock = 65536;
/// Servicing changes something in each of these: hives are rewritten, the kernel replaced, the store grows.
constexpr const char* kEvidenceFolders[] = {"",         "Windows",        "Windows/System32", "Windows/System32/config", "Windows/winsxs",
                                            "System32", "System32/config"};

Result<std::int64_t> of_folder(const std::string& path, const std::string& item) {
  TQ_TRY(const auto folder, io::Folder::open(path));
  std::string seen = item + '\0';
  for (const char* place : kEvidenceFolders) {
    const auto entries = folder.list(place);
    if (!entries) continue;
    for (const auto& e : *entries) seen += fmt::format("{}/{}\t{}\t{}\n", place, e.name, e.size, e.modified.ticks);
  }
  return short_hash(seen);
}

Result<std::int64_t> of_file(const std::string& path, const std::string& item) {
  TQ_TRY(const auto file, io::open_file(path));
  const std::uint64_t size = file->size();
  Sha256 digest;
  digest.add(bytes_of(item + '\0'));
  std::vector<std::byte> block(kBlock);
  const bool whole = size <= kWholeBytes;
  const std::uint64_t step = whole ? kBlock : size / kSamples;
  if (!whole) digest.add(bytes_of(std::to_string(size) + '\0'));
  for (std::uint64_t at = 0; at < size; at += step) {
    TQ_TRY(const std::size_t n, file->read_at(at, block));
    digest.add(Bytes(std::span(block).first(n)));
    if (n == 0) break;
  }
  return short_hash(digest.hex());
}

}  // namespace

Result<std::int64_t> fingerprint(const std::string& path, const std::string& item) {
  return io::host_kind(path) == io::HostKind::folder ? of_folder(path, item) : of_file(path, item);
}

}  // namespace tq::fleet
