// The volume as a tree of files, inside of the room: ntfs.hpp is what others see.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fs/ntfs/folders.hpp"
#include "fs/ntfs/ntfs.hpp"

namespace tq::fs::ntfs {

class NtfsVolume final : public Volume {
 public:
  NtfsVolume(std::shared_ptr<Medium> medium, Mft mft, std::string label);
  // The parts point at each other.
  NtfsVolume(const NtfsVolume&) = delete;
  NtfsVolume& operator=(const NtfsVolume&) = delete;

  [[nodiscard]] Result<std::vector<io::Entry>> list(std::string_view path) const override;
  [[nodiscard]] Result<std::unique_ptr<io::ByteSource>> open(std::string_view path) const override;
  [[nodiscard]] Result<std::string> real_path(std::string_view path) const override;
  [[nodiscard]] std::optional<Error> gap(std::string_view path) const override;
  [[nodiscard]] std::string cite(std::string_view path) const override;
  [[nodiscard]] const VolumeInfo& info() const override { return info_; }
  [[nodiscard]] const std::vector<std::string>& notes() const override { return medium_->journal.notes(); }
  [[nodiscard]] const std::vector<Error>& lost() const override { return medium_->journal.lost(); }
  bool walk(const std::function<bool(const WalkEntry&)>& visit) const override;
  [[nodiscard]] Result<std::unique_ptr<io::ByteSource>> open_reference(std::uint64_t reference) const override;

 private:
  struct Found {
    Reference file;
    std::optional<FileName> name;  ///< none for the root
    std::string real;
  };
  struct Walker;
  [[nodiscard]] Result<Found> resolve(std::string_view path) const;
  /// Entries as they are listed: no metadata files, no second names, none that no path can hold.
  [[nodiscard]] Result<Listing> visible(Reference folder, const std::string& shown) const;
  [[nodiscard]] bool is_link_entry(const FolderEntry& e) const;
  [[nodiscard]] io::Entry entry_of(const FolderEntry& e) const;
  [[nodiscard]] Result<Stream> default_stream(File& file) const;
  [[nodiscard]] Result<Stream> named_stream(File& file, std::string_view name) const;
  [[nodiscard]] Result<std::unique_ptr<io::ByteSource>> open_stream(Reference reference, std::string_view name) const;

  std::shared_ptr<Medium> medium_;
  // Reading fills caches; what a caller sees does not change.
  mutable Mft mft_;
  mutable UpCase upcase_;
  mutable Folders folders_;
  std::string label_;
  VolumeInfo info_;
};

}  // namespace tq::fs::ntfs
