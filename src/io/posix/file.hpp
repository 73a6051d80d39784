// What folders need of files.
#pragma once

#include <memory>
#include <string>

#include "io/byte_source.hpp"

namespace tq::io {

/// What a call that just failed says in errno. O_NOFOLLOW on a link gives ELOOP for files and ENOTDIR for folders.
Error os_error(const std::string& place, const char* wanted);

/// open_file() relative to an open folder; a link is never followed. `shown`: the path for messages.
Result<std::unique_ptr<ByteSource>> open_file_at(int folder, const std::string& name, const std::string& shown);

}  // namespace tq::io
