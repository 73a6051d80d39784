#include "cli/support/file_dump.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/json.hpp"
#include "core/text.hpp"
#include "model/json_words.hpp"

namespace tq::cli {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 18;

/// Feeds everything of a source to `digest`.
Status read_through(const io::ByteSource& source, std::vector<std::byte>& buffer, FileDump::Digest& digest) {
  buffer.resize(kPiece);
  for (std::uint64_t at = 0; at < source.size();) {
    TQ_TRY(const std::size_t n, source.read_at(at, buffer));
    if (n == 0) return Error{ErrorCode::truncated, "content", fmt::format("{} bytes", source.size()), fmt::format("{}", at), at};
    digest.add(Bytes(std::span(buffer).first(n), at));
    at += n;
  }
  return ok();
}

}  // namespace

void FileDump::add(const std::string& path, Digest& digest) {
  lines_.push_back(fmt::format("{}\t{}\t{}", printable(path, true), digest.size, digest.sha256.hex()));
}

void FileDump::add(const std::string& path, const Result<std::unique_ptr<io::ByteSource>>& file) {
  Digest digest;
  const Status s = file ? read_through(**file, buffer_, digest) : Status(file.error());
  if (s) return add(path, digest);
  lines_.push_back(fmt::format("{}\t?\t?{}", printable(path, true), printable(s.error().text(), true)));
}

std::string FileDump::take() {
  std::sort(lines_.begin(), lines_.end());
  std::string out;
  for (const auto& l : lines_) out += l + "\n";
  lines_.clear();
  return out;
}

Result<std::string> sha256_of(const io::ByteSource& source) {
  std::vector<std::byte> buffer;
  FileDump::Digest digest;
  TQ_TRY([[maybe_unused]] const auto read, read_through(source, buffer, digest));
  return digest.sha256.hex();
}

void put_lost(Json& about, const std::vector<Error>& lost) {
  auto list = Json::array();
  for (const auto& e : lost) list.push_back({{"offset", model::value_or_null(e.offset)}, {"what", to_valid_utf8(e.text())}});
  about["lost"] = std::move(list);
  about["lost_total"] = lost.size();
}

}  // namespace tq::cli
