#include "fs/support/utf8_names.hpp"

namespace tq::fs {

// There is no libarchive in this build, and so nothing to set.
Utf8Names::Utf8Names() : before_(nullptr) {}
Utf8Names::~Utf8Names() = default;

}  // namespace tq::fs
