// Cabinet files: header and signature place by our own reader, content through libmspack, all from memory and within limits.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace tq::format::cab {

/// Where the PKCS#7 signature lies: behind the cabinet's own bytes, named in the reserved area of the header.
struct SignaturePlace {
  std::uint64_t offset = 0, size = 0;
};

struct Header {
  std::uint32_t size = 0, files_offset = 0;
  std::uint16_t folders = 0, files = 0, flags = 0, set_id = 0, index = 0;
  bool has_previous = false, has_next = false;
  std::optional<SignaturePlace> signature;  ///< only when it lies inside the file
  std::vector<Error> lost;                  ///< a size or a signature that the file does not hold
};

/// Errors: truncated, corrupt (no "MSCF").
Result<Header> read_header(Bytes file);
/// By the signature; 4 bytes are enough.
bool is_cabinet(Bytes head);

struct File {
  std::string name;  ///< as stored, UTF-8; '\' between folders
  std::uint64_t size = 0;
};

inline constexpr std::uint64_t kMostUnpacked = std::uint64_t{512} << 20;  ///< of one folder, up to the end of the file wanted

/// `file` must outlive it. Damaged entries are left out, and named in lost().
class Cabinet {
 public:
  static Result<Cabinet> open(Bytes file);
  Cabinet(Cabinet&&) noexcept;
  Cabinet& operator=(Cabinet&&) noexcept;
  Cabinet(const Cabinet&) = delete;
  Cabinet& operator=(const Cabinet&) = delete;
  ~Cabinet();

  [[nodiscard]] const std::vector<File>& files() const;
  [[nodiscard]] const std::vector<Error>& lost() const;
  /// The content of files()[i]. Errors: limit (larger than `limit`, or too far into its folder), corrupt, unsupported.
  [[nodiscard]] Result<std::vector<std::byte>> extract(std::size_t i, std::uint64_t limit) const;

 private:
  struct Impl;
  explicit Cabinet(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tq::format::cab
