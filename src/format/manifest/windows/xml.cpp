#include "format/manifest/xml.hpp"

namespace tq::format::manifest {

std::optional<Error> read_xml(Bytes text, std::uint64_t, Handler&) {
  return Error{ErrorCode::unsupported, "manifest.xml", "a build that reads XML", "one that does not", text.base(), "use the Linux build"};
}

}  // namespace tq::format::manifest
