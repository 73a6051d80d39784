#include "image/support/unpack.hpp"

#include <zlib.h>

#include <memory>
#include <string>

#include "image/support/unpack_zstd.hpp"

namespace tq::image {
namespace {

Result<std::size_t> unpack_deflate(int window_bits, Bytes in, std::span<std::byte> out, const char* place) {
  z_stream z{};
  if (inflateInit2(&z, window_bits) != Z_OK) return stream_error(place, "memory for inflate", "none", in.base());
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&z, &inflateEnd);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(in.data()));  // zlib does not write there
  z.avail_in = static_cast<uInt>(in.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  const int status = inflate(&z, Z_FINISH);
  const std::size_t written = out.size() - z.avail_out;
  // Z_BUF_ERROR with a full output: the stream has only its end marker or nothing of ours left.
  if (status == Z_STREAM_END || (status == Z_BUF_ERROR && z.avail_out == 0)) return written;
  if (status == Z_BUF_ERROR) return stream_error(place, "a whole deflate stream", "one that is cut", in.base());
  return stream_error(place, "a deflate stream", z.msg != nullptr ? z.msg : "another", in.base());
}

}  // namespace

Result<std::size_t> unpack(Packing packing, Bytes in, std::span<std::byte> out, const char* place) {
  switch (packing) {
    case Packing::zlib: return unpack_deflate(MAX_WBITS, in, out, place);
    case Packing::raw_deflate: return unpack_deflate(-MAX_WBITS, in, out, place);
    case Packing::zstd: return unpack_zstd(in, out, place);
  }
  return stream_error(place, "a known packing", "another", in.base());
}

}  // namespace tq::image
