// Zip archives whose members are stored, not packed, in one form only: the same members are the same bytes.
// Any zip program can read them; only what write_stored_zip() writes is read back.
#pragma once

#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace tq {

struct StoredMember {
  std::string name;  ///< ASCII, with '/' between folders
  std::string data;
};

/// In the order given, dated 1980-01-01 (the first day a zip can name). Errors: limit (4 GiB, or 65,535 members).
Result<std::string> write_stored_zip(const std::vector<StoredMember>& members);

/// The members that follow each other from the first byte on, up to the first byte that is no stored member; the central
/// directory is not looked at. Whether the archive is whole: write_stored_zip() of them gives the same bytes again.
std::vector<StoredMember> read_stored_members(Bytes zip);

}  // namespace tq
