// Writes real zip and tar archives, hostile ones included: names, sizes and flags are written as they are given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/machine_builder.hpp"

namespace tq::test {

class ZipBuilder {
 public:
  enum class Method { stored, deflated };
  ZipBuilder& file(const std::string& name, const std::vector<std::byte>& content, Method method = Method::deflated);
  ZipBuilder& folder(const std::string& name) { return file(name + "/", {}, Method::stored); }
  /// Flagged as encrypted (traditional PKWARE); its bytes are noise.
  ZipBuilder& encrypted(const std::string& name, const std::vector<std::byte>& content);
  /// A symbolic link, as Info-ZIP writes it on Unix.
  ZipBuilder& link(const std::string& name, const std::string& target);
  /// The size both headers declare for the last member, whatever its bytes are.
  ZipBuilder& declare(std::uint32_t size);
  [[nodiscard]] std::vector<std::byte> build() const;

 private:
  struct Entry {
    std::string name;
    std::vector<std::byte> packed;
    std::uint32_t size = 0, crc = 0;
    std::uint16_t flags = 0, method = 0;
    std::uint32_t unix_mode = 0100644;
  };
  std::vector<Entry> entries_;
};

class TarBuilder {
 public:
  /// POSIX ustar; `type` is the type flag: '0' file, '1' hard link, '2' symbolic link, '3' device, '5' folder. A long name is
  /// written as GNU tar does.
  TarBuilder& member(const std::string& name, char type, const std::vector<std::byte>& content, const std::string& target = {});
  TarBuilder& file(const std::string& name, const std::vector<std::byte>& content) { return member(name, '0', content); }
  [[nodiscard]] std::vector<std::byte> build() const;

 private:
  std::vector<std::byte> bytes_;
};

std::vector<std::byte> gzip(const std::vector<std::byte>& content);
std::vector<std::byte> zstd(const std::vector<std::byte>& content);
/// Every file of a machine below `prefix` ("C/").
std::vector<std::byte> zip_of(const FileMap& files, const std::string& prefix = {});
std::vector<std::byte> tar_of(const FileMap& files, const std::string& prefix = {});

}  // namespace tq::test
