// What of a file its signature covers: everything but the places that signing itself changes.
#include "format/authenticode/authenticode.hpp"

namespace tq::format::authenticode {
namespace {

constexpr std::uint64_t kCertificateHeader = 8;  // WIN_CERTIFICATE: length, revision, type
constexpr std::uint16_t kPkcs7Type = 2;

/// The ranges, or nothing when one of them lies outside.
std::optional<std::vector<Bytes>> ranges(Bytes file, std::initializer_list<std::pair<std::uint64_t, std::uint64_t>> from_to) {
  std::vector<Bytes> out;
  for (const auto& [from, to] : from_to) {
    const auto b = to >= from ? file.try_sub(from, to - from) : std::nullopt;
    if (!b) return std::nullopt;
    out.push_back(*b);
  }
  return out;
}

Signature damaged(std::string why) {
  Signature s;
  s.state = State::mismatch;
  s.why = std::move(why);
  return s;
}

}  // namespace

Signature check_cabinet(Bytes file, const cab::Header& header, const Roots* roots) {
  if (!header.signature) {
    if (!header.lost.empty() && header.lost.back().place == "cab.signature")
      return damaged("the signature lies behind the end of the file");
    Signature none;
    none.why = "not signed";
    return none;
  }
  const auto der = file.try_sub(header.signature->offset, header.signature->size);
  // Left out: the first reserved field, and from iCabinet to the end of the signature's own entry in the reserved area.
  const auto covered = ranges(file, {{0, 4}, {8, 34}, {56, header.signature->offset}});
  if (!der || !covered) return damaged("the signature lies inside the header");
  return check(*der, [&](const std::string& a) { return digest(a, *covered); }, roots);
}

Signature check_program(Bytes file, const pe::Image& image, const Roots* roots) {
  if (!image.has_authenticode) {
    Signature none;
    none.why = "not signed";
    return none;
  }
  const std::uint64_t at = image.authenticode_offset;
  const auto length = file.try_get<le32>(at);
  const auto type = file.try_get<le16>(at + 6);
  if (!length || !type || *length < kCertificateHeader) return damaged("the certificate table is damaged");
  if (*type != kPkcs7Type) return damaged("the certificate table holds no PKCS#7");
  const auto der = file.try_sub(at + kCertificateHeader, *length - kCertificateHeader);
  const std::uint64_t sum = image.checksum_offset;
  // The entry of the certificate table is the fifth data directory; the directories begin 96 (PE32) or 112 bytes (PE32+)
  // behind the start of the optional header, in which the checksum lies at 64.
  const std::uint64_t entry = sum - 64 + (image.pe32_plus ? 112U : 96U) + std::uint64_t{4} * 8;
  const auto covered = ranges(file, {{0, sum}, {sum + 4, entry}, {entry + 8, at}, {at + image.authenticode_size, file.size()}});
  if (!der || !covered) return damaged("the certificate table does not fit into the file");
  return check(*der, [&](const std::string& a) { return digest(a, *covered); }, roots);
}

}  // namespace tq::format::authenticode
