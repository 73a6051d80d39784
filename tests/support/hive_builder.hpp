// Writes real registry hives for tests: base block, bins, nk, vk, lh/lf/li/ri, sk, db. The same calls give the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/version.hpp"

namespace tq::test {

class HiveBuilder {
 public:
  /// Kind of subkey lists. `natural`: lh for version 1.5, lf for older ones, as Windows does.
  enum class Lists { natural, lh, lf, li };

  /// `file_name` goes into the base block ("SOFTWARE", "SYSTEM").
  explicit HiveBuilder(std::string file_name = "SOFTWARE");
  ~HiveBuilder();
  HiveBuilder(HiveBuilder&&) noexcept;
  HiveBuilder& operator=(HiveBuilder&&) noexcept;
  HiveBuilder(const HiveBuilder&) = delete;
  HiveBuilder& operator=(const HiveBuilder&) = delete;

  // Paths are backslash-separated from the root ("" is the root); keys on the way are made. Setting a value again replaces it.
  HiveBuilder& key(std::string_view path);
  HiveBuilder& sz(std::string_view path, std::string_view name, std::string_view text);
  HiveBuilder& expand(std::string_view path, std::string_view name, std::string_view text);
  HiveBuilder& multi(std::string_view path, std::string_view name, const std::vector<std::string>& texts);
  HiveBuilder& dword(std::string_view path, std::string_view name, std::uint32_t value);
  HiveBuilder& qword(std::string_view path, std::string_view name, std::uint64_t value);
  HiveBuilder& binary(std::string_view path, std::string_view name, std::vector<std::byte> data);
  /// Any type number, any data.
  HiveBuilder& raw(std::string_view path, std::string_view name, std::uint32_t type, std::vector<std::byte> data);
  HiveBuilder& class_name(std::string_view path, std::string_view name);
  /// A symbolic link key; `target` is absolute ("\\Registry\\Machine\\SYSTEM\\ControlSet001").
  HiveBuilder& link(std::string_view path, std::string_view target);
  /// Takes a key and all below it away again. Absent keys are no error.
  HiveBuilder& remove(std::string_view path);

  /// Time of the hive and of every key that has none of its own. Default: 2020-01-14T00:00:00Z.
  HiveBuilder& last_written(FileTime time);
  HiveBuilder& last_written(std::string_view path, FileTime time);
  HiveBuilder& root_name(std::string name);
  HiveBuilder& minor_version(std::uint32_t version);  ///< default 5; 3 has no big data
  HiveBuilder& lists(Lists kind);
  HiveBuilder& sequence(std::uint32_t number);  ///< both sequence numbers; default 7

  [[nodiscard]] std::vector<std::byte> build() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A hive whose last write was cut off, with the logs that finish it.
struct DirtyHive {
  std::vector<std::byte> primary;  ///< the old bytes, header raised, checksum right
  std::vector<std::byte> log1;
  std::vector<std::byte> log2;  ///< HvLE: the last entries; DIRT: empty
};
/// As NT 6.0 and 6.1 leave it: one DIRT log with every 4 KiB that differs.
DirtyHive dirty_with_dirt_log(const std::vector<std::byte>& old_state, const std::vector<std::byte>& new_state);
/// As NT 6.3 and later leave it: `entries` HvLE entries in LOG1, one more in LOG2.
DirtyHive dirty_with_hvle_logs(const std::vector<std::byte>& old_state, const std::vector<std::byte>& new_state, std::uint32_t entries = 2);

/// Recomputes the checksum of the base block after a test changed a field of it.
void fix_checksum(std::vector<std::byte>& hive);

}  // namespace tq::test
