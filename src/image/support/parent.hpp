// Finding the parent of an image: beside it, by its bare name.
#pragma once

#include <string>
#include <string_view>

#include "image/format.hpp"

namespace tq::image {

/// The last component of a path as Windows, Unix or an image writes it.
std::string_view bare_name(std::string_view path);

/// The file a child names as its parent. Folders in `stored` are dropped: an image that was moved has none of them, and nothing
/// is opened that does not lie beside the child. The result points to `child`, which must outlive its use.
/// Errors: not_found names the file; limit when the chain has more than kMaxParents or comes back to one of its own files.
Result<File> parent_file(const File& child, std::string_view stored, const char* place);

}  // namespace tq::image
