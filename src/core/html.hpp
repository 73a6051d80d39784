// Text as HTML: one place decides what is safe to print on a page.
#pragma once

#include <string>
#include <string_view>

namespace tq {

/// `s` made safe for element content and quoted attributes: control and direction characters become visible (printable()),
/// markup characters become entities.
std::string html_text(std::string_view s);

}  // namespace tq
