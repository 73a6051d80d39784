#include "tests/support/archive_builder.hpp"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <stdexcept>

namespace tq::test {
namespace {

using Blob = std::vector<std::byte>;

void put(Blob& b, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) b.push_back(static_cast<std::byte>(value >> (8 * i)));
}
void put(Blob& b, const std::string& s) {
  const Blob t = bytes_from(s);
  b.insert(b.end(), t.begin(), t.end());
}
void put(Blob& b, const Blob& more) { b.insert(b.end(), more.begin(), more.end()); }

constexpr int kRawDeflate = -15, kGzip = 31;

Blob deflated(const Blob& in, int window_bits) {
  z_stream z{};
  if (deflateInit2(&z, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::runtime_error("deflateInit2");
  Blob out(deflateBound(&z, static_cast<uLong>(in.size())) + 64);
  Blob copy = in;  // zlib's interface is not const
  z.next_in = reinterpret_cast<Bytef*>(copy.data());
  z.avail_in = static_cast<uInt>(copy.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  const int status = deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  if (status != Z_STREAM_END) throw std::runtime_error("deflate");
  return out;
}

std::uint32_t crc_of(const Blob& b) {
  return static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(b.data()), static_cast<uInt>(b.size())));
}

constexpr std::uint16_t kEncrypted = 1, kUtf8 = 0x800;
constexpr std::uint32_t kDosDate = (40u << 9) | (1u << 5) | 14u;  // 2020-01-14

}  // namespace

ZipBuilder& ZipBuilder::file(const std::string& name, const Blob& content, Method method) {
  Entry e;
  e.name = name;
  e.method = method == Method::deflated ? 8 : 0;
  e.packed = method == Method::deflated ? deflated(content, kRawDeflate) : content;
  e.size = static_cast<std::uint32_t>(content.size());
  e.crc = crc_of(content);
  if (name.ends_with('/')) e.unix_mode = 0040755;
  if (std::any_of(name.begin(), name.end(), [](char c) { return (c & 0x80) != 0; })) e.flags = kUtf8;
  entries_.push_back(std::move(e));
  return *this;
}

ZipBuilder& ZipBuilder::encrypted(const std::string& name, const Blob& content) {
  file(name, content, Method::stored);
  Entry& e = entries_.back();
  e.flags |= kEncrypted;
  e.packed.insert(e.packed.begin(), 12, std::byte{0x5A});  // the encryption header
  return *this;
}

ZipBuilder& ZipBuilder::link(const std::string& name, const std::string& target) {
  file(name, bytes_from(target), Method::stored);
  entries_.back().unix_mode = 0120777;
  return *this;
}

ZipBuilder& ZipBuilder::declare(std::uint32_t size) { return entries_.back().size = size, *this; }

Blob ZipBuilder::build() const {
  Blob out, central;
  for (const Entry& e : entries_) {
    const auto at = out.size();
    const auto common = [&e](Blob& b) {
      put(b, e.flags, 2), put(b, e.method, 2), put(b, 0, 2), put(b, kDosDate, 2);
      put(b, e.crc, 4), put(b, e.packed.size(), 4), put(b, e.size, 4), put(b, e.name.size(), 2), put(b, 0, 2);
    };
    put(out, "PK\x03\x04"), put(out, 20, 2), common(out), put(out, e.name), put(out, e.packed);
    put(central, "PK\x01\x02"), put(central, 20 | (3u << 8), 2), put(central, 20, 2), common(central);  // made by Unix
    put(central, 0, 2), put(central, 0, 2), put(central, 0, 2), put(central, std::uint64_t{e.unix_mode} << 16, 4);
    put(central, at, 4), put(central, e.name);
  }
  const auto start = out.size();
  put(out, central);
  put(out, "PK\x05\x06"), put(out, 0, 4), put(out, entries_.size(), 2), put(out, entries_.size(), 2);
  put(out, central.size(), 4), put(out, start, 4), put(out, 0, 2);
  return out;
}

TarBuilder& TarBuilder::member(const std::string& name, char type, const Blob& content, const std::string& target) {
  constexpr std::size_t kBlock = 512, kNameBytes = 100;
  if (name.size() > kNameBytes && type != 'L') member("././@LongLink", 'L', bytes_from(name + std::string(1, '\0')));
  std::string h(kBlock, '\0');
  const auto field = [&h](std::size_t at, std::size_t most, const std::string& s) { h.replace(at, std::min(s.size(), most), s, 0, most); };
  field(0, kNameBytes, name);
  field(100, 8, "0000644"), field(108, 8, "0000000"), field(116, 8, "0000000");
  field(124, 12, fmt::format("{:011o}", content.size())), field(136, 12, fmt::format("{:011o}", 1578960000));
  h[156] = type;
  field(157, 100, target);
  field(257, 8, type == 'L' ? std::string("ustar  ") : std::string("ustar\00000", 8));
  field(148, 8, "        ");
  unsigned sum = 0;
  for (const char c : h) sum += static_cast<unsigned char>(c);
  field(148, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  put(bytes_, h);
  put(bytes_, content);
  bytes_.resize((bytes_.size() + kBlock - 1) / kBlock * kBlock);
  return *this;
}

Blob TarBuilder::build() const {
  Blob out = bytes_;
  out.resize(out.size() + 1024);
  return out;
}

Blob gzip(const Blob& content) { return deflated(content, kGzip); }

Blob zstd(const Blob& content) {
  Blob out(ZSTD_compressBound(content.size()));
  const auto n = ZSTD_compress(out.data(), out.size(), content.data(), content.size(), 3);
  if (ZSTD_isError(n) != 0) throw std::runtime_error("ZSTD_compress");
  out.resize(n);
  return out;
}

Blob zip_of(const FileMap& files, const std::string& prefix) {
  ZipBuilder z;
  for (const auto& [path, content] : files) z.file(prefix + path, content);
  return z.build();
}

Blob tar_of(const FileMap& files, const std::string& prefix) {
  TarBuilder t;
  for (const auto& [path, content] : files) t.file(prefix + path, content);
  return t.build();
}

}  // namespace tq::test
