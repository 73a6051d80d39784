#include "fs/support/utf8_names.hpp"

#include <locale.h>

#include <type_traits>

namespace tq::fs {
namespace {

/// Kept for the life of the process. Without it on the host: 0, which changes nothing.
locale_t utf8() {
  static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", locale_t{});
  return locale;
}

}  // namespace

static_assert(std::is_pointer_v<locale_t>);
Utf8Names::Utf8Names() : before_(::uselocale(utf8())) {}
Utf8Names::~Utf8Names() { ::uselocale(static_cast<locale_t>(before_)); }

}  // namespace tq::fs
