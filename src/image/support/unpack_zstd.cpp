#include "image/support/unpack_zstd.hpp"

#include <zstd.h>

#include <memory>

#include "image/support/unpack.hpp"

namespace tq::image {
namespace {

constexpr int kMaxZstdWindowLog = 23;  // 8 MiB; no writer needs a window larger than a block

}  // namespace

Result<std::size_t> unpack_zstd(Bytes in, std::span<std::byte> out, const char* place) {
  const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
  if (context == nullptr) return stream_error(place, "memory for zstd", "none", in.base());
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kMaxZstdWindowLog);
  ZSTD_inBuffer from{in.data(), in.size(), 0};
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  while (to.pos < to.size) {
    const std::size_t in_before = from.pos, out_before = to.pos;
    const std::size_t status = ZSTD_decompressStream(context.get(), &to, &from);
    if (ZSTD_isError(status) != 0) return stream_error(place, "a zstd frame", ZSTD_getErrorName(status), in.base());
    if (status == 0) break;
    if (from.pos == in_before && to.pos == out_before) return stream_error(place, "a whole zstd frame", "one that is cut", in.base());
  }
  return to.pos;
}

}  // namespace tq::image
