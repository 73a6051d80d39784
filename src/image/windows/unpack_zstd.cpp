#include "image/support/unpack_zstd.hpp"

namespace tq::image {

Result<std::size_t> unpack_zstd(Bytes in, std::span<std::byte>, const char* place) {
  return Error{ErrorCode::unsupported, place, "a packing that this build can undo", "zstd", in.base(), "use the Linux build"};
}

}  // namespace tq::image
