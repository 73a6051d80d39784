#include "format/pe/mapped.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"

namespace tq::format::pe {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::size_t kPagesKept = 1024;           // 4 MiB: a walk that needs more than that pays by reading again
constexpr std::uint32_t kLoaderAlignment = 0x200;  // the loader ignores the low bits of PointerToRawData

/// Bytes of the section that are both in the file and mapped.
std::uint64_t backed(const Section& s) {
  if (s.virtual_size == 0) return s.file_size;  // old linkers leave VirtualSize 0: SizeOfRawData counts then
  const std::uint64_t mapped = (std::uint64_t{s.virtual_size} + kPage - 1) / kPage * kPage;
  return std::min<std::uint64_t>(mapped, s.file_size);
}

struct Extent {
  std::uint64_t offset = 0, left = 0;  ///< file offset of the RVA, and how many bytes follow there
};

std::optional<Extent> extent_of(const Image& image, std::uint64_t rva) {
  for (const Section& s : image.sections) {
    const std::uint64_t n = backed(s);
    if (rva < s.rva || rva - s.rva >= n) continue;
    const std::uint64_t raw = image.section_alignment >= kPage ? s.file_offset / kLoaderAlignment * kLoaderAlignment : s.file_offset;
    return Extent{raw + (rva - s.rva), n - (rva - s.rva)};
  }
  if (rva < image.size_of_headers) return Extent{rva, image.size_of_headers - rva};
  return std::nullopt;
}

Error not_backed(std::uint64_t rva, const char* place) {
  return Error{ErrorCode::truncated, place, "an address that the file holds", fmt::format("RVA 0x{:x}", rva)};
}

}  // namespace

Result<std::uint64_t> file_offset(const Image& image, std::uint32_t rva) {
  if (const auto e = extent_of(image, rva)) return e->offset;
  return not_backed(rva, "pe.rva");
}

Result<const std::vector<std::byte>*> Mapped::page(std::uint64_t number) {
  const auto it = pages_.find(number);
  if (it != pages_.end()) return &it->second;
  if (pages_.size() >= kPagesKept) pages_.clear();
  std::vector<std::byte> bytes(kPage);
  TQ_TRY(const std::size_t n, source_.read_at(number * kPage, bytes));
  bytes.resize(n);
  return &pages_.emplace(number, std::move(bytes)).first->second;
}

Result<Bytes> Mapped::run(std::uint64_t rva, std::uint64_t most, const char* place) {
  const auto e = extent_of(image_, rva);
  if (!e) return not_backed(rva, place);
  TQ_TRY(const std::vector<std::byte>* bytes, page(e->offset / kPage));
  const std::uint64_t in_page = e->offset % kPage;
  if (in_page >= bytes->size()) return Error{ErrorCode::truncated, place, fmt::format("{} bytes", most), "the end of the file", e->offset};
  const std::uint64_t n = std::min({e->left, bytes->size() - in_page, most});
  return Bytes(std::span(*bytes).subspan(in_page, n), e->offset);
}

Status Mapped::read(std::uint64_t rva, std::span<std::byte> out, const char* place) {
  for (std::size_t done = 0; done < out.size();) {
    TQ_TRY(const Bytes part, run(rva + done, out.size() - done, place));
    std::memcpy(out.data() + done, part.data(), part.size());
    done += part.size();
  }
  return ok();
}

Result<std::string> Mapped::name(std::uint64_t rva, std::size_t limit, const char* place) {
  std::string raw;
  while (raw.size() <= limit) {
    TQ_TRY(const Bytes part, run(rva + raw.size(), limit + 1 - raw.size(), place));
    const std::size_t nul = part.chars().find('\0');
    raw += part.chars().substr(0, nul);
    if (nul != std::string_view::npos) return latin1_to_utf8(bytes_of(raw));
  }
  return Error{ErrorCode::limit, place, fmt::format("a NUL within {} bytes", limit), "none"};
}

}  // namespace tq::format::pe
