// One view of a registry hive, whether it comes from a hive file or from a text export.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/version.hpp"
#include "format/regf/hive.hpp"

namespace tq::target {

/// A value, copied out of wherever it came from.
struct RegistryValue {
  std::string name;
  std::uint32_t type = 0;  ///< REG_SZ = 1, REG_BINARY = 3, REG_DWORD = 4, REG_MULTI_SZ = 7, ...
  std::vector<std::byte> data;
  std::string where;  ///< "SOFTWARE//Microsoft\Windows NT\CurrentVersion:CurrentBuildNumber"

  /// REG_SZ and REG_EXPAND_SZ up to the first NUL, as UTF-8; nullopt for any other type.
  [[nodiscard]] std::optional<std::string> text() const;
  /// REG_DWORD of exactly four bytes.
  [[nodiscard]] std::optional<std::uint32_t> dword() const;
  /// REG_MULTI_SZ up to the first empty string, or the one text of REG_SZ; empty texts are left out. nullopt for any other type.
  [[nodiscard]] std::optional<std::vector<std::string>> texts() const;
};

/// One subkey with the values that were asked for, in the order asked; `where` of each is empty.
struct RegistryRow {
  std::string name;
  std::vector<std::optional<RegistryValue>> values;
  /// Of values[column]; empty when it is not there or no text.
  [[nodiscard]] std::string text(std::size_t column) const { return values[column] ? values[column]->text().value_or("") : std::string{}; }
};

/// Keys are paths from the root of the hive, components separated by '\'.
class Registry {
 public:
  virtual ~Registry() = default;
  [[nodiscard]] virtual bool has_key(std::string_view key) const = 0;
  [[nodiscard]] virtual std::optional<RegistryValue> value(std::string_view key, std::string_view name) const = 0;
  /// Names of the subkeys in stored order; nullopt when the key is not there.
  [[nodiscard]] virtual std::optional<std::vector<std::string>> subkeys(std::string_view key) const = 0;
  [[nodiscard]] virtual std::optional<std::vector<std::string>> value_names(std::string_view key) const = 0;
  /// Every value of a key; nullopt when the key is not there. One whose data cannot be read is left out.
  [[nodiscard]] virtual std::optional<std::vector<RegistryValue>> values(std::string_view key) const;
  /// The same values of every subkey of a key, for keys with hundreds of them: "Start", "Parameters\\ServiceDll" (one subkey deep).
  /// nullopt when the key is not there.
  [[nodiscard]] virtual std::optional<std::vector<RegistryRow>> rows(std::string_view key, std::span<const std::string_view> names) const;
  /// Is what was not found at `key`, or on the way to it, surely not there? False for a text export, which holds what somebody chose,
  /// for a stale hive, and where damage took a subkey or value of the last key that was found.
  [[nodiscard]] virtual bool whole(std::string_view key) const = 0;
  [[nodiscard]] virtual std::string cite(std::string_view key, std::string_view value) const = 0;
  /// How many answers so far may lack something: damage took a part of the key that was looked into, the hive is stale, or the key does
  /// not stand in a text export. (What a list of an export lacks is not counted: whole() speaks of it.) See Certainty.
  [[nodiscard]] std::uint64_t doubts() const { return doubts_; }

  /// nullopt: the value is not there, not read, or of another type.
  [[nodiscard]] std::optional<std::string> text(std::string_view key, std::string_view name) const;
  [[nodiscard]] std::optional<std::uint32_t> dword(std::string_view key, std::string_view name) const;

 protected:
  void doubt_unless(bool sure) const { doubts_ += sure ? 0 : 1; }

 private:
  mutable std::atomic<std::uint64_t> doubts_{0};  ///< threads may share a registry
};

/// Whether all that was asked of a registry since this was made was answered in full: only then is what was not found not there.
class Certainty {
 public:
  explicit Certainty(const Registry& reg) : reg_(reg), before_(reg.doubts()) {}
  [[nodiscard]] bool holds() const { return reg_.doubts() == before_; }
  /// The same, and what was not found at `key` is surely not there: of an export it never is.
  [[nodiscard]] bool whole(std::string_view key) const { return holds() && reg_.whole(key); }

 private:
  const Registry& reg_;
  std::uint64_t before_;
};

/// Keeps the hive alive. `where`: how the hive file is cited.
std::shared_ptr<const Registry> hive_registry(std::shared_ptr<const format::regf::Hive> hive, std::string where);

}  // namespace tq::target
