// One file: its attributes, whether they lie in its record or, through an attribute list, in others.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "fs/ntfs/attribute_list.hpp"
#include "fs/ntfs/mft.hpp"

namespace tq::fs::ntfs {

class File {
 public:
  /// Errors: corrupt (the record is damaged, not in use, of another sequence number, or belongs to another file), truncated.
  static Result<File> load(Medium& medium, Mft& mft, Reference reference);
  [[nodiscard]] const Record& record() const { return *base_; }
  [[nodiscard]] bool folder() const { return base_->folder; }
  /// Attributes of one type, of every name or of one; those in lost records are missing, and damage() says so.
  std::vector<Piece> pieces(AttributeType type);
  std::vector<Piece> pieces(AttributeType type, std::u16string_view name);
  /// One attribute as a stream. Errors: not_found when the file surely has none; that of the damage when it may have had one.
  Result<Stream> stream(AttributeType type, std::u16string_view name);
  /// Why attributes may be missing.
  [[nodiscard]] const std::optional<Error>& damage() const { return damage_; }

 private:
  File(Medium& medium, Mft& mft, std::shared_ptr<const Record> base) : medium_(&medium), mft_(&mft), base_(std::move(base)) {}
  void read_list();
  void add_from_list(const ListEntry& e, std::vector<Piece>& out);
  void lose(const Error& e);

  Medium* medium_;
  Mft* mft_;
  std::shared_ptr<const Record> base_;
  std::optional<AttributeList> list_;
  std::optional<Error> damage_;
};

}  // namespace tq::fs::ntfs
