// Text as a part of a URL.
#pragma once

#include <string>
#include <string_view>

namespace tq {

/// `s` for a place in a URL; only ASCII letters, digits and -._~ stay as they are (RFC 3986).
std::string url_part(std::string_view s);
/// The same with its slashes.
std::string url_path(std::string_view s);

}  // namespace tq
