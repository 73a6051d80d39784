// Folders and the names in them: by the index, and where that is damaged by what the files themselves say.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fs/ntfs/index.hpp"
#include "fs/ntfs/parents.hpp"

namespace tq::fs::ntfs {

struct Listing {
  std::vector<FolderEntry> entries;
  std::vector<Error> lost;  ///< what of the folder was damaged, whether or not names are missing
};

class Folders {
 public:
  Folders(Medium& medium, Mft& mft, UpCase& upcase) : medium_(&medium), mft_(&mft), upcase_(&upcase), parents_(medium, mft) {}
  /// Every entry, names of every namespace. `shown`: the folder's path, for notes.
  /// Errors: not_found (a file, or a link, which is not followed), corrupt (nothing is left of the folder).
  Result<Listing> list(Reference folder, const std::string& shown);
  /// Why names may be missing from the folder's listing: its index is damaged and so are records that could tell what it held.
  std::optional<Error> gap(Reference folder, const std::string& shown);
  /// The entry that `name` means: spelled so; else the first that is equal without case; else by its 8.3 name, which is
  /// replaced by the long one. Errors: not_found only when it surely is not there, else that of the damage.
  Result<FolderEntry> find(Reference folder, std::string_view name, const std::string& shown);

 private:
  struct Opened {
    Reference folder;
    std::optional<Index> index;
    std::optional<Error> error;
    std::optional<std::vector<FolderEntry>> recovered;  ///< what the records say, once they had to be asked
    bool listed = false;                                ///< as a whole: `gap` is known
    std::optional<Error> gap;
  };
  Result<Opened*> open(Reference folder, const std::string& shown);
  Result<Opened> load(Reference folder, const std::string& shown);
  /// Adds what the records of the files say to what was left of the index.
  void complete(Opened& opened, const std::string& shown, Listing& listing);
  FolderEntry with_long_name(FolderEntry e);

  Medium* medium_;
  Mft* mft_;
  UpCase* upcase_;
  Parents parents_;
  std::list<Opened> recent_;  ///< the most recently used first
};

}  // namespace tq::fs::ntfs
