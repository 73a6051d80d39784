// `inspect --dump` of files: "path TAB size TAB sha256", sorted by path. Files are read in pieces, whatever their size.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/hash.hpp"
#include "core/json.hpp"
#include "io/byte_source.hpp"

namespace tq::cli {

class FileDump {
 public:
  /// A file whose bytes come in order.
  struct Digest {
    Sha256 sha256;
    std::uint64_t size = 0;
    void add(Bytes b) {
      sha256.add(b);
      size += b.size();
    }
  };
  void add(const std::string& path, Digest& digest);
  /// Reads the file to its end. A file that cannot be read gets a line with "?" and the reason in place of size and digest.
  void add(const std::string& path, const Result<std::unique_ptr<io::ByteSource>>& file);
  /// The lines, sorted.
  std::string take();

 private:
  std::vector<std::string> lines_;
  std::vector<std::byte> buffer_;
};

/// SHA-256 of a whole source, read in pieces.
Result<std::string> sha256_of(const io::ByteSource& source);
/// "lost": [{"offset", "what"}] and "lost_total", as for every kind of file.
void put_lost(Json& about, const std::vector<Error>& lost);

}  // namespace tq::cli
